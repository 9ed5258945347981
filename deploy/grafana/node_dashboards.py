# SPDX-License-Identifier: Apache-2.0
"""The dashboards of all nodes, of one node, and of the agents."""
from dashboard_model import dashboard, graph, link_to, stat, table, target
from dashboard_queries import (CAPTURED, CONNECTION, EDGE_HEADINGS, ESTABLISHED, FAILED, INSTANCE, JOB, LISTENER, LOSS, LOST,
                               NAMED_EDGE, NAMED_EDGES, NAMES, NODES, ONE_INSTANCE, OTHER_EDGES, PAYLOAD, SEGMENTS, TO_CLIENT,
                               TO_SERVICE, dropped, quantile, quantiles, rate, ratio, ratio_of_all, recorded, recorded_payload,
                               selecting, total)


def nodes():
    to_node = link_to("tcpgauge-node", "This node", job="${__data.fields.job}", instance="${__value.raw}")
    return dashboard("tcpgauge-nodes", "tcpgauge / Nodes", "All nodes at a glance: who carries how much, and who has trouble.",
                     [JOB, INSTANCE], [
        ("Now", [
            (4, 4, stat("Agents", "Agents that answered the last scrape.", "none", f"sum(up{NODES})")),
            (4, 4, stat("Payload", "TCP payload of all edges, both directions. An edge that several nodes see counts once.", "Bps",
                        f"sum({recorded_payload()})")),
            (4, 4, stat("Connections", "Open now, on all edges. An edge that several nodes see counts once.", "short",
                        f"sum({recorded('connections', operation='max')})")),
            (4, 4, stat("Lost segments", f"{LOSS}. An edge that several nodes see counts once.", "percentunit",
                        ratio_of_all(recorded("lost_segments"), recorded("segments")), warn_above=0.01, decimals=2)),
            (4, 4, stat("Dropped by kernels", "Share of packets that kernels dropped before the agents saw them, or that were lost between workers.", "percentunit",
                        dropped(), warn_above=0.001, decimals=3)),
            (4, 4, stat("In no edge of its own", "Payload credited to the edge named other.", "percentunit",
                        ratio_of_all(OTHER_EDGES, PAYLOAD), warn_above=0.3, decimals=1)),
        ]),
        ("Nodes", [
            (24, 9, table("Nodes", "One row for each agent. The node's name leads to its own dashboard.",
                          {"instance": "Node", "job": "job"}, [
                              ("Payload", "Bps", total(PAYLOAD)),
                              ("Established", "short", total(ESTABLISHED)),
                              ("Opened", "cps", total(rate("tcpgauge_connections_opened_total"))),
                              ("Failed", "cps", total(FAILED)),
                              ("Lost segments", "percentunit", ratio(LOST, SEGMENTS)),
                              ("SYNs again", "cps", total(rate("tcpgauge_syn_retransmissions_total"))),
                              ("Handshake p95", "s", quantile(0.95, "tcpgauge_handshake_rtt_seconds", "job, instance")),
                              ("Response p95", "s", quantile(0.95, "tcpgauge_response_seconds", "job, instance")),
                              ("Dropped", "percentunit", dropped("job, instance")),
                          ], "Payload", {"instance": to_node})),
            (12, 8, graph("Payload", "TCP payload, both directions.", "Bps", [target(total(PAYLOAD), "{{instance}}")])),
            (12, 8, graph("Connections opened", "Whether or not the handshake was seen.", "cps",
                          [target(total(rate("tcpgauge_connections_opened_total")), "{{instance}}")])),
            (12, 8, graph("Lost segments", f"{LOSS}.", "percentunit",
                          [target(ratio(LOST, SEGMENTS), "{{instance}}")])),
            (12, 8, graph("Handshakes, p95", "Nineteen of twenty handshakes take no longer than this.", "s",
                          [target(quantile(0.95, "tcpgauge_handshake_rtt_seconds", "job, instance"), "{{instance}}")])),
            (12, 8, graph("Responses, p95", "Nineteen of twenty answers begin no later than this after their request.", "s",
                          [target(quantile(0.95, "tcpgauge_response_seconds", "job, instance"), "{{instance}}")])),
            (12, 8, graph("Failed connections", "Refused, or not answered in time.", "cps",
                          [target(total(FAILED, keep="reason"),
                                  "{{instance}} {{reason}}")])),
            (12, 8, graph("Connections by state", "Of each node. A connection between two nodes is on both.", "short",
                          [target(total(f"tcpgauge_connections{NODES}", keep="state"), "{{instance}} {{state}}")])),
        ]),
        ("Who talks", [
            (12, 9, table("Busiest services", "By payload, both directions; an edge that several nodes see counts once.",
                          {"server_address": "Server", "server_port": "Port"},
                          [("Payload", "Bps", f"topk(20, sum by (server_address, server_port) ({recorded_payload()}))")],
                          "Payload", {"server_port": TO_SERVICE})),
            (12, 9, table("Busiest clients", "By payload, both directions; an edge that several nodes see counts once.",
                          {"client_address": "Client"},
                          [("Payload", "Bps", f"topk(20, sum by (client_address) ({recorded_payload()}))")],
                          "Payload", {"client_address": TO_CLIENT})),
        ]),
    ])


