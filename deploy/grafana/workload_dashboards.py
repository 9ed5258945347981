# SPDX-License-Identifier: Apache-2.0
"""The dashboard of workloads: which of them talks to which."""
from dashboard_model import dashboard, graph, matching, stat, table, target
from dashboard_queries import (ALL_NODES, JOB, NEEDS_HISTOGRAMS, PAIR, PAIR_HEADINGS, PAIR_LEGEND, SHARES,
                               edge_quantile)


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
