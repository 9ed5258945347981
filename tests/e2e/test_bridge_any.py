"""Capture on `any` of a machine that forwards: a packet crosses several interfaces and is counted once."""
from support import iperf3
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import BridgedTestbed

DUPLICATES = "tcpgauge_capture_duplicate_packets_total"


class BridgeAnyTest(NamespaceCase):
    tools = ("iperf3",)

    def setUp(self):
        self.testbed = self.own(BridgedTestbed())

    def check_counted_once(self, *options):
        # The filter leaves out the test's own questions to the agent, which cross the loopback.
        agent = self.own(Agent(self.testbed.bridge, *options, "port", "5201"))
        self.own(iperf3.Server(self.testbed))
        report = self.own(iperf3.Client(self.testbed, 4, "200M")).report()
        # Only then is every byte in, even one that is counted twice.
        agent.wait_for("tcpgauge_connections_opened_total", lambda count: count == 2, "control and data connection",
                       origin="handshake")
        agent.wait_for("tcpgauge_connections", lambda count: count == 0, "both have ended", state="established")
        metrics = agent.metrics()
        # Besides the data, clients send iperf3's cookies and a few hundred bytes of control.
        self.assert_near(metrics.value("tcpgauge_client_payload_bytes_total"), report.sent_bytes, 0.001,
                         "payload of all clients")
        return metrics, report

    def test_forwarded_bytes_are_counted_once_on_any(self):
        metrics, report = self.check_counted_once("-i", "any")
        self.assertGreater(sum(metrics.find(DUPLICATES).values()), 0, "what was left out is not counted")
        data = metrics.find("tcpgauge_connection_client_payload_bytes_total", **report.labels)
        self.assertLessEqual(len(data), 1, "a connection on two interfaces at once")

    def test_forwarded_bytes_are_counted_once_on_both_ports(self):
        self.check_counted_once("-i", "port-client", "-i", "port-server")

    def test_bytes_of_one_port_need_nothing_left_out(self):
        metrics, _ = self.check_counted_once("-i", "port-client")
        self.assertEqual(sum(metrics.find(DUPLICATES).values()), 0)
