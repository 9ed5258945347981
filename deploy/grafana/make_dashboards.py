#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Grafana dashboards as JSON files into FOLDER, by default into dashboards/ beside this script.

usage: deploy/grafana/make_dashboards.py [FOLDER]

Panels about one node ask for the agent's own metrics. Panels about workloads ask for the recorded level "workload_edge:" and
its sums (deploy/prometheus/rules), of one reporter at a time, so that a connection counts once. All other panels ask for the
recorded level "edge:" and its sums, in which an edge that several agents see counts once. Exception: quantiles of edges ask
for the agents' own histograms, because no rule can record a quantile that is added up later.
A test fails when the committed files differ from what this script writes.
"""
import json
import os
import sys

sys.dont_write_bytecode = True
from dashboard_model import dashboard, graph, link_to, matching, query, stat, table, target  # noqa: E402

RATE = "[$__rate_interval]"
NODES = matching(job="$job", instance="$instance")
ALL_NODES = matching(job="$job")
SERVICE = matching(job="$job", server_address="$server_address", server_port="$server_port")
EDGE = "client_address, server_address, server_port"
LISTENER = "by (address, port, workload)"
CONNECTION = "client_address, client_port, server_address, server_port, interface"
NAMED = 'server_address!="other"'
EDGE_HEADINGS = {"client_address": "Client", "server_address": "Server", "server_port": "Port"}
NAMES = {"client_namespace": "Client namespace", "client_workload": "Client workload", "server_namespace": "Server namespace",
         "server_workload": "Server workload"}
NAMED_EDGE = f"{EDGE}, {', '.join(NAMES)}"
PAIR_HEADINGS = {**NAMES, "server_port": "Port"}
PAIR = ", ".join(PAIR_HEADINGS)
PAIR_LEGEND = "{{client_namespace}} {{client_workload}} to {{server_namespace}} {{server_workload}} {{server_port}}"

JOB = query("job", "Job", "label_values(tcpgauge_build_info, job)", "The scrape job of the agents.")
INSTANCE = query("instance", "Node", 'label_values(tcpgauge_build_info{job=~"$job"}, instance)',
                 "The nodes that are shown: one agent each.")
ONE_INSTANCE = query("instance", "Node", 'label_values(tcpgauge_build_info{job=~"$job"}, instance)',
                     "The node that is shown.", multiple=False)
SERVER_ADDRESS = query("server_address", "Server",
                       "label_values(tcpgauge_edge_connections{job=~\"$job\",server_address!=\"other\"}, server_address)",
                       "The server's address. Servers without an edge of their own are not listed.", multiple=False)
SERVER_PORT = query("server_port", "Port",
                    "label_values(tcpgauge_edge_connections{job=~\"$job\",server_address=~\"$server_address\"}, server_port)",
                    "The server's port.", multiple=False)


def rate(metric, selector=NODES):
    return f"rate({metric}{selector}{RATE})"


def total(expression, by="", keep=""):
    """Sums `expression` by the labels in `by`. Without `by`, sums for each node, and within it by the label `keep`."""
    labels = by or ("job, instance" + (f", {keep}" if keep else ""))
    return f"sum by ({labels}) ({expression})"


def both(prefix, suffix, selector=NODES):
    """The rates of clients and of servers, added."""
    return f"{rate(f'{prefix}_client_{suffix}', selector)} + {rate(f'{prefix}_server_{suffix}', selector)}"


def selecting(extra):
    return NODES[:-1] + "," + extra + "}"


def recorded(name, selector=ALL_NODES, operation="rate5m"):
    """A series of the recorded level, in which an edge counts once."""
    return f"edge:tcpgauge_edge_{name}:{operation}{selector}"


def recorded_payload(selector=ALL_NODES):
    return f"{recorded('client_payload_bytes', selector)} + {recorded('server_payload_bytes', selector)}"


def services(name):
    """A recorded series of services. What two jobs see counts once, too."""
    return f"max by (server_address, server_port) (server:tcpgauge_edge_{name}{ALL_NODES})"


def workloads(level, name):
    """A recorded series of what workloads serve (the level server_workload) or ask of others (client_workload)."""
    labels = {"server_workload": "server_namespace, server_workload, server_port",
              "client_workload": "client_namespace, client_workload"}[level]
    return f"max by ({labels}) ({level}:tcpgauge_workload_edge_{name}{ALL_NODES})"


def workload_columns(level):
    return [("Payload", "Bps", workloads(level, "payload_bytes:rate5m")),
            ("Connections", "short", workloads(level, "connections:sum")),
            ("Opened", "cps", workloads(level, "connections_opened:rate5m")),
            ("Failed", "percentunit", workloads(level, "connections_failed:ratio_rate5m")),
            ("Retransmitted", "percentunit", workloads(level, "retransmitted_segments:ratio_rate5m")),
            ("Handshake", "s", workloads(level, "handshake_rtt_seconds:mean_rate5m")),
            ("Response", "s", workloads(level, "response_seconds:mean_rate5m"))]


def of_pairs(name, reporter, operation="rate5m"):
    """A recorded series of pairs of workloads, as the nodes of their clients or of their servers report them."""
    return f"workload_edge:tcpgauge_workload_edge_{name}:{operation}{matching(job='$job', reporter=reporter)}"


def by_pair(expression):
    return f"sum by ({PAIR}) ({expression})"


def pair_columns(reporter):
    def of(name, operation="rate5m"):
        return by_pair(of_pairs(name, reporter, operation))
    return [("Up", "Bps", of("client_payload_bytes")), ("Down", "Bps", of("server_payload_bytes")),
            ("Connections", "short", of("connections", "sum")), ("Opened", "cps", of("connections_opened")),
            ("Failed", "cps", of("connections_failed")),
            ("Retransmitted", "percentunit", f"{of('retransmitted_segments')} / ({of('segments')} > 0)"),
            ("Handshake", "s", f"{of('handshake_rtt_seconds_sum')} / ({of('handshake_rtt_seconds_count')} > 0)"),
            ("Response", "s", f"{of('response_seconds_sum')} / ({of('response_seconds_count')} > 0)")]


def server_times():
    served = matching(job="$job", reporter="server")
    labels = "server_namespace, server_workload, server_port"
    columns = [("Exchanges", "reqps", workloads("server_workload", "responses:rate5m"))]
    for heading, value in (("Response", "response"), ("Handshake", "handshake_rtt")):
        columns.append((heading, "s", workloads("server_workload", f"{value}_seconds:mean_rate5m")))
        columns += [(f"{heading} {name}", "s", edge_quantile(share, "workload_edge", value, served, labels))
                    for share, name in SHARES]
    return columns


def of_reporter(name, reporter):
    return f"sum(reporter:tcpgauge_workload_edge_{name}{matching(job='$job', reporter=reporter)})"


LOSS = "Segments that were sent again or came out of order, as a share of those with payload"
PAYLOAD = both("tcpgauge", "payload_bytes_total")
LOST = f"{both('tcpgauge', 'retransmitted_segments_total')} + {rate('tcpgauge_out_of_order_segments_total')}"
SEGMENTS = rate("tcpgauge_segments_total")
NAMED_EDGES = both("tcpgauge_edge", "payload_bytes_total", selecting(NAMED))
OTHER_EDGES = both("tcpgauge_edge", "payload_bytes_total", selecting('server_address="other"'))
DROPPED = rate("tcpgauge_capture_dropped_packets_total")
CAPTURED = rate("tcpgauge_capture_packets_total")
ESTABLISHED = "tcpgauge_connections" + selecting('state="established"')
FAILED = rate("tcpgauge_connections_closed_total", selecting('reason=~"refused|handshake_timeout"'))


def ratio(part, whole, by="job, instance"):
    return f"{total(part, by)} / ({total(whole, by)} > 0)"


def dropped(by=""):
    """The share of packets that the kernel dropped, or that were lost between workers."""
    lost, seen = (f"sum by ({by}) ({each})" if by else f"sum({each})" for each in (DROPPED, CAPTURED))
    return f"{lost} / ({seen} + {lost} > 0)"


def ratio_of_all(part, whole):
    return f"sum({part}) / (sum({whole}) > 0)"


def quantile(share, histogram, by="", selector=NODES):
    return f"histogram_quantile({share}, sum by ({by + ', ' if by else ''}le) ({rate(histogram + '_bucket', selector)}))"


def quantiles(histogram):
    return [target(quantile(share, histogram), name) for share, name in SHARES]


SHARES = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
# For the descriptions of panels with edge_quantile().
NEEDS_HISTOGRAMS = ("The mean is there in any case. Quantiles need a Prometheus with native histograms, or agents with "
                    "--metrics.edge-buckets.")
WEIGHTS = "In quantiles, an edge that two nodes see counts twice."
NOT_IF_POLLED = "A service that is polled, or that pushes news, always looks slow."


def edge_quantile(share, family, value, selector, by=""):
    """A quantile over edges (`family` is edge or workload_edge) of `value` (handshake_rtt or response): from the native
    histograms, or from the classic buckets that --metrics.edge-buckets gives."""
    def of(metric, labels):
        return f"histogram_quantile({share}, sum{f' by ({labels})' if labels else ''} ({rate(metric, selector)}))"
    native = of(f"tcpgauge_{family}_{value}_distribution_seconds", by)
    classic = of(f"tcpgauge_{family}_{value}_seconds_bucket", f"{by}, le" if by else "le")
    return f"{native} or {classic}"


def nodes():
    to_node = link_to("tcpgauge-node", "This node", job="${__data.fields.job}", instance="${__value.raw}")
    to_service = link_to("tcpgauge-service", "This service", server_address="${__data.fields.Server}",
                         server_port="${__value.raw}")
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
                          "Payload", {"server_port": to_service})),
            (12, 9, table("Busiest clients", "By payload, both directions; an edge that several nodes see counts once.",
                          {"client_address": "Client"},
                          [("Payload", "Bps", f"topk(20, sum by (client_address) ({recorded_payload()}))")], "Payload")),
        ]),
        ("Which services have trouble", [
            (24, 9, table("Services", "Failing: the share of attempts to connect that fail. A SYN that is sent again is one more "
                          "attempt. Stalled: open connections that make no progress.",
                          {"server_address": "Server", "server_port": "Port"}, [
                              ("Failing", "percentunit", services("syns_failed:ratio_rate2m")),
                              ("Lost segments", "percentunit", services("lost_segments:ratio_rate5m")),
                              ("Stalled", "short", services("connections_stalled:sum")),
                              ("Handshake", "s", services("handshake_rtt_seconds:mean_rate5m")),
                              ("Response", "s", services("response_seconds:mean_rate5m")),
                          ], "Failing", {"server_port": to_service})),
        ]),
    ])


def node():
    to_service = link_to("tcpgauge-service", "This service", server_address="${__data.fields.Server}",
                         server_port="${__value.raw}")
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
            (24, 10, table("Busiest connections", "The connections that have series of their own, now. A port leads to its service.",
                           {"client_address": "Client", "client_port": "Client port", "server_address": "Server",
                            "server_port": "Port", "interface": "Interface"}, [
                               ("Up", "Bps", f"sum {connections} (tcpgauge_connection_client_bytes_per_second{NODES})"),
                               ("Down", "Bps", f"sum {connections} (tcpgauge_connection_server_bytes_per_second{NODES})"),
                               ("Total", "decbytes", f"sum {connections} (tcpgauge_connection_client_payload_bytes_total{NODES}"
                                                     f" + tcpgauge_connection_server_payload_bytes_total{NODES})"),
                               ("RTT", "s", f"max {connections} (tcpgauge_connection_rtt_seconds{NODES})"),
                               ("Idle", "s", f"min {connections} (tcpgauge_connection_idle_seconds{NODES})"),
                               ("Retransmitted", "short",
                                f"sum {connections} (tcpgauge_connection_client_retransmitted_segments_total{NODES}"
                                f" + tcpgauge_connection_server_retransmitted_segments_total{NODES})"),
                           ], "Up", {"server_port": to_service})),
            (24, 10, table("Busiest edges", "A client and a service, all their connections together.", {**EDGE_HEADINGS, **NAMES}, [
                ("Up", "Bps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_client_payload_bytes_total')})"),
                ("Down", "Bps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_server_payload_bytes_total')})"),
                ("Connections", "short", f"sum by ({NAMED_EDGE}) (tcpgauge_edge_connections{NODES})"),
                ("Opened", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_connections_opened_total')})"),
                ("Failed", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_connections_failed_total')})"),
                ("Retransmitted", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_retransmitted_segments_total')})"),
                ("Out of order", "cps", f"sum by ({NAMED_EDGE}) ({rate('tcpgauge_edge_out_of_order_segments_total')})"),
                ("Stalled", "short", f"sum by ({NAMED_EDGE}) (tcpgauge_edge_connections_stalled{NODES})"),
            ], "Down", {"server_port": to_service})),
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


def workloads_dashboard():
    served = workloads("server_workload", "payload_bytes:rate5m")
    asked = workloads("client_workload", "payload_bytes:rate5m")
    failed = f"sum({of_pairs('connections_failed', 'client')})"
    opened = f"sum({of_pairs('connections_opened', 'client')})"
    return dashboard("tcpgauge-workloads", "tcpgauge / Workloads",
                     "Which workload talks to which: deployments, units, containers. Pods come and go, and their workloads stay. "
                     "external is an end without a known name.",
                     [JOB], [
        ("Now", [
            (6, 4, stat("Served", "TCP payload of the connections whose server is on a node with an agent, both directions.", "Bps",
                        of_reporter("payload_bytes:rate5m", "server"))),
            (6, 4, stat("Asked for", "TCP payload of the connections whose client is on a node with an agent, both directions.",
                        "Bps", of_reporter("payload_bytes:rate5m", "client"))),
            (6, 4, stat("Failed", "The share of the attempts of these clients that are refused or time out.", "percentunit",
                        f"{failed} / ({opened} > 0)", warn_above=0.1, decimals=1)),
            (6, 4, stat("In no workload edge of its own", "The share of that payload that is credited to the edges named other.",
                        "percentunit", f"max(reporter:tcpgauge_workload_edge_other_payload_bytes:ratio_rate5m{ALL_NODES})",
                        warn_above=0.3, decimals=1)),
        ]),
        ("What serves", [
            (24, 9, table("Servers", "Each workload and port that its own nodes see as a server, with all of its clients.",
                          {"server_namespace": "Namespace", "server_workload": "Workload", "server_port": "Port"},
                          workload_columns("server_workload"), "Payload")),
            (24, 8, graph("Busiest servers", "The ten with the most payload.", "Bps", [
                target(f"topk(10, {served})", "{{server_namespace}} {{server_workload}} {{server_port}}")])),
            (24, 9, table("How long servers take", "From the last segment of a request to the first segment of its answer, as the "
                          f"servers' own nodes see it; and handshakes. {NEEDS_HISTOGRAMS}",
                          {"server_namespace": "Namespace", "server_workload": "Workload", "server_port": "Port"},
                          server_times(), "Response")),
        ]),
        ("What asks", [
            (24, 9, table("Clients", "Each workload that its own nodes see as a client, with all of its servers.",
                          {"client_namespace": "Namespace", "client_workload": "Workload"},
                          workload_columns("client_workload"), "Payload")),
            (24, 8, graph("Busiest clients", "The ten with the most payload.", "Bps", [
                target(f"topk(10, {asked})", "{{client_namespace}} {{client_workload}}")])),
        ]),
        ("Who asks whom", [
            (24, 10, table("As the nodes of the clients see it", "Clients have their names. A server has one if it is on the same "
                           "node, or behind a service with --identity=cluster.", PAIR_HEADINGS, pair_columns("client"), "Down")),
            (24, 10, table("As the nodes of the servers see it", "Servers have their names, and clients from elsewhere are in the "
                           "table, too. A connection of the table above may be here as well: do not add them.",
                           PAIR_HEADINGS, pair_columns("server"), "Down")),
            (24, 8, graph("Failed connections", "Of the clients on nodes with an agent: the ten pairs with most.", "cps", [
                target(f"topk(10, {by_pair(of_pairs('connections_failed', 'client'))})", PAIR_LEGEND)])),
        ]),
    ])


def service():
    def edges(name, operation="rate5m"):
        return recorded(name, SERVICE, operation)

    def of_service(name):
        return f"max(server:tcpgauge_edge_{name}{SERVICE})"

    def times(value):
        return ([target(of_service(f"{value}_seconds:mean_rate5m"), "mean")] +
                [target(edge_quantile(share, "edge", value, SERVICE), name) for share, name in SHARES])

    seen_by = both("tcpgauge_edge", "payload_bytes_total", SERVICE)
    by_client = "sum by (client_address)"
    return dashboard("tcpgauge-service", "tcpgauge / Service",
                     "One service, which is an address and a port: its clients, its traffic and its failures. "
                     "An edge that several nodes see counts once.",
                     [JOB, SERVER_ADDRESS, SERVER_PORT], [
        ("Now", [
            (4, 4, stat("Clients", "Clients that have an edge of their own.", "short", f"count({edges('connections', 'max')})")),
            (4, 4, stat("Connections", "Open now.", "short", of_service("connections:sum"))),
            (4, 4, stat("Requests", "Payload from clients.", "Bps", f"sum({edges('client_payload_bytes')})")),
            (4, 4, stat("Answers", "Payload from the service.", "Bps", f"sum({edges('server_payload_bytes')})")),
            (4, 4, stat("Failing", "The share of attempts to connect that are refused, time out, or are sent again. "
                        "A SYN that is sent again is one more attempt.", "percentunit", of_service("syns_failed:ratio_rate2m"),
                        warn_above=0.1, decimals=1)),
            (4, 4, stat("Response", f"Mean time from the last segment of a request to the first segment of its answer. {NOT_IF_POLLED}",
                        "s", of_service("response_seconds:mean_rate5m"))),
            (4, 4, stat("Handshake", "Mean time of a handshake.", "s", of_service("handshake_rtt_seconds:mean_rate5m"))),
            (4, 4, stat("Lost segments", f"{LOSS}.", "percentunit", of_service("lost_segments:ratio_rate5m"), warn_above=0.01,
                        decimals=2)),
            (4, 4, stat("Stalled", "Open connections that make no progress.", "short", of_service("connections_stalled:sum"),
                        warn_above=1)),
        ]),
        ("Traffic", [
            (12, 8, graph("Payload", "By sender.", "Bps", [
                target(f"sum({edges('client_payload_bytes')})", "clients"),
                target(f"sum({edges('server_payload_bytes')})", "service")])),
            (12, 8, graph("Connections", "Opened, failed by reason, and SYNs sent again.", "cps", [
                target(f"sum({edges('connections_opened')})", "opened"),
                target(f"sum by (reason) ({edges('connections_failed')})", "failed: {{reason}}"),
                target(f"sum({edges('syn_retransmissions')})", "SYNs sent again")])),
            (12, 8, graph("Response", "Time from the last segment of a request to the first segment of its answer. "
                          f"{NOT_IF_POLLED} {NEEDS_HISTOGRAMS} {WEIGHTS}", "s", times("response"))),
            (12, 8, graph("Handshake", f"Time of a handshake: network and accepting server. {NEEDS_HISTOGRAMS} {WEIGHTS}", "s",
                          times("handshake_rtt"))),
            (12, 8, graph("Exchanges", "Requests that were answered.", "reqps",
                          [target(of_service("responses:rate5m"), "exchanges")])),
            (12, 8, graph("Retransmissions and disorder", "Segments of both ends.", "cps", [
                target(f"sum({edges('retransmitted_segments')})", "retransmitted"),
                target(f"sum({edges('out_of_order_segments')})", "out of order")])),
            (12, 8, graph("Failing", "The share of attempts to connect that fail.", "percentunit",
                          [target(of_service("syns_failed:ratio_rate2m"), "failing")], maximum=1)),
            (12, 8, graph("Lost segments", f"{LOSS}.", "percentunit",
                          [target(of_service("lost_segments:ratio_rate5m"), "lost")])),
        ]),
        ("Clients", [
            (24, 10, table("Clients", "Each client of the service.", {"client_address": "Client"}, [
                ("Requests", "Bps", f"{by_client} ({edges('client_payload_bytes')})"),
                ("Answers", "Bps", f"{by_client} ({edges('server_payload_bytes')})"),
                ("Connections", "short", f"{by_client} ({edges('connections', 'max')})"),
                ("Failed", "cps", f"{by_client} ({edges('connections_failed')})"),
                ("SYNs again", "cps", f"{by_client} ({edges('syn_retransmissions')})"),
                ("Lost segments", "percentunit",
                 f"{by_client} ({edges('lost_segments')}) / ({by_client} ({edges('segments')}) > 0)"),
                ("Stalled", "short", f"{by_client} ({edges('connections_stalled', 'max')})"),
                ("Response", "s",
                 f"{by_client} ({edges('response_seconds_sum')}) / ({by_client} ({edges('response_seconds_count')}) > 0)"),
            ], "Answers")),
            (12, 8, graph("Busiest clients", "The ten with the most payload.", "Bps", [
                target(f"topk(10, {by_client} ({recorded_payload(SERVICE)}))", "{{client_address}}")])),
            (12, 8, graph("Seen by", "The nodes whose agents see the service, and how much of it.", "Bps", [
                target(f"sum by (instance) ({seen_by})", "{{instance}}")])),
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
        ]),
    ])


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "dashboards")
    os.makedirs(folder, exist_ok=True)
    for made in (nodes(), node(), workloads_dashboard(), service(), agent()):
        with open(os.path.join(folder, made["uid"] + ".json"), "w") as file:
            json.dump(made, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
