# SPDX-License-Identifier: Apache-2.0
"""The truth about the lab's traffic, in the agent's own words.

The books take what nftables, ss and nstat count, and show it under the names of the agent's metrics, as one agent would
that sees every packet. A Prometheus of their own scrapes them, with the same rules as those that scrape the agents. So
each query has its truth: what the same query answers there. A metric that the books cannot know is not in them.
"""
import http.server
import threading
import time

from support import cleanup
from support.lab_clients import CONNECT_SECONDS
from support.lab_kernel import Sockets, protocols

_EDGE = "tcpgauge_edge_"
_WORKLOAD_EDGE = "tcpgauge_workload_edge_"
# The agents of the lab look where nobody has a name: see LabNetwork.
_NO_NAMES = (("client_workload", "external"), ("server_workload", "external"))
# What the agent beside an end cannot count: the loss is elsewhere, so it sees only what its own end repeats.
_OF_BOTH_SIDES = ("retransmitted_segments_total", "syn_retransmissions_total", "connections_stalled")
# What an agent counts only if it sees the SYNs.
_OF_SYNS = ("connections_opened_total", "connections_failed_total")
# The last SYN of an attempt of LabClients goes after so many seconds, and an agent waits for the answer so long.
_LAST_SYN_SECONDS, _ANSWER_SECONDS = 7, 35


