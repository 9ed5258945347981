# SPDX-License-Identifier: Apache-2.0
"""Compares repeated SYNs with those that the client's kernel counts (nstat), for attempts that nobody answers."""
import contextlib
import ipaddress
import socket
import time

from support import lab_kernel, translation
from support.agent import Agent
from support.case import NamespaceCase
from support.forwarding import SERVICE_PORT, ForwardingTestbed
from support.namespaces import Testbed
from support.waiting import wait_until

PORT = 7000
ATTEMPTS = 20
SECONDS = 4  # Linux sends a SYN at 0, 1 and 3 s
_DROP = ("add table inet dropping; "
         "add chain inet dropping input {{ type filter hook input priority 0; }}; "
         "add rule inet dropping input tcp dport {{ {ports} }} drop")


def counted_by_kernel(namespace):
    """(SYNs sent again, segments sent again) since the namespace began."""
    counts = lab_kernel.protocols(namespace)
    return counts["TcpExtTCPSynRetrans"], counts["TcpRetransSegs"]


class SynRetransmissionsTest(NamespaceCase):
    tools = ("nft", "nstat")

    @contextlib.contextmanager
    def attempts(self, namespace, *servers):
        """ATTEMPTS attempts to connect to each of the servers, for as long as the context."""
        with contextlib.ExitStack() as closed_later, namespace.entered():
            for family, address, port in servers:
                for _ in range(ATTEMPTS):
                    attempt = closed_later.enter_context(socket.socket(family))
                    attempt.setblocking(False)
                    attempt.connect_ex((address, port))
            yield

    def agree(self, agent, namespace, *edges):
        """The total and the sum of the edges agree with the kernel. Each of `edges` has repeated SYNs."""
        syns, segments = counted_by_kernel(namespace)
        self.assertEqual(syns, segments, "only SYNs were sent again")
        self.assertGreaterEqual(syns, 2 * ATTEMPTS)
        agent.wait_for("tcpgauge_syn_retransmissions_total", lambda count: count == syns, f"{syns} repeated SYNs", 10)
        metrics = agent.metrics()
        self.assertEqual(sum(metrics.find("tcpgauge_edge_syn_retransmissions_total").values()), syns)
        self.assertEqual(metrics.value("tcpgauge_edge_attempts_pending"), 0)
        for server_address, server_port in edges:
            self.assertGreater(metrics.value("tcpgauge_edge_syn_retransmissions_total", server_port=str(server_port),
                                             server_address=str(ipaddress.ip_address(server_address))), 0)
        print(f"  {syns} repeated SYNs", flush=True)

    def test_attempts_to_a_dropped_port_agree_with_the_kernel(self):
        testbed = self.own(Testbed())
        link = testbed.link
        testbed.server.run("nft", _DROP.format(ports=PORT))
        agent = self.own(Agent(testbed.client, "-i", link.client_interface))
        with self.attempts(testbed.client, (socket.AF_INET, link.server_address, PORT),
                           (socket.AF_INET6, link.server_address6, PORT)):
            end = time.monotonic() + SECONDS
            wait_until(lambda: time.monotonic() > end, "SYNs are repeated")
        self.agree(agent, testbed.client, (link.server_address, PORT), (link.server_address6, PORT))

    def test_attempts_to_a_dropped_server_behind_a_service_agree_with_the_kernel(self):
        testbed = self.own(ForwardingTestbed(socket.AF_INET))
        translation.dnat(testbed)
        testbed.server.run("nft", _DROP.format(ports="1-65535"))
        agent = self.own(Agent(testbed.node, "-i", "any"))
        with self.attempts(testbed.client, (socket.AF_INET, testbed.plan.services[0], SERVICE_PORT)):
            end = time.monotonic() + SECONDS
            wait_until(lambda: time.monotonic() > end, "SYNs are repeated")
            servers = {dict(labels)["server_address"]
                       for labels in agent.metrics().find("tcpgauge_edge_connections_opened_total")}
            self.assertIn(testbed.plan.servers[0], servers, "the server after translation, long before the time-out")
            self.assertNotIn(testbed.plan.services[0], servers)
        self.agree(agent, testbed.client)
