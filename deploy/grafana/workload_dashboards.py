# SPDX-License-Identifier: Apache-2.0
"""The dashboard of workloads: which of them talks to which."""
from dashboard_model import dashboard, graph, graph_of_nodes, matching, query, stat, table, target
from dashboard_queries import (ALL_NODES, JOB, NEEDS_HISTOGRAMS, PAIR, PAIR_HEADINGS, PAIR_LEGEND, SHARES,
                               edge_quantile, rate)

CLIENT_NAMES = ["client_namespace", "client_workload"]
SERVER_NAMES = ["server_namespace", "server_workload"]
CLIENT_WORKLOAD = query("client_workload", "Client workload",
                        'label_values(tcpgauge_workload_edge_connections{job=~"$job"}, client_workload)',
                        "The map, the share that failed, and Who asks whom show only what these workloads ask of others.")


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
    chosen = matching(job="$job", reporter=reporter, client_workload="$client_workload")
    return f"workload_edge:tcpgauge_workload_edge_{name}:{operation}{chosen}"


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


def map_of(reporter):
    """Edges of the map, all ports of a server together: payload, failed attempts, and red where a twentieth of them fails."""
    def edges(expression):
        for label, parts in (("source", CLIENT_NAMES), ("target", SERVER_NAMES), ("id", CLIENT_NAMES + SERVER_NAMES)):
            joined = ", ".join(f'"{part}"' for part in parts)
            expression = f'label_join({expression}, "{label}", " ", {joined})'
        return f"sum by (id, source, target) ({expression})"

    def of(name):
        return of_pairs(name, reporter)

    def colored(expression, color):
        return f'label_replace({expression}, "color", "{color}", "", "")'
    failing = f"{edges(of('connections_failed'))} / ({edges(of('connections_opened'))} > 0)"
    payload = edges(f"{of('client_payload_bytes')} + {of('server_payload_bytes')}")
    return (("kB/s", f"{payload} / 1000"), ("failed/s", edges(of("connections_failed"))),
            f"{colored(f'{failing} > 0.05', 'red')} or on (id) {colored(failing, 'gray')}")


def between_zones(selector=ALL_NODES):
    return f"sum by (client_zone, server_zone) ({rate('tcpgauge_zone_payload_bytes_total', selector)})"


def crossing_share():
    """The share of payload whose ends are known to be in different zones."""
    known = between_zones(ALL_NODES[:-1] + ',client_zone!="",server_zone!=""}')
    within = f'label_join(sum by (server_zone) ({known}), "client_zone", "", "server_zone")'
    return (f"(sum({known} unless on (client_zone, server_zone) {within}) or vector(0)) "
            f"/ (sum({between_zones()}) > 0)")


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


ON_THE_MAP = ("An edge shows payload, both directions, and failed attempts. It is red where a twentieth of the attempts fail. A "
              "workload shows the sum of what it serves.")


def workloads_dashboard():
    served = workloads("server_workload", "payload_bytes:rate5m")
    asked = workloads("client_workload", "payload_bytes:rate5m")
    failed = f"sum({of_pairs('connections_failed', 'client')})"
    opened = f"sum({of_pairs('connections_opened', 'client')})"
    return dashboard("tcpgauge-workloads", "tcpgauge / Workloads",
                     "Which workload talks to which: deployments, units, containers. Pods come and go, and their workloads stay. "
                     "external is an end without a known name.",
                     [JOB, CLIENT_WORKLOAD], [
        ("Map", [
            (24, 14, graph_of_nodes("Map, as the nodes of the clients see it", f"What workloads ask of others. {ON_THE_MAP} A server has a "
                                    "name if it is on the same node, or behind a service with --identity=cluster.",
                                    *map_of("client"))),
            (24, 14, graph_of_nodes("Map, as the nodes of the servers see it", f"What workloads serve, to clients from elsewhere, too. "
                                    f"{ON_THE_MAP} An edge may be in the map above as well: do not add them.",
                                    *map_of("server"))),
        ]),
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
        ("Zones", [
            (6, 8, stat("Between zones", "The share of payload that goes from one zone to another. Zones are known with "
                        "--identity=cluster.", "percentunit", crossing_share(), decimals=1)),
            (18, 8, table("Which zone talks to which", "Payload of both directions. The node of the client counts a connection, so "
                          "each counts once. An empty zone is not known.",
                          {"client_zone": "Client's zone", "server_zone": "Server's zone"}, [
                              ("Payload", "Bps", between_zones()),
                              ("Share", "percentunit",
                               f"{between_zones()} / on () group_left () (sum({between_zones()}) > 0)"),
                          ], "Payload")),
        ]),
    ])
