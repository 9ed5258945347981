# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes an agent under traffic with ever new clients.

Its number of series stays bounded, no scrape fails, and the edges add up to the totals.
"""
import os
import time

from support import precedence
from support.agent import Agent
from support.case import NamespaceCase
from support.churn import Churn
from support.marks import alone, slow
from support.namespaces import Testbed
from support.prometheus import Prometheus
from support.waiting import wait_until

# CHURN_SECONDS=300 is the run that RELIABILITY.md tells of.
SECONDS = int(os.environ.get("CHURN_SECONDS", "40"))
WINDOW_SECONDS = max(5, SECONDS // 8)
RATE_SECONDS = WINDOW_SECONDS // 2
CONNECTIONS, EDGES = 50, 100
NEW_CONNECTIONS, NEW_EDGES = 20, 10  # within a minute: the defaults
SAMPLES_PER_CONNECTION = 8 + 4  # a state is a label: syn_received, established, closing, closed
SAMPLES_PER_EDGE = 15
FIXED_SAMPLES = 170


def head_series_bound(seconds):
    """All series that Prometheus can have met in that time; it keeps them for hours, ended ones too."""
    minutes = 1 + seconds / 60
    edges = (2 * EDGES + NEW_EDGES * minutes) * SAMPLES_PER_EDGE
    connections = (CONNECTIONS + NEW_CONNECTIONS * minutes) * SAMPLES_PER_CONNECTION
    return FIXED_SAMPLES + edges + connections


@alone
@slow
class ChurnTest(NamespaceCase):
    tools = ("prometheus",)

    def test_prometheus_under_churn(self):
        precedence.take(self)
        testbed = self.own(Testbed(ipv6=False))
        agent = self.own(Agent(
            testbed.client, "-i", testbed.link.client_interface, "--metrics.window", str(WINDOW_SECONDS),
            "--metrics.connections", str(CONNECTIONS), "--metrics.edges", str(EDGES)))
        prometheus = self.own(Prometheus(testbed.client, {"tcpgauge": agent.address}))
        start = time.time()
        self.own(Churn(testbed))

        def opened(at=None):
            return prometheus.query("sum(tcpgauge_connections_opened_total)", at)[0][1]
        # A busy machine takes longer for so many.
        wait_until(lambda: time.time() >= start + SECONDS and opened() > 50 * SECONDS, f"{SECONDS} s of churn",
                   6 * SECONDS)
        end = time.time()

        folded = prometheus.query("tcpgauge_edges_folded_total", end)[0][1]
        head, bound = prometheus.head_series(), head_series_bound(end - start)
        print(f"  {opened(end):.0f} connections, {folded:.0f} of them on folded edges; head series {head:.0f}, "
              f"bound {bound:.0f}", flush=True)
        self.assertGreater(opened(end), 50 * SECONDS, "hardly any churn")
        self.assertGreater(folded, EDGES, "every edge had its place")
        self.assertLess(head, bound)
        self.check_no_scrape_failed(prometheus, start, end)
        # In its first window the agent admits and gives up edges without announcing it: nobody can have seen them before.
        settled = start + 1.5 * WINDOW_SECONDS + RATE_SECONDS
        for end_of_connection in ("client", "server"):
            self.check_increases_add_up(prometheus, end_of_connection, settled, end)
            self.check_rates_add_up(prometheus, end_of_connection, settled, end)

    def check_no_scrape_failed(self, prometheus, start, end):
        seconds = int(end - start)
        [(_, up)] = prometheus.samples(f"up[{seconds}s]", end)
        self.assertEqual(set(up.values()), {1.0})
        self.assertGreaterEqual(len(up), seconds - 1, "scrapes left out")

    def check_increases_add_up(self, prometheus, of_end, start, end):
        """From each scrape to the next, to the byte."""
        span = f"[{end - start:.0f}s]"
        [(_, total)] = prometheus.samples(f"tcpgauge_{of_end}_payload_bytes_total{span}", end)
        edges = prometheus.samples(f"tcpgauge_edge_{of_end}_payload_bytes_total{span}", end)
        times = sorted(total)
        for first, third in zip(times, times[3:]):
            self.assertGreater(total[third], total[first], "nothing new in three scrapes")
        for before, after in zip(times, times[1:]):
            increase = sum(samples[after] - samples.get(before, 0) for _, samples in edges if after in samples)
            self.assertEqual(increase, total[after] - total[before], f"{of_end}s, at {after}")

    def check_rates_add_up(self, prometheus, of_end, start, end):
        [(_, total)] = prometheus.samples(f"tcpgauge_{of_end}_payload_bytes_total[{end - start:.0f}s]", end)
        times = sorted(total)
        sums, totals = [], []
        # From one scrape to another, whenever they came: there rate() extrapolates nothing.
        for first, last in zip(times, times[RATE_SECONDS:]):
            span = f"[{1000 * (last - first):.0f}ms]"
            for values, expression in ((sums, f"sum(rate(tcpgauge_edge_{of_end}_payload_bytes_total{span}))"),
                                       (totals, f"rate(tcpgauge_{of_end}_payload_bytes_total{span})")):
                values.append(prometheus.query(expression, last)[0][1])
        for got, want in zip(sums, totals):
            self.assertLessEqual(abs(got - want), 0.001 * want)
        worst = max(abs(got - want) for got, want in zip(sums, totals))
        print(f"  {of_end}s: {len(sums)} points, sum(rate()) over edges and the rate of the totals differ by {worst:.1f} B/s"
              f" at most, of {max(totals):.0f}", flush=True)
