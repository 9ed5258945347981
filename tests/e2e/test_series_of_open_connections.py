# SPDX-License-Identifier: Apache-2.0
"""Connections that are open have series, however many short ones carry more."""
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.steady_connections import SteadyConnections
from support.traffic import Conversation
from support.waiting import wait_until

WINDOW_SECONDS = 5
OPEN = 10
PORT = 7200
NAME = "tcpgauge_connection_client_payload_bytes_total"


class SeriesOfOpenConnectionsTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))

    def open_connections(self, count):
        """Idle ones, after one byte. Returns the ports of their clients."""
        ports = set()
        for number in range(count):
            conversation = self.own(Conversation(self.testbed, PORT + number))
            conversation.client_sends(1)
            ports.add(conversation.labels["client_port"])
        return ports

    def with_series(self, agent):
        """The ports of the clients that have series."""
        return [dict(labels)["client_port"] for labels in agent.metrics().find(NAME)]

    def test_open_connections_have_series_beside_many_short_ones(self):
        agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface,
                               "--metrics.window", str(WINDOW_SECONDS), "--metrics.connections", "20"))
        traffic = self.own(SteadyConnections(self.testbed, 60, 50))
        # In the first window, the heavy short connections take all places.
        wait_until(lambda: len(self.with_series(agent)) == 20, "20 short connections have series", 60)
        clients = self.open_connections(OPEN)
        wait_until(lambda: clients <= set(self.with_series(agent)), "all open connections have series", 60)
        at_that_time = traffic.accepted()
        # More short ones come, and change nothing of that.
        wait_until(lambda: traffic.accepted() > at_that_time + 200, "200 more short connections", 60)
        self.assertLessEqual(clients, set(self.with_series(agent)))

    def test_no_more_connections_get_series_than_the_rate_allows(self):
        agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface, "--metrics.window", "1",
                               "--metrics.connections", "5", "--metrics.new-connections", "2"))
        traffic = self.own(SteadyConnections(self.testbed, 60, 50))
        seen = set()

        def look():
            seen.update(self.with_series(agent))
            return traffic.accepted() > 900
        wait_until(look, "15 s of connections", 120)
        # 5 in the first window. Then 2 in each minute: on a busy machine, that is more than one.
        self.assertGreaterEqual(len(seen), 3)
        self.assertLessEqual(len(seen), 5 + 2 * 2)
        self.assertGreaterEqual(agent.metrics().value("tcpgauge_series_new_total"), 9 * len(seen))

    def test_a_connection_that_ended_gives_its_place_at_once(self):
        agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface,
                               "--metrics.window", "10", "--metrics.connections", "1"))
        heavy, light = (self.own(Conversation(self.testbed, port)) for port in (PORT, PORT + 1))
        light.client_sends(10)
        heavy.client_sends(1000)
        opened = time.monotonic()
        wait_until(lambda: time.monotonic() > opened + 11, "both are older than the window", 60)
        heavy.client_sends(1000)
        wait_until(lambda: self.with_series(agent) == [heavy.labels["client_port"]], "the heavy one has the place", 60)
        ended = time.monotonic()
        heavy.close()
        wait_until(lambda: self.with_series(agent) == [light.labels["client_port"]], "the open one has the place", 60)
        self.assertLess(time.monotonic(), ended + 10, "not before the window was over")
