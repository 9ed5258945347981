# SPDX-License-Identifier: Apache-2.0
"""Filters of hundreds or thousands of hosts: compiling ends at a signal, and the packets that match are captured."""
import os
import signal
import tempfile

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import holds_for

BYTES = "tcpgauge_connection_client_payload_bytes_total"
# pcap_compile() takes many seconds for this one, even without its optimiser.
ENDLESS = 6000
LIMIT_SECONDS = 0.5


def hosts(count, *also):
    return " or ".join([*also, *(f"host 10.0.{i // 250}.{i % 250 + 1}" for i in range(count))])


class InterruptedFilterTest(NamespaceCase):
    def check_ends(self, *options, signals=(signal.SIGTERM, signal.SIGINT), words=None):
        for signal_number in signals:
            agent = self.own(Process([binary(), "--web.listen-address=", *options, words or hosts(ENDLESS)]))
            # It compiles: it is neither ready nor at an end.
            self.assertTrue(holds_for(agent.running, 1), agent.stderr())
            seconds = agent.signal_and_time(signal_number)
            self.assertIsNotNone(seconds, "it goes on compiling")
            self.assertLess(seconds, LIMIT_SECONDS)
            self.assertEqual(agent.wait(), 0)
            self.assertEqual(agent.stderr(), "")

    def test_an_interface(self):
        self.check_ends("-i", "lo")

    def test_several_interfaces_and_workers(self):
        self.check_ends("-i", "any", "--workers", "3", "--count-views")

    def test_ports(self):
        self.check_ends("-i", "lo", words=" and ".join(f"not port {port}" for port in range(1, 3000)))

    def test_networks(self):
        self.check_ends("-i", "lo", words=" or ".join(f"net 10.{i // 250}.{i % 250}.0/24" for i in range(ENDLESS)))

    def test_a_file(self):
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            # The header of a capture of Ethernet packets.
            file.write(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
            file.flush()
            self.check_ends("-T", file.name, "--output", "json")

    def test_a_pipe_without_a_writer(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe = os.path.join(folder, "pipe")
            os.mkfifo(pipe)
            self.check_ends("-T", pipe, words="tcp")


class LongFilterTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))

    def check_filters(self, *options, in_kernel, words):
        """That port 7001 is captured and port 7000 is not."""
        agent = self.own(Agent(self.testbed.server, *options, words))
        said = "does not accept so long a filter" in agent.stderr()
        self.assertEqual(said, not in_kernel, agent.stderr())
        self.assertNotIn("Warning:", agent.stderr())  # libpcap's
        hidden = self.own(Conversation(self.testbed, 7000))
        hidden.client_sends(1000)
        shown = self.own(Conversation(self.testbed, 7001))
        for _ in range(10):
            shown.client_sends(1000)
        agent.wait_for(BYTES, lambda value: value == 10_000, "the bytes that match", **shown.labels)
        self.assertEqual(agent.metrics().find(BYTES, **hidden.labels), {})
        return agent

    def test_one_that_fits_the_kernel(self):
        self.check_filters("-i", "server0", in_kernel=True, words=hosts(100, "port 7001"))

    def test_one_of_300_hosts(self):
        self.check_filters("-i", "server0", in_kernel=False, words=hosts(300, "port 7001"))

    def test_one_of_300_hosts_on_any(self):
        self.check_filters("-i", "any", in_kernel=False, words=hosts(300, "port 7001"))

    def test_one_of_300_hosts_with_several_workers(self):
        agent = self.check_filters("-i", "server0", "--workers", "3", in_kernel=False, words=hosts(300, "port 7001"))
        self.assertEqual(agent.stderr().count("too long to be optimised"), 1, "it is compiled once")

    def test_one_of_ipv6_that_is_optimised_and_too_long(self):
        words = " or ".join(["port 7001", *(f"host 2001:db8:9::{i:x}" for i in range(300))])
        self.check_filters("-i", "server0", in_kernel=False, words=words)

    def test_one_that_asks_the_kernel(self):
        """Only the kernel knows what is inbound. A VLAN tag may be in the packet, or only the kernel knows of it."""
        refused = self.own(Process(self.testbed.server.command(
            binary(), "-i", "server0", "--web.listen-address=", f"inbound and ({hosts(300)})")))
        self.assertEqual(refused.wait(60), 2)
        self.assertIn("only the kernel can answer 'inbound'", refused.stderr())
        self.check_filters("-i", "server0", in_kernel=False, words=f"({hosts(300, 'port 7001')}) and not vlan")

    def test_the_kernel_has_little_memory_for_filters(self):
        try:
            self.testbed.server.run("sysctl", "-qw", "net.core.optmem_max=4096")
        except RuntimeError as error:
            self.skipTest(f"the limit belongs to no namespace: {error}")
        self.check_filters("-i", "server0", in_kernel=False, words=hosts(200, "port 7001"))

    def test_it_holds_after_the_interface_is_made_anew(self):
        agent = self.check_filters("-i", "server0", in_kernel=False, words=hosts(300, "port 7001"))
        self.testbed.link.delete()
        agent.wait_for("tcpgauge_capture_up", lambda value: value == 0, "it is gone", interface="server0")
        self.testbed.link.make()
        agent.wait_for("tcpgauge_capture_up", lambda value: value == 1, "it is back", interface="server0")
        hidden = self.own(Conversation(self.testbed, 7000))
        hidden.client_sends(1000)
        shown = self.own(Conversation(self.testbed, 7001))
        shown.client_sends(1000)
        agent.wait_for(BYTES, lambda value: value == 1000, "the bytes that match", **shown.labels)
        self.assertEqual(agent.metrics().find(BYTES, **hidden.labels), {})
        self.assertEqual(agent.stderr().count("too long to be optimised"), 1, "it is compiled once")


class LongFilterOfFileTest(NamespaceCase):
    tools = ("tcpdump",)

    def test_a_file_is_filtered(self):
        testbed = self.own(Testbed(ipv6=False))
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            writer = self.own(Process(testbed.server.command("tcpdump", "-i", "server0", "-w", file.name, "-Z", "root",
                                                             "--immediate-mode", "-c", "14", "tcp")))
            while "listening on" not in writer.stderr():
                self.assertTrue(writer.running(), writer.stderr())
            for port in (7000, 7001):
                conversation = Conversation(testbed, port)
                conversation.client_sends(1000)
                conversation.close()
            self.assertEqual(writer.wait(), 0)
            agent = self.own(Process([binary(), "-T", file.name, "--output", "table", "-r", "86400",
                                      hosts(300, "port 7001")]))
            self.assertEqual(agent.wait(60), 0, agent.stderr())
            self.assertIn(":7001", agent.stdout())
            self.assertNotIn(":7000", agent.stdout())
