# SPDX-License-Identifier: Apache-2.0
"""IPv6 segments of more than 64 kB, which the kernel passes on unsplit (BIG TCP).

The length field of their IP header is too short for their length.
"""
import socket

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation, bytes_sent

SEGMENT_BYTES = 185000
BYTES = 150_000_000


class BigTcpTest(NamespaceCase):
    def test_segments_beyond_64_kb_are_counted_by_their_length_on_the_wire(self):
        testbed = self.own(Testbed())
        for namespace, interface in ((testbed.client, testbed.link.client_interface),
                                     (testbed.server, testbed.link.server_interface)):
            try:
                namespace.run("ip", "link", "set", interface, "gso_max_size", str(SEGMENT_BYTES), "gro_max_size",
                              str(SEGMENT_BYTES))
            except RuntimeError as error:
                self.skipTest(f"this kernel has no BIG TCP: {error}")
        options = ("-i", testbed.link.client_interface, "--buffer-size", "65536")
        agent = self.own(Agent(testbed.client, *options))
        # Their payload length is zero.
        of_long_ones = self.own(Agent(testbed.client, *options, "ip6[4:2] = 0"))
        talk = self.own(Conversation(testbed, 7000, ipv6=True))
        talk.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")  # bbr would pace it
        talk.client_sends_in_bulk(BYTES, lambda: None)
        payload = "tcpgauge_client_payload_bytes_total"
        # More than was asked for: a busy machine makes TCP repeat itself.
        agent.wait_for(payload, lambda count: count == bytes_sent(talk.client), "all bytes", 30)
        self.assertEqual(sum(agent.metrics().find("tcpgauge_decode_errors_total").values()), 0)
        of_long_ones.wait_for(payload, lambda count: count > 0, "a segment beyond 64 kB", 30)