class Books:
    """Serves the truth on `address` in the monitor's namespace. `edges` are (client, server, port), `clients` LabClients.
    No SYN to a port of `cut_off`, of a service, comes to the server while there is an outage. `receiver` is that of the
    agents' pushes."""

    def __init__(self, network, edges, clients, cut_off, receiver):
        self._network, self._edges, self._clients, self._cut_off = network, edges, clients, cut_off
        self._receiver = receiver
        ports = " or ".join(f"dport = :{port}" for port in sorted({port for _, _, port in edges}))
        self._at_client = Sockets(network.client, f"( {ports} )")
        self._at_server = Sockets(network.server, f"( {ports.replace('dport', 'sport')} )")
        self._ended = 0  # connections that had ended by the last look
        self._given_up = []  # (monotonic time, {edge: attempts that the client had given up by then})
        self._lock = threading.Lock()
        books = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = books.text().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        with network.monitor.entered():
            self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        cleanup.keep(self)

    def now(self):
        """{(metric, its labels as a tuple of pairs): value}."""
        with self._lock:
            return self._look()

    def retransmitted(self, edge):
        """Segments that (the client, the server) sent again, as their sockets counted them."""
        with self._lock:
            self._at_client.look()
            self._at_server.look()
            return tuple(end.sum("retransmitted", edge) for end in (self._at_client, self._at_server))

    def sent_bytes(self, edge):
        """Payload that (the client, the server) sent, what was sent again included, as their sockets counted it."""
        with self._lock:
            self._at_client.look()
            self._at_server.look()
            return tuple(end.sum("bytes_sent", edge) for end in (self._at_client, self._at_server))

    def text(self):
        return "".join("%s{%s} %s\n" % (name, ",".join(f'{key}="{value}"' for key, value in labels), float(value))
                       for (name, labels), value in self.now().items())

    def open_connections(self):
        """(client's address, its port, server's address, its port) of each that the client's kernel has open."""
        with self._lock:
            self._at_client.look()
            return {(*each.local, *each.remote) for each in self._at_client.open}

    def _look(self):
        counted, _ = self._network.counted()
        self._at_client.look()
        self._at_server.look()
        kernel = protocols(self._network.client)
        clients = self._clients.books()
        self._given_up.append((time.monotonic(), {edge: books["given_up"] for edge, books in clients.items()}))
        repeated = kernel["TcpExtTCPSynRetrans"]
        found, totals, ended = {}, {}, 0
        # Edges between workloads have series once the server answers.
        answering = {str(port) for (_, _, port), counts in counted.items() if counts["syn_ack"]}

        def add(name, labels, value, total=None):
            found[_EDGE + name, labels] = value
            if total:
                totals[total] = totals.get(total, 0) + value
            for key in self._of_reporters(name, dict(labels)) if dict(labels)["server_port"] in answering else ():
                found[key] = found.get(key, 0) + value

        for edge, counts in counted.items():
            if not counts["syn"]:
                continue
            labels = tuple(zip(("client_address", "server_address", "server_port"), map(str, edge)))
            # SYNs are lost on one edge only.
            sent_again = repeated if self._network.had_outage("dropped", edge[2]) else 0
            add("client_payload_bytes_total", labels, counts["client_data_bytes"], ("client_payload_bytes_total", ()))
            add("server_payload_bytes_total", labels, counts["server_data_bytes"], ("server_payload_bytes_total", ()))
            add("segments_total", labels, counts["client_data"] + counts["server_data"], ("segments_total", ()))
            add("connections_opened_total", labels, counts["syn"] - sent_again,
                ("connections_opened_total", (("origin", "handshake"),)))
            refused = clients[edge]["refused"] if edge in clients else 0
            add("connections_failed_total", labels + (("reason", "refused"),), refused,
                ("connections_closed_total", (("reason", "refused"),)))
            add("connections_failed_total", labels + (("reason", "timeout"),), self._timed_out(edge),
                ("connections_closed_total", (("reason", "handshake_timeout"),)))
            add("syn_retransmissions_total", labels, sent_again, ("syn_retransmissions_total", ()))
            again = [end.sum("retransmitted", edge) for end in (self._at_client, self._at_server)]
            add("retransmitted_segments_total", labels, sum(again))
            for name, count in zip(("client", "server"), again):
                total = (f"{name}_retransmitted_segments_total", ())
                totals[total] = totals.get(total, 0) + count
            if edge in clients:
                # These clients wait for each answer. Of other programs nobody counts the answers.
                found[_EDGE + "response_seconds_count", labels] = clients[edge]["requests"]
            add("handshake_rtt_seconds_count", labels, counts["syn_ack"], ("handshake_rtt_seconds_count", ()))
            is_open = self._of_edge(self._at_client.open, edge)
            add("connections", labels, is_open, ("connections", (("state", "established"),)))
            pending = 0
            if edge in clients:
                answered = clients[edge]["connections"] + clients[edge]["refused"]
                pending = clients[edge]["attempts"] - answered - self._timed_out(edge)
            if str(edge[2]) in answering:
                # Between workloads an attempt without an answer is open until the agent gives it up. None comes to the server.
                of_clients, _ = self._of_reporters("connections", dict(labels))
                found[of_clients] += pending
            ended += counts["syn"] - sent_again - is_open - pending
            add("connections_stalled", labels, self._of_edge(
                (each for each in self._at_client.open if _is_stalled(each)), edge))
        # Whatever ended is in the connection log. One that began between two of these looks would take from it for a moment.
        self._ended = totals["connection_log_lines_total", ()] = max(self._ended, ended)
        node = self._network.addresses["node"].partition(":")[0]
        totals["otlp_pushes_total", ()] = sum(each.connection[0] == node for each in list(self._receiver.requests))
        for (name, labels), value in totals.items():
            found["tcpgauge_" + name, labels] = value
        # The lab has few edges between workloads, so each has series of its own.
        for reporter in ("client", "server"):
            for end in ("client", "server"):
                found[f"{_WORKLOAD_EDGE}other_{end}_payload_bytes_total", (("reporter", reporter),)] = 0
        return found

    def _of_reporters(self, name, labels):
        """The series of the edges between workloads that this amount is in: that of the node of the clients, and that of the
        node of the servers."""
        if name in _OF_BOTH_SIDES:
            return
        rest = tuple((key, labels[key]) for key in ("server_port", "reason") if key in labels)
        for reporter in ("client", "server"):
            if reporter == "client" or name not in _OF_SYNS or int(labels["server_port"]) not in self._cut_off:
                yield _WORKLOAD_EDGE + name, (*_NO_NAMES, *rest, ("reporter", reporter))

    def _timed_out(self, edge):
        """Attempts that the client gave up so long ago that an agent gives them up, too. Between two looks they are taken to
        come evenly."""
        then = time.monotonic() - (_LAST_SYN_SECONDS + _ANSWER_SECONDS - CONNECT_SECONDS)
        known = [(at, given_up.get(edge, 0)) for at, given_up in self._given_up]
        before = max((each for each in known if each[0] <= then), default=None)
        after = min((each for each in known if each[0] > then), default=None)
        if before is None or after is None:
            return before[1] if before else 0
        return before[1] + (after[1] - before[1]) * (then - before[0]) / (after[0] - before[0])

    @staticmethod
    def _of_edge(opened, edge):
        return sum((each.local[0], *each.remote) == edge for each in opened)

    def close(self):
        cleanup.release(self)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _is_stalled(each):
    """It sent something, and for five seconds no acknowledgment came."""
    return each.figures.get("unacked", 0) > 0 and each.figures.get("lastack", 0) > 5000
