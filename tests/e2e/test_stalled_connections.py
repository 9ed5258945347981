# SPDX-License-Identifier: Apache-2.0
"""Established connections whose packets are swallowed: tcpgauge_edge_connections_stalled, compared with ss -ti.

The agent captures on the client's interface. A filter for incoming packets swallows them behind the point of capture on
either side. So the agent sees what both ends send, also while none of it arrives.
"""
import ipaddress
import re
import socket
import struct

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.waiting import holds_for, wait_until

PORT = 5432
HEALTHY_PORT = 5433
STALL_SECONDS = 2
GAUGE = "tcpgauge_edge_connections_stalled"


class Swallowed:
    """Drops all incoming TCP packets of a namespace from and to PORT, until it is closed."""

    def __init__(self, *namespaces):
        self._namespaces = list(namespaces)
        for namespace in namespaces:
            namespace.run("nft", "add table inet swallow; "
                                 "add chain inet swallow in { type filter hook input priority 0; }; "
                                 f"add rule inet swallow in tcp sport {PORT} drop; "
                                 f"add rule inet swallow in tcp dport {PORT} drop")

    def close(self):
        while self._namespaces:
            self._namespaces.pop().run("nft", "delete table inet swallow")


class StalledConnectionsTest(NamespaceCase):
    tools = ("nft", "ping", "ss")

    def setUp(self):
        self.testbed = self.own(Testbed())

    def start_agent(self, *options):
        self.agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface, "--metrics.stall",
                                    str(STALL_SECONDS), *options))

    def connect(self, port=PORT, ipv6=False):
        """Returns both ends of a new connection that has carried payload in both directions."""
        link = self.testbed.link
        address = link.server_address6 if ipv6 else link.server_address
        # A SYN that waits for the neighbour's address would make the kernel's first retransmission time-out seconds long.
        self.testbed.client.run("ping", "-c", "1", "-w", "10", address)
        with self.testbed.server.entered():
            listener = self.own(socket.create_server((address, port), family=socket.AF_INET6 if ipv6 else
                                                     socket.AF_INET))
        with self.testbed.client.entered():
            client = self.own(socket.create_connection((address, port), timeout=10))
        server = self.own(listener.accept()[0])
        self.exchange(client, server)
        self.labels = {"server_address": str(ipaddress.ip_address(address)), "server_port": str(port)}
        self.agent.wait_for("tcpgauge_edge_connections", lambda count: count == 1, "the edge has series", **self.labels)
        return client, server

    def exchange(self, client, server):
        for sender, receiver in ((client, server), (server, client)):
            sender.sendall(b"x" * 1000)
            left = 1000
            while left > 0:
                left -= len(receiver.recv(left))

    def stalled(self):
        return self.agent.metrics().value(GAUGE, **self.labels)

    def kernel(self, namespace, field):
        """A number that the kernel of `namespace` tells of its end of the connection at PORT; 0 if it is not there."""
        told = namespace.run("ss", "-tinH", "state", "established", f"( sport = :{PORT} or dport = :{PORT} )")
        match = re.search(rf"\b{field}:(\d+)", told)
        return int(match.group(1)) if match else 0

    def check_beginning(self, *senders):
        """The gauge rises to 1, when the kernel of each sender knows of no progress for the time of the option."""
        def silent_ms():
            return max(self.kernel(sender, "lastack") for sender in senders)

        def is_stalled():
            value = self.stalled()
            if silent_ms() < 1000 * STALL_SECONDS:
                self.assertEqual(value, 0, "so short a silence is no stall yet")
            return value == 1
        wait_until(is_stalled, "the connection is stalled", 20)
        for sender in senders:
            self.assertGreaterEqual(self.kernel(sender, "unacked"), 1)
            self.assertGreaterEqual(self.kernel(sender, "backoff"), 1)
        print(f"  stalled; kernel: last acknowledgment {silent_ms()} ms ago", flush=True)
        # A few repetitions late at most: the first comes after some 0.2 s, and a snapshot each second shows it.
        self.assertLess(silent_ms(), 1000 * (STALL_SECONDS + 10))

    def check_end(self, *senders):
        """Repetitions get through, so that all is acknowledged and the gauge falls to 0."""
        wait_until(lambda: self.stalled() == 0, "the connection makes progress", 60)
        for sender in senders:
            wait_until(lambda: self.kernel(sender, "unacked") == 0, "the kernel knows of the progress", 5)

    def test_the_clients_packets_are_swallowed(self):
        self.start_agent()
        client, server = self.connect()
        self.assertEqual(self.stalled(), 0)
        swallowed = self.own(Swallowed(self.testbed.server))
        client.sendall(b"SELECT 1;")
        self.check_beginning(self.testbed.client)
        swallowed.close()
        self.check_end(self.testbed.client)
        self.assertEqual(server.recv(100), b"SELECT 1;")

    def test_the_servers_packets_are_swallowed(self):
        self.start_agent()
        client, server = self.connect()
        swallowed = self.own(Swallowed(self.testbed.client))
        server.sendall(b"1 row")
        self.check_beginning(self.testbed.server)
        swallowed.close()
        self.check_end(self.testbed.server)
        self.assertEqual(client.recv(100), b"1 row")

    def test_the_packets_of_both_are_swallowed_over_ipv6(self):
        self.start_agent()
        client, server = self.connect(ipv6=True)
        swallowed = self.own(Swallowed(self.testbed.client, self.testbed.server))
        client.sendall(b"x" * 10_000)
        server.sendall(b"y" * 10_000)
        self.check_beginning(self.testbed.client, self.testbed.server)
        swallowed.close()
        self.check_end(self.testbed.client, self.testbed.server)

    def test_only_the_edge_of_the_connection_shows_it_and_a_reset_ends_it(self):
        self.start_agent("--workers", "2")
        healthy = self.connect(HEALTHY_PORT)
        client, _ = self.connect()
        self.own(Swallowed(self.testbed.server))
        client.sendall(b"x")
        self.check_beginning(self.testbed.client)
        self.exchange(*healthy)
        self.assertEqual(sum(self.agent.metrics().find(GAUGE).values()), 1, "over all edges")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()  # by a RST
        wait_until(lambda: not self.stalled(), "a connection that was reset is not stalled", 20)

    def test_a_receiver_that_does_not_read_is_no_stall(self):
        self.start_agent()
        client, server = self.connect()
        client.setblocking(False)
        # Until neither the receive buffer nor the send buffer takes more, and the kernel probes the zero window.
        def is_full():
            try:
                while True:
                    client.send(b"x" * 65536)
            except BlockingIOError:
                return "timer:(persist" in self.testbed.client.run("ss", "-tinoH", "dport", "=", f":{PORT}")
        wait_until(is_full, "the kernel probes the window", 20)
        self.assertTrue(holds_for(lambda: self.stalled() == 0, 2.5 * STALL_SECONDS))
        self.assertGreater(self.agent.metrics().value("tcpgauge_window_probes_total") +
                           self.agent.metrics().value("tcpgauge_zero_windows_total"), 0)
