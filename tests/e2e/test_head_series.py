# SPDX-License-Identifier: Apache-2.0
"""Law 6: how many series a real Prometheus keeps of one agent is bounded by limit and rate, whatever the traffic."""
import os
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.marks import long, slow
from support.namespaces import Testbed
from support.prometheus import Prometheus
from support.steady_connections import SteadyConnections
from support.waiting import wait_until

# HEAD_SERIES_SECONDS makes the test shorter.
SECONDS = int(os.environ.get("HEAD_SERIES_SECONDS", "1200"))
PER_SECOND, CLIENTS = 60, 1000
SCRAPE_SECONDS = 15  # as in the scrape configurations that are shipped
HEAD_SERIES = 12_000
# The defaults of --metrics.connections and --metrics.new-connections, --metrics.edges and --metrics.new-edges.
CONNECTIONS, NEW_CONNECTIONS = 100, 20
EDGES, NEW_EDGES = 150, 10
SAMPLES_PER_CONNECTION, SAMPLES_PER_EDGE = 9, 13


def slope_per_minute(points):
    """The slope of the line of least squares through (seconds, value)."""
    mean_time = sum(at for at, _ in points) / len(points)
    mean_value = sum(value for _, value in points) / len(points)
    square = sum((at - mean_time) ** 2 for at, _ in points)
    return 60 * sum((at - mean_time) * (value - mean_value) for at, value in points) / square


@long
@slow
class HeadSeriesTest(NamespaceCase):
    tools = ("prometheus",)

    def test_prometheus_keeps_few_series_of_many_connections(self):
        testbed = self.own(Testbed(ipv6=False))
        agent = self.own(Agent(testbed.client, "-i", testbed.link.client_interface))
        job = {"job_name": "tcpgauge", "scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": "10s",
               "sample_limit": 6000, "static_configs": [{"targets": [agent.address]}]}
        prometheus = self.own(Prometheus(testbed.client, {}, jobs=[job]))
        wait_until(lambda: prometheus.query("up == 1"), "Prometheus has scraped the agent", 90)
        traffic = self.own(SteadyConnections(testbed, PER_SECOND, CLIENTS))
        wait_until(lambda: traffic.accepted() > 0, "the first connection", 60)
        start = time.time()
        points = []  # (seconds, series in the head)

        def is_over():
            seconds = time.time() - start
            if not points or seconds - points[-1][0] >= 10:
                points.append((seconds, prometheus.head_series()))
            return seconds >= SECONDS
        wait_until(is_over, f"{SECONDS} s of connections", 2 * SECONDS + 60)
        accepted = traffic.stop()
        wait_until(lambda: time.time() - start >= points[-1][0] + 3 * SCRAPE_SECONDS, "the last scrapes", 120)
        end = time.time()

        def over_time(metric):
            """How many series of this metric there were, at any time."""
            return len(prometheus.api("series", **{"match[]": metric, "start": start - 60, "end": end}))
        head = prometheus.head_series()
        connections = over_time("tcpgauge_connection_client_bytes_per_second")
        states = over_time("tcpgauge_connection_state")
        edges = over_time("tcpgauge_edge_client_payload_bytes_total") - 1  # without the edge "other"
        metrics = agent.metrics()
        opened = sum(metrics.find("tcpgauge_connections_opened_total").values())
        series_new = metrics.value("tcpgauge_series_new_total")
        later = [point for point in points if point[0] > SECONDS / 4]
        print(f"  {SECONDS} s, {accepted} connections: {head:.0f} series in the head, {slope_per_minute(later):.0f} more a "
              f"minute; {connections} connections had series ({states} with each state), and {edges} edges; "
              f"series_new_total {series_new:.0f}", flush=True)
        print("  head by minute:", *(f"{value:.0f}" for at, value in points[::6]), flush=True)

        self.assertGreater(accepted, 0.9 * PER_SECOND * SECONDS, "the server's own count")
        # The agent may have begun a moment before the first connection, and it sees Prometheus on no link.
        self.assert_near(opened, accepted, 0.001, "connections that the agent counted, and that the server accepted")
        self.assertLess(head, HEAD_SERIES)
        minutes = (end - start) / 60
        self.assertLessEqual(connections, CONNECTIONS + NEW_CONNECTIONS * minutes)
        self.assertLessEqual(edges, EDGES + NEW_EDGES * minutes)
        self.assertGreaterEqual(series_new, connections * SAMPLES_PER_CONNECTION + edges * SAMPLES_PER_EDGE)
        [(_, up)] = prometheus.query(f"min_over_time(up[{end - start:.0f}s])", end)
        self.assertEqual(up, 1, "a scrape failed")
