"""IPv6 segments beyond 64 kB, which the kernel hands over whole: their IP header cannot say how long they are."""
from support import iperf3
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed

SEGMENT_BYTES = 185000


class BigTcpTest(NamespaceCase):
    tools = ("iperf3",)

    def test_segments_beyond_64_kb_are_counted_by_their_length_on_the_wire(self):
        testbed = self.own(Testbed())
        for namespace, interface in ((testbed.client, testbed.link.client_interface),
                                     (testbed.server, testbed.link.server_interface)):
            try:
                namespace.run("ip", "link", "set", interface, "gso_max_size", str(SEGMENT_BYTES), "gro_max_size",
                              str(SEGMENT_BYTES))
            except RuntimeError as error:
                self.skipTest(f"this kernel has no BIG TCP: {error}")
        agent = self.own(Agent(testbed.client, "-i", testbed.link.client_interface))
        # Their payload length is zero.
        of_long_ones = self.own(Agent(testbed.client, "-i", testbed.link.client_interface, "ip6[4:2] = 0"))
        self.own(iperf3.Server(testbed))
        report = self.own(iperf3.Client(testbed, 3, "400M", address=testbed.link.server_address6)).report()
        agent.wait_for("tcpgauge_connections", lambda count: count == 0, "the connections have ended",
                       state="established")
        metrics = agent.metrics()
        self.assert_near(metrics.value("tcpgauge_client_payload_bytes_total"), report.sent_bytes, 0.001, "payload")
        self.assertEqual(sum(metrics.find("tcpgauge_decode_errors_total").values()), 0)
        long_ones = of_long_ones.metrics().value("tcpgauge_client_payload_bytes_total")
        self.assertGreater(long_ones, 0, "no segment beyond 64 kB crossed the link")
