# SPDX-License-Identifier: Apache-2.0
"""Several workers show the same as one worker."""
import json
import os
import signal
import socket
import subprocess
import unittest
import tempfile

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.marks import slow
from support.namespaces import BridgedTestbed, Testbed
from support.synthetic import CaptureWriter, Client
from support.waiting import wait_until
from test_corpus import CORPUS

CONNECTIONS = 500
PACKETS = "tcpgauge_capture_packets_total"


def _exchange(testbed, ipv6):
    """Makes the connections, one after the other: a request of 10 bytes, an answer of 20."""
    link = testbed.link
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    with testbed.server.entered():
        listener = socket.create_server((link.server_address6 if ipv6 else link.server_address, 8080), family=family)
    with testbed.client.entered():
        for _ in range(CONNECTIONS):
            with socket.socket(family, socket.SOCK_STREAM) as client:
                client.connect(listener.getsockname()[:2])
                server, _ = listener.accept()
                with server:
                    client.sendall(b"q" * 10)
                    server.recv(10, socket.MSG_WAITALL)
                    server.sendall(b"a" * 20)
                    client.recv(20, socket.MSG_WAITALL)
    listener.close()


def _without_guesses(log):
    """The connections, each with its lower endpoint as the client if the handshake was not seen.

    Each worker learns by itself which endpoints are servers, so the guess depends on their number.
    """
    connections = []
    for connection in map(json.loads, log):
        ends = [(connection[end]["address"], connection[end]["port"]) for end in ("client", "server")]
        if connection["role"] == "inferred" and ends[1] < ends[0]:
            other = {"client": "server", "server": "client"}
            connection = {other.get(key.split("_")[0], key.split("_")[0]) + key[len(key.split("_")[0]):]: value
                          for key, value in connection.items()}
        connections.append(json.dumps(connection, sort_keys=True))
    return sorted(connections)


class WorkersTest(NamespaceCase):
    def _check(self, ipv6):
        testbed = self.own(Testbed())
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            agent = self.own(Agent(testbed.server, "-i", "server0", "--workers", "4", "--connection-log", log,
                                   "tcp port 8080"))
            _exchange(testbed, ipv6)

            def lines():
                with open(log) as file:
                    return file.readlines()
            # Of a line that is just being written, a part may be there already.
            wait_until(lambda: sum(line.endswith("\n") for line in lines()) >= CONNECTIONS,
                       "all connections in the log", 60)
            connections = [json.loads(line) for line in lines()]
            for connection in connections:
                seen = [connection[key] for key in ("role", "end", "client_payload_bytes", "server_payload_bytes")]
                self.assertEqual(seen, ["observed", "fin", 10, 20], connection)
                self.assertIsNotNone(connection["handshake_rtt_seconds"])
            self.assertEqual(len(connections), CONNECTIONS)
            agent.wait_for("tcpgauge_connections_closed_total", lambda count: count == CONNECTIONS,
                           "all connections in the metrics", reason="fin")
            packets = sum(connection["client_packets"] + connection["server_packets"] for connection in connections)
            tcp = {"interface": "server0", "protocol": "tcp"}
            # The snapshot that has the last FIN may be older than the answer to it.
            agent.wait_for(PACKETS, lambda count: count >= packets, "their packets", **tcp)
            self.assertEqual(agent.metrics().value(PACKETS, **tcp), packets)

    def test_what_crosses_two_interfaces_is_logged_once(self):
        """The agent reads its interfaces in turn, so it reads whole connections on one before it sees them on the other."""
        for workers in ("1", "4"):
            with self.subTest(workers=workers), tempfile.TemporaryDirectory() as folder:
                testbed = self.own(BridgedTestbed())
                log = os.path.join(folder, "log")
                agent = self.own(Agent(testbed.bridge, "-i", "port-client", "-i", "port-server", "--workers", workers,
                                       "--connection-log", log, "tcp port 8080"))
                # While the agent stands still, the packets wait in the kernel's rings.
                agent.signal(signal.SIGSTOP)
                try:
                    _exchange(testbed, ipv6=False)
                finally:
                    agent.signal(signal.SIGCONT)
                agent.wait_for("tcpgauge_connections_closed_total", lambda count: count >= CONNECTIONS,
                               "all connections have ended", reason="fin")
                agent.signal(signal.SIGTERM)
                self.assertEqual(agent.wait(), 0)
                with open(log) as file:
                    connections = [json.loads(line) for line in file]
                self.assertEqual(len({connection["client"]["port"] for connection in connections}), CONNECTIONS)
                self.assertEqual(len(connections), CONNECTIONS)

    def test_both_directions_of_ipv4_connections_meet(self):
        self._check(ipv6=False)

    def test_both_directions_of_ipv6_connections_meet(self):
        self._check(ipv6=True)


@slow
class FileWorkersTest(unittest.TestCase):
    def test_a_file_reads_the_same_with_any_number_of_workers(self):
        if not os.path.isdir(CORPUS):
            self.skipTest(f"no corpus at {CORPUS}")
        folder = os.path.join(CORPUS, "real")
        for name in sorted(os.listdir(folder)):
            one, four = (_read(os.path.join(folder, name), workers) for workers in ("1", "4"))
            self.assertEqual(one[:2], four[:2], name)
            self.assertEqual(_without_guesses(one[2]), _without_guesses(four[2]), name)

    def test_a_file_read_faster_than_it_is_looked_up_shows_each_connection_once(self):
        count = 30000
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "capture")
            writer = CaptureWriter(path)
            clients = [Client(writer, 0x0a000000 + number, 40000, 0xc0a80001, 443) for number in range(count)]
            for client in clients:
                client.connects()
            for client in clients:
                client.sends(100)
            for client in clients:
                client.closes()
            writer.close()
            for workers in ("1", "3"):
                status, errors, log = _read(path, workers)
                self.assertEqual((status, errors), (0, ""))
                connections = [json.loads(line) for line in log]
                self.assertEqual(len({json.dumps(connection["client"]) for connection in connections}), count)
                self.assertEqual({(c["client_packets"], c["server_packets"], c["client_payload_bytes"])
                                  for c in connections}, {(5, 2, 100)})
                self.assertEqual(len(connections), count)


def _read(path, workers):
    done = subprocess.run([binary(), "-T", path, "--web.listen-address=", "--connection-log", "-", "--workers", workers],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=300)
    return done.returncode, done.stderr, sorted(done.stdout.splitlines())
