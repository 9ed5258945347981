# SPDX-License-Identifier: Apache-2.0
"""Capture on `any` of a machine that forwards packets.

Such a packet crosses several interfaces, but is counted once.
"""
import socket

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import BridgedTestbed
from support.traffic import Conversation, bytes_sent

DUPLICATES = "tcpgauge_capture_duplicate_packets_total"
BYTES = 100_000_000


class BridgeAnyTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(BridgedTestbed())

    def check_counted_once(self, *options):
        # The filter leaves out the test's own questions to the agent, which cross the loopback.
        agent = self.own(Agent(self.testbed.bridge, *options, "--buffer-size", "65536", "port", "7000"))
        talk = self.own(Conversation(self.testbed, 7000))
        talk.server_sends(1000)
        talk.client_sends_in_bulk(BYTES, lambda: None)
        talk.client.shutdown(socket.SHUT_WR)
        self.assertEqual(talk.server.recv(1), b"")
        talk.server.close()
        self.assertEqual(talk.client.recv(1), b"")
        # Only after the end is every byte in, even one that is counted twice.
        agent.wait_for("tcpgauge_connections_opened_total", lambda count: count == 1, "the connection", 30,
                       origin="handshake")
        agent.wait_for("tcpgauge_connections", lambda count: count == 0, "it has ended", 30, state="established")
        metrics = agent.metrics()
        self.assertEqual(metrics.value("tcpgauge_client_payload_bytes_total"), bytes_sent(talk.client))
        return metrics, talk

    def test_forwarded_bytes_are_counted_once_on_any(self):
        metrics, talk = self.check_counted_once("-i", "any")
        self.assertGreater(sum(metrics.find(DUPLICATES).values()), 0, "what was left out is not counted")
        data = metrics.find("tcpgauge_connection_client_payload_bytes_total", **talk.labels)
        self.assertLessEqual(len(data), 1, "a connection on two interfaces at once")

    def test_forwarded_bytes_are_counted_once_on_both_ports(self):
        self.check_counted_once("-i", "port-client", "-i", "port-server")

    def test_bytes_of_one_port_need_nothing_left_out(self):
        metrics, _ = self.check_counted_once("-i", "port-client")
        self.assertEqual(sum(metrics.find(DUPLICATES).values()), 0)
