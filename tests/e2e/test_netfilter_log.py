# SPDX-License-Identifier: Apache-2.0
"""Capture from netfilter's log: packets that rules log to a group. A moment without packets is not the end."""
import signal

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import holds_for, wait_until

BYTES = "tcpgauge_connection_client_payload_bytes_total"
UP = "tcpgauge_capture_up"
LIMIT_SECONDS = 0.5
NETFILTER = "12"  # the protocol of its sockets, in /proc/net/netlink


class NetfilterLogTest(NamespaceCase):
    tools = ("nft",)

    def log_to(self, rules):
        """`rules`: for each server port, the statement that logs its packets."""
        self.testbed = self.own(Testbed(ipv6=False))
        chains = "".join(f"chain {hook} {{ type filter hook {hook} priority 0; }};" for hook in ("input", "output"))
        self.testbed.server.run("nft", f"add table ip logs {{ {chains} }}")
        for port, statement in rules.items():
            self.testbed.server.run("nft", f"add rule ip logs input tcp dport {port} {statement}")
            self.testbed.server.run("nft", f"add rule ip logs output tcp sport {port} {statement}")

    def start(self, *options):
        return self.own(Agent(self.testbed.server, *options))

    def check_counted(self, agent, *ports, device):
        """Traffic, a pause, and traffic again, on each of the ports."""
        conversations = [self.own(Conversation(self.testbed, port)) for port in ports]
        sent = 0
        for _ in range(3):
            sent += 100_000
            for conversation in conversations:
                conversation.client_sends(100_000)
            for conversation in conversations:
                agent.wait_for(BYTES, lambda value: value == sent, f"{sent} bytes", interface=device,
                               **conversation.labels)
            self.assertTrue(holds_for(agent.running, 0.3), agent.stderr())
        metrics = agent.metrics()
        self.assertEqual(metrics.value("tcpgauge_client_retransmitted_segments_total"), 0)
        self.assertEqual(metrics.value(UP, interface=device), 1)
        self.assertNotIn("capture ended", agent.stderr())

    def test_all_is_counted_before_and_after_a_pause(self):
        self.log_to({7000: "log group 5"})
        agent = self.start("-i", "nflog:5")
        self.check_counted(agent, 7000, device="nflog:5")

    def test_the_group_without_a_number_is_counted(self):
        self.log_to({7000: "log group 0"})
        agent = self.start("-i", "nflog")
        self.check_counted(agent, 7000, device="nflog")

    def test_several_groups_are_counted(self):
        self.log_to({7000: "log group 5", 7001: "log group 6"})
        agent = self.start("-i", "nflog:5,6")
        self.check_counted(agent, 7000, 7001, device="nflog:5,6")

    def test_packets_that_the_kernel_hands_over_together_are_counted(self):
        self.log_to({7000: "log group 5 queue-threshold 50"})
        agent = self.start("-i", "nflog:5")
        self.check_counted(agent, 7000, device="nflog:5")

    def test_it_is_captured_beside_an_interface(self):
        self.log_to({7000: "log group 5"})
        agent = self.start("-i", "nflog:5", "-i", "lo")
        self.check_counted(agent, 7000, device="nflog:5")

    def test_it_need_not_be_waited_for(self):
        self.log_to({7000: "log group 5"})
        agent = self.start("-i", "nflog:5", "--wait")
        self.check_counted(agent, 7000, device="nflog:5")

    def test_a_full_buffer_is_not_the_end(self):
        self.log_to({7000: "log group 5"})
        agent = self.start("-i", "nflog:5")
        conversation = self.own(Conversation(self.testbed, 7000))
        # A reader that stands still lets the socket's buffer run over. The kernel then reports ENOBUFS.
        agent.signal(signal.SIGSTOP)
        def drops():
            for _ in range(1000):
                conversation.client_sends(1000)
            sockets = self.testbed.server.run("cat", "/proc/net/netlink").splitlines()[1:]
            return any(columns[1] == NETFILTER and columns[8] != "0" for columns in map(str.split, sockets))
        wait_until(drops, "the kernel drops packets", 60)
        agent.signal(signal.SIGCONT)
        agent.wait_for("tcpgauge_capture_dropped_packets_total", lambda count: count > 0, "drops are counted",
                       interface="nflog:5")
        later = self.own(Conversation(self.testbed, 7000))
        later.client_sends(1000)
        agent.wait_for(BYTES, lambda value: value == 1000, "bytes after the drops", **later.labels)

    def test_signals_end_it_in_a_pause(self):
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            self.log_to({7000: "log group 5"})
            agent = self.start("-i", "nflog:5")
            self.own(Conversation(self.testbed, 7000)).client_sends(1000)
            seconds = agent.signal_and_time(signal_number)
            self.assertIsNotNone(seconds, "it goes on running")
            self.assertLess(seconds, LIMIT_SECONDS)
            self.assertEqual(agent.wait(), 0)

    def test_a_missing_privilege_is_named(self):
        self.log_to({})
        agent = self.own(Process(self.testbed.server.command(
            "setpriv", "--bounding-set=-net_admin", binary(), "-i", "nflog:5", "--web.listen-address=")))
        self.assertEqual(agent.wait(), 1)
        self.assertEqual(len(agent.stderr().splitlines()), 1, agent.stderr())
        self.assertIn("cap_net_admin", agent.stderr())

    def test_a_queue_is_refused(self):
        self.log_to({})
        for device in ("nfqueue", "nfqueue:3", "nfqueue:1,2"):
            agent = self.own(Process(self.testbed.server.command(binary(), "-i", device, "--web.listen-address=")))
            self.assertEqual(agent.wait(), 2)
            self.assertEqual(len(agent.stderr().splitlines()), 1, agent.stderr())
            self.assertIn("nflog:GROUP", agent.stderr())
