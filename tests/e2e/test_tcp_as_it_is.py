# SPDX-License-Identifier: Apache-2.0
"""What real systems send late, seldom, or by halves, and what the agent makes of it.

- A half-closed connection lives until --idle-timeout.
- A FIN that is repeated after the end of its connection begins no other connection.
"""
import json
import os
import socket
import tempfile

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.waiting import holds_for, wait_until

SERVER_PORT = 5001


class TcpAsItIsTest(NamespaceCase):
    tools = ("nft",)

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o777)
        self.log = os.path.join(folder.name, "log.json")

    def start_agent(self, *options):
        self.agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface, "--connection-log",
                                    self.log, *options, "tcp"))

    def connect(self):
        """Returns both ends of a new connection."""
        with self.testbed.server.entered():
            listener = self.own(socket.create_server((self.testbed.link.server_address, SERVER_PORT)))
        with self.testbed.client.entered():
            client = self.own(socket.create_connection((self.testbed.link.server_address, SERVER_PORT), timeout=10))
        server, _ = listener.accept()
        return client, self.own(server)

    def logged(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            return [json.loads(line) for line in file]

    def value(self, name, **labels):
        return self.agent.metrics().value(name, **labels)

    def test_a_half_closed_connection_lives_until_the_idle_timeout(self):
        self.start_agent("--idle-timeout", "3")
        client, server = self.connect()
        client.sendall(b"x" * 100)
        client.shutdown(socket.SHUT_WR)
        self.agent.wait_for("tcpgauge_connections", lambda count: count == 1, "the FIN is seen", state="closing")
        for _ in range(3):
            # A silence that is shorter than the time-out. Two of them are longer.
            self.assertTrue(holds_for(lambda: self.value("tcpgauge_connections", state="closing") == 1, 2))
            server.sendall(b"y" * 1000)
        self.assertEqual(self.logged(), [])
        wait_until(self.logged, "the half-closed connection is forgotten", 15)
        [connection] = self.logged()
        self.assertEqual(connection["client_payload_bytes"], 100)
        self.assertEqual(connection["server_payload_bytes"], 3000)
        self.assertEqual(connection["state"], "closing")

    def test_a_repeated_fin_begins_no_connection(self):
        self.start_agent("--remove-after", "0.2")
        client, server = self.connect()
        client.sendall(b"x" * 100)
        server.recv(100)
        # The server does not get the answers to its FIN, so it repeats the FIN, at gaps that double.
        client.close()
        self.agent.wait_for("tcpgauge_connections", lambda count: count == 1, "the client's FIN is seen", state="closing")
        self.testbed.server.run("nft", "add table ip late; add chain ip late in { type filter hook input priority 0; };"
                                       f"add rule ip late in tcp dport {SERVER_PORT} drop")
        server.close()
        self.agent.wait_for("tcpgauge_late_segments_total", lambda count: count >= 4,
                            "the FIN and its answer come twice after the end", 60)
        self.assertEqual(self.value("tcpgauge_connections_opened_total", origin="handshake"), 1)
        self.assertEqual(self.value("tcpgauge_connections_opened_total", origin="midstream"), 0)
        [connection] = self.logged()
        self.assertEqual(connection["end"], "fin")
        self.assertEqual(connection["client_payload_bytes"], 100)
