# SPDX-License-Identifier: Apache-2.0
"""Checks the exposition with Prometheus's own tools: promtool and the Python client."""
import subprocess

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation


class MetricsLintTest(NamespaceCase):
    def setUp(self):
        testbed = self.own(Testbed())
        self.agent = self.own(Agent(testbed.client, "-i", testbed.link.client_interface))
        for port, ipv6 in ((7000, False), (7001, False), (7002, True)):
            conversation = self.own(Conversation(testbed, port, ipv6=ipv6))
            conversation.client_sends(1000)
            conversation.server_sends(100)
        conversation.close()
        self.agent.wait_for("tcpgauge_client_payload_bytes_total", lambda count: count == 3000, "3000 bytes")
        self.agent.wait_for("tcpgauge_connections", lambda count: count == 2, "two established", state="established")

    def test_promtool_is_silent(self):
        try:
            done = subprocess.run(["promtool", "check", "metrics"], input=self.agent.metrics().text,
                                  capture_output=True, text=True, timeout=120)
        except FileNotFoundError:
            self.skipTest("promtool (Debian's prometheus) is missing")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_no_series_appears_twice(self):
        # The parser behind metrics() refuses a series that does.
        metrics = self.agent.metrics()
        self.assertEqual(len(metrics.find("tcpgauge_connection_client_payload_bytes_total", server_port="7000")), 1)
        self.assertEqual(len(metrics.find("tcpgauge_connection_client_payload_bytes_total", server_address="2001:db8::2")), 1)

    def test_the_python_client_parses_it(self):
        try:
            from prometheus_client.parser import text_string_to_metric_families
        except ImportError:
            self.skipTest("Debian's python3-prometheus-client is missing")
        metrics = self.agent.metrics()
        families = list(text_string_to_metric_families(metrics.text))
        self.assertEqual(sum(len(family.samples) for family in families), len(metrics.samples))
        self.assertEqual([family.name for family in families if not family.documentation], [], "families without help")
        self.assertEqual([family.name for family in families if family.type == "unknown"], [], "families without a type")

    def test_connections_carry_the_labels_of_both_endpoints_and_the_interface(self):
        labels, = self.agent.metrics().find("tcpgauge_connection_client_bytes_per_second", server_port="7000")
        self.assertEqual({name for name, _ in labels},
                         {"client_address", "client_port", "server_address", "server_port", "interface"})

    def test_health_is_told(self):
        self.assertEqual([self.agent.get(f"/-/{path}")[0] for path in ("healthy", "ready")], [200, 200])
        self.assertEqual(self.agent.get("/nosuch")[0], 404)


