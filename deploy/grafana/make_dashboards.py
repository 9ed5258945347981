#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Grafana dashboards as JSON files into FOLDER, by default into dashboards/ beside this script.

usage: deploy/grafana/make_dashboards.py [FOLDER]

A test fails when the committed files differ from what this script writes.
"""
import json
import os
import sys

sys.dont_write_bytecode = True
from dashboard_model import dashboard, graph, link_to, matching, query, stat, table, target  # noqa: E402

RATE = "[$__rate_interval]"
NODES = matching(job="$job", instance="$instance")
SERVICE = matching(job="$job", instance="$instance", server_address="$server_address", server_port="$server_port")
EDGE = "client_address, server_address, server_port"
CONNECTION = "client_address, client_port, server_address, server_port, interface"
NAMED = 'server_address!="other"'
EDGE_HEADINGS = {"client_address": "Client", "server_address": "Server", "server_port": "Port"}

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


def once(expression, by):
    """Sums edges by the labels in `by`. An edge that several nodes see counts once."""
    return f"sum by ({by}) (max by ({EDGE}) ({expression}))"


PAYLOAD = both("tcpgauge", "payload_bytes_total")
RETRANSMITTED = both("tcpgauge", "retransmitted_segments_total")
NAMED_EDGES = both("tcpgauge_edge", "payload_bytes_total", selecting(NAMED))
OTHER_EDGES = both("tcpgauge_edge", "payload_bytes_total", selecting('server_address="other"'))
TCP_PACKETS = rate("tcpgauge_capture_packets_total", selecting('protocol="tcp"'))
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
    return [target(quantile(share, histogram), name) for share, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))]


def nodes():
    to_node = link_to("tcpgauge-node", "This node", job="${__data.fields.job}", instance="${__value.raw}")
    to_service = link_to("tcpgauge-service", "This service", server_address="${__data.fields.Server}",
                         server_port="${__value.raw}")
    return dashboard("tcpgauge-nodes", "tcpgauge / Nodes", "All nodes at a glance: who carries how much, and who has trouble.",
                     [JOB, INSTANCE], [
        ("Now", [
            (4, 4, stat("Agents", "Agents that answered the last scrape.", "none", f"sum(up{NODES})")),
            (4, 4, stat("Payload", "TCP payload, both directions. Payload that crosses two nodes counts on both.", "Bps",
                        f"sum({PAYLOAD})")),
            (4, 4, stat("Connections", "Established now.", "short",
                        f"sum({ESTABLISHED})")),
            (4, 4, stat("Retransmissions", "Retransmitted segments, as a share of the captured TCP packets.", "percentunit",
                        ratio_of_all(RETRANSMITTED, TCP_PACKETS), warn_above=0.03, decimals=2)),
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
                              ("Retransmissions", "percentunit", ratio(RETRANSMITTED, TCP_PACKETS)),
                              ("Handshake p95", "s", quantile(0.95, "tcpgauge_handshake_rtt_seconds", "job, instance")),
                              ("Dropped", "percentunit", dropped("job, instance")),
                          ], "Payload", {"instance": to_node})),
            (12, 8, graph("Payload", "TCP payload, both directions.", "Bps", [target(total(PAYLOAD), "{{instance}}")])),
            (12, 8, graph("Connections opened", "Whether or not the handshake was seen.", "cps",
                          [target(total(rate("tcpgauge_connections_opened_total")), "{{instance}}")])),
            (12, 8, graph("Retransmissions", "Retransmitted segments, as a share of the captured TCP packets.", "percentunit",
                          [target(ratio(RETRANSMITTED, TCP_PACKETS), "{{instance}}")])),
            (12, 8, graph("Handshakes, p95", "Nineteen of twenty handshakes take no longer than this.", "s",
                          [target(quantile(0.95, "tcpgauge_handshake_rtt_seconds", "job, instance"), "{{instance}}")])),
            (12, 8, graph("Failed connections", "Refused, or not answered in time.", "cps",
                          [target(total(FAILED, keep="reason"),
                                  "{{instance}} {{reason}}")])),
            (12, 8, graph("Connections by state", "On all nodes that are shown.", "short",
                          [target(f"sum by (state) (tcpgauge_connections{NODES})", "{{state}}")], stacked=True)),
        ]),
        ("Who talks", [
            (12, 9, table("Busiest services", "By payload, both directions; an edge that several nodes see counts once.",
                          {"server_address": "Server", "server_port": "Port"},
                          [("Payload", "Bps", f"topk(20, {once(NAMED_EDGES, 'server_address, server_port')})")], "Payload",
                          {"server_port": to_service})),
            (12, 9, table("Busiest clients", "By payload, both directions; an edge that several nodes see counts once.",
                          {"client_address": "Client"},
                          [("Payload", "Bps", f"topk(20, {once(NAMED_EDGES, 'client_address')})")], "Payload")),
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
        ]),
        ("Connections", [
            (12, 8, graph("By state", "Connections that are tracked now.", "short",
                          [target(f"sum by (state) (tcpgauge_connections{NODES})", "{{state}}")], stacked=True)),
            (12, 8, graph("Opened and ended", "Opened ones by origin, ended ones by reason.", "cps", [
                target(f"sum by (origin) ({rate('tcpgauge_connections_opened_total')})", "opened: {{origin}}"),
                target(f"sum by (reason) ({rate('tcpgauge_connections_closed_total')})", "ended: {{reason}}")])),
            (8, 8, graph("Handshakes", "Time from a SYN to the ACK that completes the handshake.", "s",
                         quantiles("tcpgauge_handshake_rtt_seconds"))),
            (8, 8, graph("Lifetime", "Lifetime of the connections that ended.", "s", quantiles("tcpgauge_connection_duration_seconds"))),
            (8, 8, graph("Size", "Payload, both directions, of the connections that ended.", "decbytes",
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
            (24, 10, table("Busiest edges", "A client and a service, all their connections together.", EDGE_HEADINGS, [
                ("Up", "Bps", f"sum by ({EDGE}) ({rate('tcpgauge_edge_client_payload_bytes_total')})"),
                ("Down", "Bps", f"sum by ({EDGE}) ({rate('tcpgauge_edge_server_payload_bytes_total')})"),
                ("Connections", "short", f"sum by ({EDGE}) (tcpgauge_edge_connections{NODES})"),
                ("Opened", "cps", f"sum by ({EDGE}) ({rate('tcpgauge_edge_connections_opened_total')})"),
                ("Failed", "cps", f"sum by ({EDGE}) ({rate('tcpgauge_edge_connections_failed_total')})"),
                ("Retransmitted", "cps", f"sum by ({EDGE}) ({rate('tcpgauge_edge_retransmitted_segments_total')})"),
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
    ])


def service():
    def of_clients(metric):
        return f"max by ({EDGE}) ({rate(metric, SERVICE)})"
    handshakes = (f"sum(max by ({EDGE}) ({rate('tcpgauge_edge_handshake_rtt_seconds_sum', SERVICE)}))"
                  f" / (sum(max by ({EDGE}) ({rate('tcpgauge_edge_handshake_rtt_seconds_count', SERVICE)})) > 0)")
    return dashboard("tcpgauge-service", "tcpgauge / Service",
                     "One service, which is an address and a port: its clients, its traffic and its failures. "
                     "An edge that several nodes see counts once.",
                     [JOB, INSTANCE, SERVER_ADDRESS, SERVER_PORT], [
        ("Now", [
            (4, 4, stat("Clients", "Clients that have an edge of their own.", "short",
                        f"count(max by ({EDGE}) (tcpgauge_edge_connections{SERVICE}))")),
            (4, 4, stat("Connections", "Now.", "short", f"sum(max by ({EDGE}) (tcpgauge_edge_connections{SERVICE}))")),
            (4, 4, stat("Requests", "Payload from clients.", "Bps",
                        f"sum({of_clients('tcpgauge_edge_client_payload_bytes_total')})")),
            (4, 4, stat("Answers", "Payload from the service.", "Bps",
                        f"sum({of_clients('tcpgauge_edge_server_payload_bytes_total')})")),
            (4, 4, stat("Failed", "Connections refused, or not answered in time.", "cps",
                        f"sum({of_clients('tcpgauge_edge_connections_failed_total')})", warn_above=1)),
            (4, 4, stat("Handshake", "Mean time of a handshake.", "s", handshakes)),
        ]),
        ("Traffic", [
            (12, 8, graph("Payload", "By sender.", "Bps", [
                target(f"sum({of_clients('tcpgauge_edge_client_payload_bytes_total')})", "clients"),
                target(f"sum({of_clients('tcpgauge_edge_server_payload_bytes_total')})", "service")])),
            (12, 8, graph("Connections", "Opened and failed.", "cps", [
                target(f"sum({of_clients('tcpgauge_edge_connections_opened_total')})", "opened"),
                target(f"sum({of_clients('tcpgauge_edge_connections_failed_total')})", "failed")])),
            (12, 8, graph("Handshake", "Mean time of a handshake: network and accepting server.", "s", [target(handshakes, "mean")])),
            (12, 8, graph("Retransmissions", "Segments of both ends.", "cps", [
                target(f"sum({of_clients('tcpgauge_edge_retransmitted_segments_total')})", "retransmitted")])),
        ]),
        ("Clients", [
            (24, 10, table("Clients", "Each client of the service.", {"client_address": "Client"}, [
                ("Requests", "Bps", f"sum by (client_address) ({of_clients('tcpgauge_edge_client_payload_bytes_total')})"),
                ("Answers", "Bps", f"sum by (client_address) ({of_clients('tcpgauge_edge_server_payload_bytes_total')})"),
                ("Connections", "short", f"sum by (client_address) (max by ({EDGE}) (tcpgauge_edge_connections{SERVICE}))"),
                ("Failed", "cps", f"sum by (client_address) ({of_clients('tcpgauge_edge_connections_failed_total')})"),
                ("Retransmitted", "cps",
                 f"sum by (client_address) ({of_clients('tcpgauge_edge_retransmitted_segments_total')})"),
            ], "Answers")),
            (12, 8, graph("Busiest clients", "The ten with the most payload.", "Bps", [
                target(f"topk(10, sum by (client_address) (max by ({EDGE}) "
                       f"({both('tcpgauge_edge', 'payload_bytes_total', SERVICE)})))", "{{client_address}}")])),
            (12, 8, graph("Seen by", "The nodes whose agents see the service, and how much of it.", "Bps", [
                target(f"sum by (instance) ({both('tcpgauge_edge', 'payload_bytes_total', SERVICE)})", "{{instance}}")])),
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
    ])


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "dashboards")
    os.makedirs(folder, exist_ok=True)
    for made in (nodes(), node(), service(), agent()):
        with open(os.path.join(folder, made["uid"] + ".json"), "w") as file:
            json.dump(made, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
