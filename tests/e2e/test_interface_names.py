# SPDX-License-Identifier: Apache-2.0
"""An interface that is given more than once is captured once, and `any` beside a name is refused."""
import os

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation

BYTES = "tcpgauge_connection_client_payload_bytes_total"
RETRANSMITTED = "tcpgauge_client_retransmitted_segments_total"
USAGE = 2


class InterfaceNamesTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed(links=2, ipv6=False))
        self.testbed.server.run("ip", "link", "property", "add", "dev", "server0", "altname", "uplink")

    def check_once(self, label, *options, environment=None):
        """That the packets of server0 are counted once, under that name. Returns the agent."""
        agent = self.own(Agent(self.testbed.server, *options, environment=environment))
        conversation = self.own(Conversation(self.testbed, 7000))
        for _ in range(10):
            conversation.client_sends(1000)
        conversation.close()
        agent.wait_for(BYTES, lambda value: value == 10_000, "the bytes once", interface=label, **conversation.labels)
        # A connection without losses: handshake, ten segments and their ACKs, both FINs and the ACKs of these.
        metrics = agent.metrics()
        self.assertEqual(metrics.value(RETRANSMITTED), 0)
        self.assertEqual(metrics.value("tcpgauge_connections_opened_total", origin="handshake"), 1)
        packets = metrics.find("tcpgauge_capture_packets_total", protocol="tcp")
        self.assertLess(sum(packets.values()), 30)
        return agent

    def check_refused(self, *options, environment=None):
        agent = self.own(Process(self.testbed.server.command(binary(), "--web.listen-address=", *options),
                                 env=environment))
        self.assertEqual(agent.wait(), USAGE)
        self.assertEqual(len(agent.stderr().splitlines()), 1, agent.stderr())
        self.assertIn("-i any captures every interface", agent.stderr())

    def test_the_same_name_twice(self):
        agent = self.check_once("server0", "-i", "server0", "-i", "server0")
        self.assertIn("given twice", agent.stderr())

    def test_the_same_name_three_times_among_others(self):
        self.check_once("server0", "-i", "server0", "-i", "server1", "-i", "server0", "-i", "server1", "-i", "server0")

    def test_the_same_name_twice_with_several_workers(self):
        self.check_once("server0", "-i", "server0", "-i", "server0", "--workers", "2")

    def test_an_alternative_name(self):
        agent = self.check_once("server0", "-i", "server0", "-i", "uplink")
        self.assertIn("left_out=uplink", agent.stderr())

    def test_an_alternative_name_first(self):
        self.check_once("uplink", "-i", "uplink", "-i", "server0")

    def test_an_alias(self):
        self.check_once("server0", "-i", "server0", "-i", "server0:1")

    def test_the_environment(self):
        self.check_once("server0", environment={**os.environ, "TCPGAUGE_INTERFACE": "server0,uplink,server0"})

    def test_an_interface_that_is_down_and_waited_for(self):
        self.testbed.server.run("ip", "link", "set", "server0", "down")
        agent = self.own(Agent(self.testbed.server, "--wait", "-i", "server0", "-i", "uplink", "-i", "server0"))
        self.assertEqual(len(agent.metrics().find("tcpgauge_capture_up")), 1)

    def test_any_twice(self):
        self.check_once("server0", "-i", "any", "-i", "any", "port", "7000")

    def test_any_beside_a_name_is_refused(self):
        for names in (("any", "server0"), ("server0", "any"), ("uplink", "any"), ("any", "lo", "any")):
            self.check_refused(*(word for name in names for word in ("-i", name)))

    def test_any_beside_an_interface_to_wait_for_is_refused(self):
        self.check_refused("--wait", "-i", "any", "-i", "tun0")

    def test_any_beside_a_name_in_the_environment_is_refused(self):
        self.check_refused(environment={**os.environ, "TCPGAUGE_INTERFACE": "any,server0"})

    def test_an_interface_that_takes_the_name_of_another_is_counted_once(self):
        """server1 goes, and server0 takes its name: both sources then read the same interface."""
        agent = self.own(Agent(self.testbed.server, "-i", "server0", "-i", "server1"))
        self.testbed.links[1].delete()
        self.testbed.server.run("ip", "link", "set", "server0", "name", "server1")
        agent.wait_for("tcpgauge_capture_up", lambda value: value == 1, "server1 is back", interface="server1")
        conversation = self.own(Conversation(self.testbed, 7000))
        for _ in range(10):
            conversation.client_sends(1000)
        agent.wait_for(BYTES, lambda value: value == 10_000, "the bytes once", **conversation.labels)
        self.assertEqual(agent.metrics().value(RETRANSMITTED), 0)
