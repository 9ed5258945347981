# SPDX-License-Identifier: Apache-2.0
"""The dashboards of services and of their clients, by address."""
from dashboard_model import dashboard, graph, matching, stat, table, target
from dashboard_queries import (ALL_NODES, CLIENT_ADDRESS, EDGE, EDGE_HEADINGS, JOB, LOSS, NAMED, NEEDS_HISTOGRAMS, NOT_IF_POLLED,
                               SERVER_ADDRESS, SERVER_PORT, SERVICE, SHARES, TO_CLIENT, TO_SERVICE, WEIGHTS, both, edge_quantile,
                               recorded, recorded_payload, services)

SERVER = "server_address, server_port"
SERVER_HEADINGS = {"server_address": "Server", "server_port": "Port"}
CLIENT = matching(job="$job", client_address="$client_address")
NAMED_EDGES_OF_ALL = ALL_NODES[:-1] + f",{NAMED}}}"
FAILING = "the share of attempts to connect that fail. A SYN that is sent again is one more attempt."


def services_dashboard():
    exchanges = services("responses:rate5m")
    failing = f"{services('syns_failed:ratio_rate2m')} > 0"
    lossy = f"topk(20, {recorded('lost_segments')} > 0)"
    is_failing, is_lossy = f"and on ({SERVER}) {failing}", f"and on ({EDGE}) {lossy}"
    many = f"count({services('syns_failed:ratio_rate2m')} > 0.1) or vector(0)"
    lossy_many = f"count({services('lost_segments:ratio_rate5m')} > 0.01) or vector(0)"
    return dashboard("tcpgauge-services", "tcpgauge / Services",
                     "All services, which are addresses and ports: how much they are asked, how well they answer, and which of them "
                     "have trouble. An edge that several nodes see counts once.",
                     [JOB], [
        ("Now", [
            (6, 4, stat("Services", "Those with an edge of their own.", "short", f"count({services('connections:sum')})")),
            (6, 4, stat("Failing services", "Where more than a tenth of the attempts to connect fail.", "short", many, warn_above=1)),
            (6, 4, stat("Lossy services", "Where more than a hundredth of the segments are lost.", "short", lossy_many,
                        warn_above=1)),
            (6, 4, stat("Stalled connections", "Open connections that make no progress.", "short",
                        f"sum({services('connections_stalled:sum')})", warn_above=1)),
        ]),
        ("Services", [
            (24, 12, table("Services", f"A port leads to its service. Failing: {FAILING} Lost: {LOSS.lower()}. {NOT_IF_POLLED} "
                           f"{NEEDS_HISTOGRAMS} {WEIGHTS}", SERVER_HEADINGS, [
                               ("Exchanges", "reqps", exchanges),
                               ("Opened", "cps", services("connections_opened:rate5m")),
                               ("Failing", "percentunit", services("syns_failed:ratio_rate2m")),
                               ("Lost", "percentunit", services("lost_segments:ratio_rate5m")),
                               ("Response", "s", services("response_seconds:mean_rate5m")),
                               ("Response p95", "s", edge_quantile(0.95, "edge", "response", NAMED_EDGES_OF_ALL, SERVER)),
                               ("Handshake", "s", services("handshake_rtt_seconds:mean_rate5m")),
                               ("Clients", "short", f"count by ({SERVER}) ({recorded('connections', operation='max')})"),
                               ("Stalled", "short", services("connections_stalled:sum")),
                               ("Payload", "Bps", services("payload_bytes:rate5m")),
                           ], "Exchanges", {"server_port": TO_SERVICE})),
            (12, 8, graph("Busiest services", "The ten that answer most.", "reqps", [
                target(f"topk(10, {exchanges})", "{{server_address}} {{server_port}}")])),
            (12, 8, graph("Slowest services", f"The ten with the longest mean time to answer. {NOT_IF_POLLED}", "s", [
                target(f"topk(10, {services('response_seconds:mean_rate5m')})", "{{server_address}} {{server_port}}")])),
        ]),
        ("Which have trouble", [
            (24, 9, table("Failing services", f"Failing: {FAILING} Clients: those whose attempts fail.", SERVER_HEADINGS, [
                ("Failing", "percentunit", failing),
                ("Failed", "cps", f"{services('connections_failed:rate5m')} {is_failing}"),
                ("SYNs again", "cps", f"{services('syn_retransmissions:rate5m')} {is_failing}"),
                ("Clients", "short", f"count by ({SERVER}) (sum by ({EDGE}) ({recorded('connections_failed')}) > 0) {is_failing}"),
            ], "Failing", {"server_port": TO_SERVICE})),
            (24, 9, table("Lossy edges", f"The twenty that lose most. Share: {LOSS.lower()}.", EDGE_HEADINGS, [
                ("Lost", "cps", lossy),
                ("Share", "percentunit", f"{recorded('lost_segments')} / ({recorded('segments')} > 0) {is_lossy}"),
                ("Payload", "Bps", f"{recorded_payload()} {is_lossy}"),
            ], "Lost", {"server_port": TO_SERVICE, "client_address": TO_CLIENT})),
        ]),
    ])