def node():
    connections = f"by ({CONNECTION})"
    return dashboard("tcpgauge-node", "tcpgauge / Node", "One node: its traffic, its connections, its busiest peers.",
                     [JOB, ONE_INSTANCE], [
        ("Traffic", [
            (12, 8, graph("Payload", "TCP payload, by sender.", "Bps", [
                target(f"sum({rate('tcpgauge_client_payload_bytes_total')})", "clients"),
                target(f"sum({rate('tcpgauge_server_payload_bytes_total')})", "servers")])),
            (12, 8, graph("Wire", "All captured bytes, headers included.", "Bps",
                          [target(f"sum by (interface, protocol) ({rate('tcpgauge_capture_wire_bytes_total')})",
                                  "{{interface}} {{protocol}}")], stacked=True)),
            (12, 8, graph("Packets", "With segmentation offload one packet here may be many on the wire.", "pps",
                          [target(f"sum by (interface, protocol) ({CAPTURED})", "{{interface}} {{protocol}}")])),
            (12, 8, graph("Retransmissions and disorder", "Segments per second.", "cps", [
                target(f"sum({rate('tcpgauge_client_retransmitted_segments_total')})", "retransmitted by clients"),
                target(f"sum({rate('tcpgauge_server_retransmitted_segments_total')})", "retransmitted by servers"),
                target(f"sum({rate('tcpgauge_out_of_order_segments_total')})", "out of order"),
                target(f"sum({rate('tcpgauge_zero_windows_total')})", "zero windows")])),
            (12, 8, graph("Lost segments", f"{LOSS}.", "percentunit", [target(ratio_of_all(LOST, SEGMENTS), "lost")])),
            (12, 8, graph("SYNs sent again", "Attempts to connect that had no answer, and were sent again.", "cps",
                          [target(f"sum({rate('tcpgauge_syn_retransmissions_total')})", "SYNs")])),
        ]),
        ("Connections", [
            (12, 8, graph("By state", "Connections that are tracked now.", "short",
                          [target(f"sum by (state) (tcpgauge_connections{NODES})", "{{state}}")], stacked=True)),
            (12, 8, graph("Opened and ended", "Opened ones by origin, ended ones by reason.", "cps", [
                target(f"sum by (origin) ({rate('tcpgauge_connections_opened_total')})", "opened: {{origin}}"),
                target(f"sum by (reason) ({rate('tcpgauge_connections_closed_total')})", "ended: {{reason}}")])),
            (12, 8, graph("Handshakes", "Time from a SYN to the ACK that completes the handshake.", "s",
                          quantiles("tcpgauge_handshake_rtt_seconds"))),
            (12, 8, graph("Responses", "Time from the last segment of a request to the first segment of its answer.", "s",
                          quantiles("tcpgauge_response_seconds"))),
            (12, 8, graph("Lifetime", "Lifetime of the connections that ended.", "s", quantiles("tcpgauge_connection_duration_seconds"))),
            (12, 8, graph("Size", "Payload, both directions, of the connections that ended.", "decbytes",
                          quantiles("tcpgauge_connection_payload_bytes"))),
        ]),
        ("Who talks", [
            (24, 10, table("Busiest connections", "The connections that have series of their own, now. A port leads to its service, "
                           "and a client's address to the client.",
                           {"client_address": "Client", "client_port": "Client port", "server_address": "Server",
                            "server_port": "Port", "interface": "Interface", "state": "State"}, [
                               ("Up", "Bps", f"sum {connections} (tcpgauge_connection_client_bytes_per_second{NODES})"),
                               ("Down", "Bps", f"sum {connections} (tcpgauge_connection_server_bytes_per_second{NODES})"),
                               ("Total", "decbytes", f"sum {connections} (tcpgauge_connection_client_payload_bytes_total{NODES}"
                                                     f" + tcpgauge_connection_server_payload_bytes_total{NODES})"),
                               ("RTT", "s", f"max {connections} (tcpgauge_connection_rtt_seconds{NODES})"),
                               ("Idle", "s", f"min {connections} (tcpgauge_connection_idle_seconds{NODES})"),
                               ("Retransmitted", "short",
                                f"sum {connections} (tcpgauge_connection_client_retransmitted_segments_total{NODES}"
                                f" + tcpgauge_connection_server_retransmitted_segments_total{NODES})"),
                           ], "Up", {"server_port": TO_SERVICE, "client_address": TO_CLIENT},
                           telling=f"max by ({CONNECTION}, state) (tcpgauge_connection_state{NODES})")),
            (24, 10, table("Busiest edges", "A client and a service, all their connections together.", {**EDGE_HEADINGS, **NAMES}, [
                ("Up", "Bps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_client_payload_bytes_total')})"),
                ("Down", "Bps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_server_payload_bytes_total')})"),
                ("Connections", "short", f"sum by ({NAMED_EDGE}) (tcpgauge_edge_connections{NODES})"),
                ("Opened", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_connections_opened_total')})"),
                ("Failed", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_connections_failed_total')})"),
                ("Retransmitted", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_retransmitted_segments_total')})"),
                ("Out of order", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_out_of_order_segments_total')})"),
                ("Stalled", "short", f"sum by ({NAMED_EDGE}) (tcpgauge_edge_connections_stalled{NODES})"),
            ], "Down", {"server_port": TO_SERVICE, "client_address": TO_CLIENT})),
            (12, 9, graph("Busiest services", "The ten with the most payload.", "Bps", [
                target(f"topk(10, sum by (server_address, server_port) ({NAMED_EDGES}))", "{{server_address}} {{server_port}}")])),
            (12, 9, graph("Busiest clients", "The ten with the most payload.", "Bps", [
                target(f"topk(10, sum by (client_address) ({NAMED_EDGES}))", "{{client_address}}")])),
            (12, 8, graph("States of the connections that are exported", "How many are in each state.", "short", [
                target(f"sum by (state) (tcpgauge_connection_state{NODES})", "{{state}}")])),
            (12, 8, graph("In no edge of its own", "The share of payload that is credited to the edge named other.",
                          "percentunit", [target(ratio_of_all(OTHER_EDGES, PAYLOAD), "other")], maximum=1)),
        ]),
        ("Who listens", [
            (24, 8, table("Accept queues", "Connections that wait until a program of the node accepts them. A queue is full when it "
                          "holds one more than its limit. Then the kernel drops new ones.",
                          {"address": "Address", "port": "Port", "workload": "Workload"}, [
                              ("Waiting", "short", f"max {LISTENER} (tcpgauge_listener_queue_connections{NODES})"),
                              ("Limit", "short", f"max {LISTENER} (tcpgauge_listener_queue_limit{NODES})"),
                              ("Dropped", "cps", f"sum {LISTENER} ({rate('tcpgauge_listener_dropped_total')})"),
                          ], "Waiting")),
        ]),
    ])


def agent():
    return dashboard("tcpgauge-agent", "tcpgauge / Agent", "The agents themselves: their cost, and the traffic that they leave out.",
                     [JOB, INSTANCE], [
        ("Agents", [
            (24, 7, table("Agents", "Version and age of each.",
                          {"instance": "Node", "version": "Version", "revision": "Revision"}, [
                              ("Uptime", "s", f"time() - max by (instance, version, revision) "
                                                f"(process_start_time_seconds{NODES} * on (job, instance) "
                                                f"group_left (version, revision) tcpgauge_build_info{NODES})"),
                          ], "Uptime")),
        ]),
        ("What they cost", [
            (8, 8, graph("Processor", "1 is one core.", "none", [target(rate("process_cpu_seconds_total"), "{{instance}}")])),
            (8, 8, graph("Memory", "Resident.", "bytes", [target(f"process_resident_memory_bytes{NODES}", "{{instance}}")])),
            (8, 8, graph("File descriptors", "Open descriptors, as a share of the limit.", "percentunit",
                         [target(f"process_open_fds{NODES} / process_max_fds{NODES}", "{{instance}}")], maximum=1)),
            (8, 8, graph("Scrapes", "How long making and fetching the metrics took.", "s", [
                target(f"tcpgauge_scrape_duration_seconds{NODES}", "{{instance}} made"),
                target(f"scrape_duration_seconds{NODES}", "{{instance}} fetched")])),
            (8, 8, graph("Series", "Series, as a share of the limit.", "percentunit",
                         [target(f"tcpgauge_series{NODES} / tcpgauge_series_limit{NODES}", "{{instance}}")], maximum=1)),
            (8, 8, graph("Samples scraped", "As Prometheus counts them.", "short",
                         [target(f"scrape_samples_scraped{NODES}", "{{instance}}")])),
        ]),
        ("What they leave out", [
            (12, 8, graph("Dropped by the kernel", "Share of packets that the kernel dropped before the agent saw them, or that were lost between workers.", "percentunit",
                          [target(dropped("job, instance"), "{{instance}}")])),
            (12, 8, graph("Not decoded", "Packets that could not be decoded, by reason.", "pps",
                          [target(f"{total(rate('tcpgauge_decode_errors_total'), keep='reason')} > 0", "{{instance}} {{reason}}")])),
            (12, 8, graph("Duplicates", "Packets of which another copy is counted, by how the copies differ.", "pps",
                          [target(total(rate("tcpgauge_capture_duplicate_packets_total"), keep="kind"),
                                  "{{instance}} {{kind}}")])),
            (12, 8, graph("Capture", "1 while packets can be captured on the interface.", "none",
                          [target(f"min by (instance, interface) (tcpgauge_capture_up{NODES})", "{{instance}} {{interface}}")],
                          maximum=1)),
            (12, 8, graph("Evicted connections", "Connections that were given up because the table was full.", "cps",
                          [target(total(rate("tcpgauge_connections_closed_total", selecting('reason="evicted"'))),
                                  "{{instance}}")])),
            (12, 8, graph("Connections without series", "Tracked, but not among the heaviest.", "short",
                          [target(f"tcpgauge_connections_not_exported{NODES}", "{{instance}}")])),
            (12, 8, graph("Edges", "Connections on edges without series, and edges that lost their series.", "cps", [
                target(rate("tcpgauge_edges_folded_total"), "{{instance}} folded"),
                target(rate("tcpgauge_edges_retired_total"), "{{instance}} retired")])),
            (12, 8, graph("In no edge of its own", "The share of payload that is credited to the edge named other.",
                          "percentunit", [target(ratio(OTHER_EDGES, PAYLOAD), "{{instance}}")], maximum=1)),
            (12, 8, graph("Overflows", "Times that a bounded part was full. The connections are counted, and known less exactly or "
                          "without a name.", "cps", [
                target(total(rate("tcpgauge_overflows_total"), keep="part"), "{{instance}} {{part}}")])),
            (12, 8, graph("Logs", "Lines of the connection log, and connections that are missing from it. Lines of the agent's own "
                          "log that nobody took.", "cps", [
                target(total(rate("tcpgauge_connection_log_lines_total")), "{{instance}} connections"),
                target(total(rate("tcpgauge_connection_log_lost_total"), keep="reason"), "{{instance}} missing: {{reason}}"),
                target(total(rate("tcpgauge_log_lines_lost_total")), "{{instance}} agent's log, lost")])),
        ]),
        ("What they push (OTLP)", [
            (12, 8, graph("Pushes", "Requests that the receiver accepted, and attempts that failed.", "cps", [
                target(total(rate("tcpgauge_otlp_pushes_total")), "{{instance}} accepted"),
                target(total(rate("tcpgauge_otlp_push_failures_total"), keep="reason"), "{{instance}} failed: {{reason}}")])),
            (12, 8, graph("Data points", "Sent, refused by the receiver, and given up because it never accepted them.", "cps", [
                target(total(rate("tcpgauge_otlp_data_points_sent_total")), "{{instance}} sent"),
                target(total(rate("tcpgauge_otlp_data_points_rejected_total")), "{{instance}} refused"),
                target(total(rate("tcpgauge_otlp_data_points_dropped_total")), "{{instance}} given up")])),
            (12, 8, graph("Requests that wait", "With the one that is being sent.", "short",
                          [target(f"tcpgauge_otlp_queue_requests{NODES}", "{{instance}}")])),
            (12, 8, graph("Memory of requests that wait", "The queue is bounded, and then drops the oldest.", "bytes",
                          [target(f"tcpgauge_otlp_queue_bytes{NODES}", "{{instance}}")])),
        ]),
        ("Names", [
            (12, 8, graph("Sources of names", "1 while the source can be read.", "none",
                          [target(f"min by (instance, source) (tcpgauge_identity_up{NODES})", "{{instance}} {{source}}")],
                          maximum=1)),
            (12, 8, graph("Ends of connections with a name", "The share of the ends that had a name when they were looked up.",
                          "percentunit", [target(ratio(rate("tcpgauge_identity_lookups_total", selecting('result="found"')),
                                                       rate("tcpgauge_identity_lookups_total")), "{{instance}}")], maximum=1)),
            (12, 8, graph("Addresses and sockets with a name", "As many are known.", "short",
                          [target(f"tcpgauge_identity_endpoints{NODES}", "{{instance}}")])),
            (12, 8, graph("Edges that got another name", "A nameless edge that gets its first name ends, and one with the name "
                          "begins. So does one whose address gets another owner.", "cps",
                          [target(rate("tcpgauge_edges_renamed_total"), "{{instance}}")])),
            (12, 8, graph("Kubernetes API", "Events of the watches, and lists that had to be requested again.", "cps", [
                target(rate("tcpgauge_identity_events_total"), "{{instance}} events"),
                target(rate("tcpgauge_identity_relists_total"), "{{instance}} lists again")])),
        ]),
    ])
