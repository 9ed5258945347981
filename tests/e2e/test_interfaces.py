# SPDX-License-Identifier: Apache-2.0
"""Which packets are captured: on several interfaces or all of them, with a filter, in promiscuous mode or not.

Connections that began before the capture are found too.
"""
import json
import signal
import socket

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation

BYTES = "tcpgauge_connection_client_payload_bytes_total"


class InterfacesTest(NamespaceCase):
    def start(self, *options, links=1, ipv6=True):
        self.testbed = self.own(Testbed(links, ipv6))
        return self.own(Agent(self.testbed.server, *options))

    def talk(self, port, **where):
        conversation = self.own(Conversation(self.testbed, port, **where))
        conversation.client_sends(1000)
        return conversation

    def wait_for_bytes(self, agent, conversation, count, **labels):
        agent.wait_for(BYTES, lambda value: value == count, f"{count} bytes of {conversation.labels} {labels}",
                       **conversation.labels, **labels)

    def test_several_interfaces_are_all_watched(self):
        agent = self.start("-i", "server0", "-i", "server1", links=3)
        for link in (0, 1):
            self.wait_for_bytes(agent, self.talk(7000, link=link), 1000, interface=f"server{link}")
        unwatched = self.talk(7000, link=2)
        after = self.talk(7001)
        self.wait_for_bytes(agent, after, 1000)
        self.assertEqual(agent.metrics().find(BYTES, **unwatched.labels), {})

    def test_any_watches_all_and_names_each(self):
        # Not the scrapes, which cross the loopback interface here: they are heavier than what is looked for.
        agent = self.start("-i", "any", "portrange", "7000-7001", links=2)
        for link in (0, 1):
            self.wait_for_bytes(agent, self.talk(7000, link=link), 1000, interface=f"server{link}")
        self.wait_for_bytes(agent, self.talk(7001, ipv6=True), 1000, interface="server0")

    def test_without_an_interface_the_first_real_one_is_watched(self):
        agent = self.start()
        self.wait_for_bytes(agent, self.talk(7000), 1000, interface="server0")

    def test_filter_words_choose(self):
        agent = self.start("-i", "server0", "tcp", "port", "7001", "or", "port", "7002")
        hidden = self.talk(7000)
        for port in (7001, 7002):
            self.wait_for_bytes(agent, self.talk(port), 1000)
        self.assertEqual(agent.metrics().find(BYTES, **hidden.labels), {})

    def test_bytes_are_counted_exactly_in_both_directions(self):
        agent = self.start("-i", "server0")
        conversation = self.own(Conversation(self.testbed, 7000))
        conversation.client_sends(3_000_000)
        conversation.server_sends(1_234_567)
        self.wait_for_bytes(agent, conversation, 3_000_000)
        agent.wait_for("tcpgauge_server_payload_bytes_total", lambda value: value == 1_234_567, "the server's bytes")

    def test_connections_under_way_are_found(self):
        self.testbed = self.own(Testbed())
        conversation = self.talk(7000)
        agent = self.own(Agent(self.testbed.server, "-i", "server0"))
        strict = self.own(Agent(self.testbed.server, "-i", "server0", "--new-only"))
        conversation.client_sends(500)
        conversation.server_sends(500)
        self.wait_for_bytes(agent, conversation, 500)
        fresh = self.talk(7001)
        self.wait_for_bytes(strict, fresh, 1000)
        self.assertEqual(strict.metrics().find(BYTES, **conversation.labels), {})

    def test_promiscuous_by_default_only(self):
        testbed = self.own(Testbed())

        def promiscuity():
            link, = json.loads(testbed.server.run("ip", "-d", "-j", "link", "show", "server0"))
            return link["promiscuity"]
        self.assertEqual(promiscuity(), 0)
        modest = self.own(Agent(testbed.server, "-i", "server0", "--no-promiscuous"))
        self.assertEqual(promiscuity(), 0)
        agent = self.own(Agent(testbed.server, "-i", "server0"))
        self.assertEqual(promiscuity(), 1)
        for stopped in (agent, modest):
            self.assertIsNotNone(stopped.signal_and_time(signal.SIGTERM, 30))
        self.assertEqual(promiscuity(), 0)

    def test_kernel_drops_are_counted(self):
        # Without IPv6's own packets, of which so small a buffer may drop one at any time.
        agent = self.start("-i", "server0", "--buffer-size", "64", ipv6=False)
        drops = "tcpgauge_capture_dropped_packets_total"
        self.assertEqual(agent.metrics().value(drops, interface="server0"), 0)
        conversation = self.own(Conversation(self.testbed, 7000))
        # A reader that stands still lets the kernel's buffer run over.
        agent.signal(signal.SIGSTOP)
        for _ in range(5000):
            conversation.client_sends(1)
        agent.signal(signal.SIGCONT)
        agent.wait_for(drops, lambda count: count > 0, "drops are counted", interface="server0")

    def test_wire_bytes_are_counted_by_protocol(self):
        agent = self.start("-i", "server0")
        with self.testbed.client.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            # Nobody listens there, so the kernel answers with an ICMP error.
            datagrams.sendto(b"anybody?", (self.testbed.link.server_address, 9))
        self.talk(7000)
        for protocol in ("tcp", "udp", "icmp"):
            agent.wait_for("tcpgauge_capture_wire_bytes_total", lambda count: count > 0, protocol,
                           interface="server0", protocol=protocol)
