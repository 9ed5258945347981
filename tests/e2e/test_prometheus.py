# SPDX-License-Identifier: Apache-2.0
"""The agent's main job, from a real interface to a real Prometheus.

The numbers in Prometheus agree with those of the program that sent the traffic.
"""
import statistics

from support import iperf3, precedence
from support.agent import Agent
from support.case import NamespaceCase
from support.marks import alone
from support.namespaces import Testbed
from support.prometheus import Prometheus
from support.waiting import wait_until

SECONDS = 14
# What is read tells of a second that ended up to three before: it waits for its publication, a scrape and the reading.
# Nothing is read that can tell of the first two seconds, with iperf3's start, or of what came after the last.
FIRST_READ, LAST_READ = 6, SECONDS - 1
MODES = {"default": (), "fast": ("--fast",)}


@alone
class PrometheusTest(NamespaceCase):
    tools = ("iperf3", "prometheus")

    def test_rates_and_counters_agree_with_iperf3(self):
        precedence.take(self)
        testbed = self.own(Testbed())
        agents = {mode: self.own(Agent(testbed.client, "-i", testbed.link.client_interface, *options))
                  for mode, options in MODES.items()}
        prometheus = self.own(Prometheus(testbed.client, {mode: agent.address for mode, agent in agents.items()}))
        self.own(iperf3.Server(testbed))
        client = self.own(iperf3.Client(testbed, SECONDS, "200M"))
        report = client.report()
        for mode in MODES:
            self.check_rate(prometheus, mode, client.start_time, report)
            self.check_counters(prometheus, agents[mode], mode, report)

    def check_rate(self, prometheus, mode, start_time, report):
        series = "tcpgauge_connection_client_bytes_per_second{job='%s'}" % mode
        rates = report.rates(1, SECONDS)
        first, last = start_time + FIRST_READ, start_time + LAST_READ
        [(labels, got)] = prometheus.query(f"topk(1, avg_over_time({series}[{LAST_READ - FIRST_READ}s]))", last)
        self.assertEqual(report.labels, {name: labels.get(name) for name in report.labels}, f"{mode}: the busiest")
        self.assert_near(got, statistics.mean(rates), 0.05, f"{mode}: mean rate")
        busiest = prometheus.query_range(f"max({series})", first, last)
        for rate in busiest[0][1]:
            self.assertGreater(rate, min(rates) * 0.95, f"{mode}: every rate seen: {busiest}")
            self.assertLess(rate, max(rates) * 1.05, f"{mode}: every rate seen: {busiest}")

    def check_counters(self, prometheus, agent, mode, report):
        of_data = ",".join(f"{name}='{value}'" for name, value in report.labels.items()) + f",job='{mode}'"
        of_port = f"server_port='{report.labels['server_port']}',job='{mode}'"
        # Within the run Prometheus may scrape just before the end; the last samples follow within a scrape or two.
        sent = wait_until(
            lambda: self.counted(prometheus, of_data, at_least=report.sent_bytes * 0.999),
            f"{mode}: Prometheus counts the {report.sent_bytes} bytes that iperf3 sent", 30)
        self.assert_near(sent - iperf3.COOKIE_BYTES, report.sent_bytes, 0.001, f"{mode}: bytes of the connection")
        # The total holds nothing but that connection and iperf3's control connection.
        both = self.counted(prometheus, of_port)
        total = agent.metrics().value("tcpgauge_client_payload_bytes_total")
        self.assert_near(total - (both - sent), sent, 0.001, f"{mode}: total without the control connection")

    def counted(self, prometheus, labels, at_least=0):
        """Payload bytes of the clients of these connections, closed ones included; None when below `at_least`."""
        series = "tcpgauge_connection_client_payload_bytes_total{%s}" % labels
        found = prometheus.query(f"sum(max_over_time({series}[60s]))")
        return found[0][1] if found and found[0][1] >= at_least else None