def client():
    def edges(name, operation="rate5m"):
        return recorded(name, CLIENT, operation)

    def of_servers(name, operation="rate5m"):
        return f"sum by ({SERVER}) ({edges(name, operation)})"

    def mean(value):
        return f"{of_servers(value + '_seconds_sum')} / ({of_servers(value + '_seconds_count')} > 0)"

    def busiest(expression):
        return [target(f"topk(10, {expression})", "{{server_address}} {{server_port}}")]
    lost = f"{of_servers('lost_segments')} / ({of_servers('segments')} > 0)"
    return dashboard("tcpgauge-client", "tcpgauge / Client",
                     "One client, which is an address: the services that it depends on, and how well they serve it. "
                     "An edge that several nodes see counts once.",
                     [JOB, CLIENT_ADDRESS], [
        ("Now", [
            (4, 4, stat("Services", "Services with an edge to this client.", "short", f"count({edges('connections', 'max')})")),
            (4, 4, stat("Connections", "Open now.", "short", f"sum({edges('connections', 'max')})")),
            (4, 4, stat("Requests", "Payload from the client.", "Bps", f"sum({edges('client_payload_bytes')})")),
            (4, 4, stat("Answers", "Payload from the services.", "Bps", f"sum({edges('server_payload_bytes')})")),
            (4, 4, stat("Failed", "The share of its attempts that are refused or time out.", "percentunit",
                        f"sum({edges('connections_failed')}) / (sum({edges('connections_opened')}) > 0)", warn_above=0.1,
                        decimals=1)),
            (4, 4, stat("Lost segments", f"{LOSS}.", "percentunit",
                        f"sum({edges('lost_segments')}) / (sum({edges('segments')}) > 0)", warn_above=0.01, decimals=2)),
        ]),
        ("What it depends on", [
            (24, 10, table("Services", "Each service that the client talks to. A port leads to its service.", SERVER_HEADINGS, [
                ("Requests", "Bps", of_servers("client_payload_bytes")),
                ("Answers", "Bps", of_servers("server_payload_bytes")),
                ("Connections", "short", of_servers("connections", "max")),
                ("Opened", "cps", of_servers("connections_opened")),
                ("Failed", "cps", of_servers("connections_failed")),
                ("SYNs again", "cps", of_servers("syn_retransmissions")),
                ("Lost segments", "percentunit", lost),
                ("Stalled", "short", of_servers("connections_stalled", "max")),
                ("Handshake", "s", mean("handshake_rtt")),
                ("Response", "s", mean("response")),
            ], "Answers", {"server_port": TO_SERVICE})),
            (12, 8, graph("Busiest services", "The ten with the most payload, both directions.", "Bps",
                          busiest(f"sum by ({SERVER}) ({recorded_payload(CLIENT)})"))),
            (12, 8, graph("Slowest services", f"The ten with the longest mean time to answer. {NOT_IF_POLLED}", "s",
                          busiest(mean("response")))),
            (12, 8, graph("Failed connections", "The ten services with most.", "cps", busiest(of_servers("connections_failed")))),
            (12, 8, graph("Lost segments", f"{LOSS}: the ten services with the largest share.", "percentunit", busiest(lost))),
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
            (24, 10, table("Clients", "Each client of the service. Its address leads to what else it depends on.",
                           {"client_address": "Client"}, [
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
                           ], "Answers", {"client_address": TO_CLIENT})),
            (12, 8, graph("Busiest clients", "The ten with the most payload.", "Bps", [
                target(f"topk(10, {by_client} ({recorded_payload(SERVICE)}))", "{{client_address}}")])),
            (12, 8, graph("Seen by", "The nodes whose agents see the service, and how much of it.", "Bps", [
                target(f"sum by (instance) ({seen_by})", "{{instance}}")])),
        ]),
    ])
