# SPDX-License-Identifier: Apache-2.0
"""What the agents of the lab counted in all, beside the books of the kernels, the servers and the clients."""
import collections
import json

from support.lab import BULK, DATABASE_CONNECTIONS, ENDS, WEB, WEB_DROPPED
from support.lab_kernel import protocols

# `got` is an agent's, null where it has no such series. It is right within `share` of what is wanted, and `absolute`.
Row = collections.namedtuple("Row", "what node got want share absolute of")

_SEGMENT_BYTES = 1448


def text(row):
    verdict = "right" if is_right(row) else "WRONG"
    got = "-" if row.got is None else f"{row.got:.10g}"
    return (f"  {verdict:6}{row.what:62} {row.node:7}{got:>12} | {row.want:<12.10g} {row.of}, "
            f"within {100 * row.share:g} % and {row.absolute:g}")


def is_right(row):
    return row.got is not None and abs(row.got - row.want) <= row.share * row.want + row.absolute


class Rows:
    """Reads the agents once all connections have ended.

    `sent` and `repeated` are what the sockets told before: {edge: (of the client, of the server)}, bytes that were sent and
    segments that were sent again.
    """

    def __init__(self, lab, troubled_ports, sent, repeated):
        self._lab, self._troubled, self._sent, self._repeated = lab, troubled_ports, sent, repeated
        self._agents = {node: lab.metrics(node) for node in lab.network.addresses}
        self._counted, self._lost = lab.network.counted()
        self._clients = lab.clients.books()

    def all(self):
        for edge in self._lab.every_edge:
            yield from self._of_edge(edge)
        for program, rows in (("nginx", self._of_nginx), ("redis", self._of_redis), ("PostgreSQL", self._of_database),
                              ("iperf3", self._of_iperf3)):
            if program in self._lab.services:
                yield from rows()
        yield from self._of_handshakes()
        yield from self._of_capture()

    def _row(self, name, edge, node, want, tolerance, of, **labels):
        client, server, port = edge
        got = self._agents[node].value(f"tcpgauge_edge_{name}", client_address=client, server_address=server,
                                       server_port=str(port), **labels)
        share, absolute = tolerance
        # What the kernel drops because the machine is too busy for the agent, the agent cannot count.
        absolute += self._captured(node, "dropped_") * (_SEGMENT_BYTES if "bytes" in name else 1)
        what = " ".join([name.removesuffix("_total"), *labels.values(), f"{client} {server}:{port}"])
        return Row(what, node, got, want, share, absolute, of)

    def _of_edge(self, edge):
        """By the node's kernel and by the client; where no packet is lost on the way, at each of the agents."""
        counted, client = self._counted[edge], self._clients.get(edge)
        healthy = edge[2] not in self._troubled
        for name, want, tolerance in (
                ("client_payload_bytes_total", counted["client_data_bytes"], (0.001, 500)),
                ("server_payload_bytes_total", counted["server_data_bytes"], (0.001, 500)),
                ("segments_total", counted["client_data"] + counted["server_data"], (0.002, 10))):
            if want:
                for node in self._agents if healthy else ("node",):
                    yield self._row(name, edge, node, want, tolerance, "nftables")
        if client:
            for node in self._agents if healthy else ("client", "node"):
                yield self._row("connections_opened_total", edge, node, client["attempts"], (0, 2), "the client's book")
            if client["refused"]:
                for node in self._agents:
                    yield self._row("connections_failed_total", edge, node, client["refused"], (0, 2), "the client's book",
                                    reason="refused")

    def _of_nginx(self):
        for (client, port), books in self._lab.services["nginx"].books().items():
            edge = (client, self._lab.network.servers[0], port)
            # What is sent again counts, and is not in the log. An outage cuts answers short.
            share = 0.002 if port == WEB else 0.02
            for end in ("client", "server"):
                yield self._row(f"{end}_payload_bytes_total", edge, "node", books[f"{end}_bytes"], (share, 500), "nginx's log")
            yield self._row("handshake_rtt_seconds_count", edge, "node", books["connections"], (0, 3), "nginx's log")

    def _of_redis(self):
        edge, books = self._lab.edges["redis"][0], self._lab.services["redis"].books()
        for end in ("client", "server"):
            yield self._row(f"{end}_payload_bytes_total", edge, "node", books[f"{end}_bytes"], (0.002, 1000), "redis's INFO")
        yield self._row("handshake_rtt_seconds_count", edge, "node", books["connections"], (0, 1), "redis's INFO")

    def _of_database(self):
        edge = self._lab.edges["PostgreSQL"][0]
        for end, want in zip(("client", "server"), self._sent[edge]):
            yield self._row(f"{end}_payload_bytes_total", edge, "node", want, (0.01, 2000), "ss")
        # pgbench asks once on a connection of its own before it begins.
        yield self._row("handshake_rtt_seconds_count", edge, "node", DATABASE_CONNECTIONS + 1, (0, 1), "pgbench")
        yield self._row("connections_opened_total", edge, "node", self._lab.services["PostgreSQL"].sessions(), (0, 2),
                        "pg_stat_database")

    def _of_iperf3(self):
        bulk, lossy = self._lab.edges["iperf3"]
        report = json.loads(self._lab.programs[BULK].stdout())["end"]
        for end, want in (("client", report["sum_sent"]["bytes"]), ("server", report["sum_received_bidir_reverse"]["bytes"])):
            for node in self._agents:
                yield self._row(f"{end}_payload_bytes_total", bulk, node, want, (0.002, 100_000), "iperf3's report")
        for end, want in zip(("client", "server"), self._sent[lossy]):
            yield self._row(f"{end}_payload_bytes_total", lossy, "node", want, (0.01, 100_000), "ss")
        yield self._row("retransmitted_segments_total", lossy, "node", sum(self._repeated[lossy]), (0.1, 10), "ss")
        # Who is before the loss sees a segment twice. Who is behind it sees a gap, and a segment that fills it.
        for node, before, behind, peer in (("client", 0, 1, "server"), ("server", 1, 0, "client")):
            yield self._row("retransmitted_segments_total", lossy, node, self._repeated[lossy][before], (0.15, 10),
                            "ss: sent again by this end")
            yield self._row("out_of_order_segments_total", lossy, node, self._lost[behind], (0.15, 10),
                            f"nftables: lost from the {peer}")

    def _of_handshakes(self):
        repeated = protocols(self._lab.network.client)["TcpExtTCPSynRetrans"]
        for node in ("client", "node"):
            yield Row("syn_retransmissions", node, self._agents[node].value("tcpgauge_syn_retransmissions_total"), repeated,
                      0.01, 2, "nstat")
            if "nginx" in self._lab.services:
                edge = next(edge for edge in self._lab.edges["nginx"] if edge[2] == WEB_DROPPED)
                yield self._row("syn_retransmissions_total", edge, node, repeated, (0.01, 2), "nstat")

    def _of_capture(self):
        yield Row("decode_errors", "client", sum(self._agents["client"].find("tcpgauge_decode_errors_total").values()),
                  self._lab.network.broken_frames, 0, 2, "who broke them")
        for node, interface in ENDS.items():
            want = self._lab.network.packets(node, interface) - self._lab.packets_before[node]
            got = self._captured(node, "") + self._captured(node, "dropped_")
            yield Row("capture_packets and capture_dropped_packets", node, got, want, 0.001, 20, "the interface's counters")

    def _captured(self, node, kind):
        return sum(self._agents[node].find(f"tcpgauge_capture_{kind}packets_total").values())
