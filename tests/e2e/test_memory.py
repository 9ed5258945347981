# SPDX-License-Identifier: Apache-2.0
"""A million connections in a control group of 64 MiB.

The kernel never kills the agent, and the agent counts what does not fit.
"""
import os
import re
import signal
import socket
import tempfile
import unittest

from support.agent import Agent, ThisHost, binary
from support.case import NamespaceCase
from support.exposition import Exposition
from support.injector import Injector
from support.marks import slow
from support.memory_group import MemoryGroup
from support.namespaces import Testbed
from support.processes import Process
from support.synthetic import CaptureWriter, Client, address
from support.waiting import wait_until

LIMIT_BYTES = 64 << 20
CONNECTIONS = 1_000_000
PAYLOAD = 100
PACKETS_EACH = 4
GREEDY_CLIENTS = 400
# An answer that nobody reads is cut off after a minute, and its place is free again.
PLACE_WITHIN_SECONDS = 90


def peak_resident_bytes(pid):
    """Libraries and mapped capture buffers included."""
    with open(f"/proc/{pid}/status") as status:
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))


@slow
class MemoryTest(NamespaceCase):
    def group(self):
        # Closed last: what lives in it must go first.
        return self.own(MemoryGroup(LIMIT_BYTES))

    def ask_and_never_read(self, namespace, agent, path):
        host, port = agent.address.rsplit(":", 1)
        with namespace.entered():
            client = self.own(socket.socket())
        client.connect((host, int(port)))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def served(self, agent, path):
        """The answer, once there is a place: those that never read may hold all."""
        def ask():
            status, body = agent.get(path, seconds=30)
            return body if status == 200 else None
        return wait_until(ask, path, PLACE_WITHIN_SECONDS)

    def scrape(self, agent):
        return Exposition(self.served(agent, "/metrics"))

    def read_it_all(self, agent):
        """What readers take: scrapes, the table as JSON, the status."""
        for _ in range(5):
            self.scrape(agent)
            self.served(agent, "/api/v1/connections?limit=10000")
        return self.served(agent, "/api/v1/status")

    def check_memory(self, agent, group):
        planned = int(re.search(r'"planned_memory_bytes": (\d+)', self.read_it_all(agent)).group(1))
        resident, unreclaimable = peak_resident_bytes(agent.pid), group.unreclaimable_bytes()
        print(f"  resident {resident / 2**20:.1f} MiB at most, {unreclaimable / 2**20:.1f} MiB of them not to be reclaimed; "
              f"planned {planned / 2**20:.1f} MiB", flush=True)
        self.assertEqual(group.kills(), 0)
        self.assertLessEqual(planned, LIMIT_BYTES)
        self.assertLessEqual(resident, planned)

    def test_a_million_connections_of_a_file(self):
        group = self.group()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "million.pcap")
        writer = CaptureWriter(path)
        server = address("198.51.100.1")
        for number in range(CONNECTIONS):
            client = Client(writer, 0x0a000000 + number // 1000, 10000 + number % 1000, server, 443)
            client.connects()
            client.sends(PAYLOAD)
        writer.close()

        agent = self.own(Agent(ThisHost(), "-T", path, prefix=group.command()))
        agent.wait_for("tcpgauge_client_payload_bytes_total", lambda value: value == CONNECTIONS * PAYLOAD,
                       "the file is read", 180)
        metrics = agent.metrics()
        tracked = sum(metrics.find("tcpgauge_connections").values())
        evicted = metrics.value("tcpgauge_connections_closed_total", reason="evicted")
        print(f"  {tracked:.0f} tracked, {evicted:.0f} evicted", flush=True)
        self.assertEqual(metrics.value("tcpgauge_connections_opened_total", origin="handshake"), CONNECTIONS)
        self.assertEqual(tracked + evicted, CONNECTIONS)
        self.assertGreater(tracked, 10000)
        self.check_memory(agent, group)

    def test_a_million_live_connections(self):
        group = self.group()
        injector = self.own(Injector())
        testbed = self.own(Testbed(ipv6=False))
        agent = self.own(Agent(group.holding(testbed.server), "-i", testbed.link.server_interface))
        self.assertIn("tracking fewer connections than --max-connections, to stay within the memory limit", agent.stderr())
        # Embryos have places of their own: a flood fills them first, and they stay resident.
        flood = injector.run(testbed.client, testbed.link.client_interface, "flood", 1)
        for number in range(GREEDY_CLIENTS):
            self.ask_and_never_read(testbed.server, agent, ("/metrics", "/api/v1/connections?limit=10000")[number % 2])
        sent = injector.run(testbed.client, testbed.link.client_interface, "connections", CONNECTIONS, seconds=600)
        self.assertEqual(sent, CONNECTIONS * PACKETS_EACH)
        sent += flood

        def seen(metrics):
            return sum(metrics.find("tcpgauge_capture_packets_total", protocol="tcp").values())

        def dropped(metrics):
            return sum(metrics.find("tcpgauge_capture_dropped_packets_total").values())

        def settled():
            metrics = self.scrape(agent)
            return metrics if seen(metrics) + dropped(metrics) == sent else None
        metrics = wait_until(settled, "every packet is counted", 60)
        opened = sum(metrics.find("tcpgauge_connections_opened_total").values())
        closed = sum(metrics.find("tcpgauge_connections_closed_total").values())
        evicted = metrics.value("tcpgauge_connections_closed_total", reason="evicted")
        tracked = sum(metrics.find("tcpgauge_connections").values())
        print(f"  {sent} packets, {dropped(metrics):.0f} of them dropped by the kernel; {tracked:.0f} tracked, "
              f"{evicted:.0f} evicted", flush=True)
        self.assertEqual(opened, tracked + closed)
        self.assertGreater(evicted, 0.9 * (CONNECTIONS - tracked) - dropped(metrics))
        self.check_memory(agent, group)


class MaxMemoryTest(unittest.TestCase):
    def test_too_little_is_one_line(self):
        process = Process([binary(), "--max-memory", "20M", "-T", "/dev/null"])
        self.addCleanup(process.close)
        self.assertEqual(process.wait(), 2)
        self.assertRegex(process.stderr(), r"\Atcpgauge: --max-memory: '20M' is too little for the other options; "
                                           r"right would be \d+M or more\n\Z")

    def test_counts_with_or_without_a_group(self):
        agent = Agent(ThisHost(), "-i", "lo", "--max-memory", "128M")
        self.addCleanup(agent.close)
        status = agent.get("/api/v1/status")[1]
        self.assertIn(f'"max_memory_bytes": {128 << 20},', status)
        self.assertLess(int(re.search(r'"max_connections": (\d+)', status).group(1)), CONNECTIONS)
        agent.signal(signal.SIGTERM)
        self.assertEqual(agent.wait(), 0)
