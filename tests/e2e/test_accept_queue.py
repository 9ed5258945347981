# SPDX-License-Identifier: Apache-2.0
"""The accept queues of real listeners that do not accept: as the agent shows them, and as the kernel's own tools do."""
import ipaddress
import json
import re

from support.accept_queue import FullQueue
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.waiting import wait_until

_BACKLOG = 8
_METRICS = ("queue_connections", "queue_limit", "dropped_total")


class AcceptQueueTest(NamespaceCase):
    tools = ("nstat", "ss")

    def setUp(self):
        self.testbed = self.own(Testbed())
        self.link = self.testbed.link
        self.agent = self.own(Agent(self.testbed.server, "-i", self.link.server_interface))

    def queue(self, address, port, backlog=_BACKLOG, reached_at=None):
        return self.own(FullQueue(self.testbed.server, self.testbed.client, address, port, backlog, reached_at))

    def shown(self, address, port):
        """What the agent shows of that listener, in the order of _METRICS; None if it shows nothing."""
        metrics = self.agent.metrics()
        address = ipaddress.ip_address(address).compressed
        found = [list(metrics.find(f"tcpgauge_listener_{name}", address=address, port=str(port)).values())
                 for name in _METRICS]
        self.assertLessEqual({len(each) for each in found}, {0, 1})
        return tuple(each[0] for each in found) if all(found) else None

    def kernels(self, port):
        """The same as ss says it: Recv-Q, Send-Q, and the drops of the socket."""
        line, = self.testbed.server.run("ss", "-ltnmOH", f"sport = :{port}").splitlines()
        state, waiting, limit, *_ = line.split()
        self.assertEqual(state, "LISTEN")
        return (float(waiting), float(limit), float(re.search(r"skmem:\(.*,d(\d+)\)", line)[1]))

    def dropped_by_listeners(self):
        """By all of the namespace, as nstat says it."""
        counts = json.loads(self.testbed.server.run("nstat", "--json", "--zeros", "--noupdate", "--ignore"))["kernel"]
        return counts["TcpExtListenDrops"]

    def wait_until_it_shows(self, address, port, expected):
        def look():
            self.seen = self.shown(address, port)
            return self.seen == expected
        try:
            wait_until(look, "the agent shows what the kernel says", 30)
        except AssertionError:
            raise AssertionError(f"the agent shows {self.seen}, and the kernel says {expected}") from None

    def check_full(self, address, port, backlog=_BACKLOG, reached_at=None):
        queue = self.queue(address, port, backlog, reached_at)
        before = self.dropped_by_listeners()
        wait_until(lambda: self.kernels(port) == (backlog + 1, backlog, 0), "the queue is full")
        self.wait_until_it_shows(address, port, (backlog + 1, backlog, 0))

        queue.is_asked_in_vain(5)
        wait_until(lambda: self.kernels(port)[2] >= 10, "each SYN was dropped, and sent again, and dropped again", 30)
        queue.clients_give_up()
        dropped = self.dropped_by_listeners() - before
        print(f"  {address} port {port}: the kernel dropped {dropped}")
        self.assertEqual(self.kernels(port), (backlog + 1, backlog, dropped))
        self.wait_until_it_shows(address, port, (backlog + 1, backlog, dropped))

        self.assertEqual(queue.accepts(), backlog + 1)
        self.wait_until_it_shows(address, port, (0, backlog, dropped))
        queue.close()
        self.wait_until_it_shows(address, port, None)

    def test_a_full_queue_is_what_ss_and_nstat_say(self):
        self.check_full(self.link.server_address, 5432)

    def test_a_full_queue_at_an_ipv6_address(self):
        self.check_full(self.link.server_address6, 5433)

    def test_a_listener_without_a_backlog_at_all_addresses_is_full_with_one_connection(self):
        self.check_full("::", 5434, backlog=0, reached_at=self.link.server_address)

    def test_listeners_are_told_apart_by_their_ports_and_addresses(self):
        self.queue(self.link.server_address, 5440)
        self.queue(self.link.server_address, 5441, backlog=3)
        self.queue(self.link.server_address6, 5440, backlog=1)
        self.wait_until_it_shows(self.link.server_address, 5440, (9, 8, 0))
        self.wait_until_it_shows(self.link.server_address, 5441, (4, 3, 0))
        self.wait_until_it_shows(self.link.server_address6, 5440, (2, 1, 0))
