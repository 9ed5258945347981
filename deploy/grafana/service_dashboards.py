# SPDX-License-Identifier: Apache-2.0
"""The dashboards of services and of their clients, by address."""
from dashboard_model import dashboard, graph, stat, table, target
from dashboard_queries import (JOB, LOSS, NEEDS_HISTOGRAMS, NOT_IF_POLLED, SERVER_ADDRESS, SERVER_PORT, SERVICE, SHARES,
                               WEIGHTS, both, edge_quantile, recorded, recorded_payload)


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
