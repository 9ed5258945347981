# SPDX-License-Identifier: Apache-2.0
"""A refused and a dropped port get edges of their own while every port is scanned, and the scan moves nothing heavy."""
import socket
import threading
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import wait_until

HEAVY, REFUSED, DROPPED = 7000, 7001, 7002
WINDOW_SECONDS = 5
NEW_EDGES = 10
_DROP = ("add table ip dropping; "
         "add chain ip dropping input {{ type filter hook input priority 0; }}; "
         "add rule ip dropping input tcp dport {{ {port}, 30000-39999 }} drop")


class Repeated:
    """Calls `attempt()` again and again in a thread of the namespace, until it is closed."""

    def __init__(self, namespace, attempt, pause_seconds=0.0):
        self.count = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(namespace, attempt, pause_seconds))
        self._thread.start()

    def _run(self, namespace, attempt, pause_seconds):
        with namespace.entered():
            while not self._ends.wait(pause_seconds):
                attempt()
                self.count += 1

    def close(self):
        self._ends.set()
        self._thread.join()


class Scan:
    """Tries every port of the server without waiting for answers, one attempt at each call."""

    def __init__(self, address):
        self._address, self._port = address, 0
        self._open = []

    def __call__(self):
        self._port = self._port % 65535 + 1
        if self._port in (HEAVY, REFUSED, DROPPED):
            return
        tried = socket.socket()
        tried.setblocking(False)
        tried.connect_ex((self._address, self._port))
        self._open.append(tried)
        if len(self._open) > 200:
            self._open.pop(0).close()


class FailingEdgesTest(NamespaceCase):
    tools = ("nft",)

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        self.address = self.testbed.link.server_address
        self.testbed.server.run("nft", _DROP.format(port=DROPPED))
        self.agent = self.own(Agent(
            self.testbed.client, "-i", self.testbed.link.client_interface, "--metrics.window", str(WINDOW_SECONDS),
            "--metrics.edges", "40", "--metrics.new-edges", str(NEW_EDGES)))
        self.seen = {}  # ports of edges with series, and when they were first seen

    def attempt(self, port, seconds):
        def connect():
            with socket.socket() as client:
                client.settimeout(seconds)
                self.assertNotEqual(client.connect_ex((self.address, port)), 0)
        return connect

    def look(self):
        exposition = self.agent.metrics()
        for labels in exposition.find("tcpgauge_edge_connections_opened_total"):
            port = dict(labels)["server_port"]
            if port != "other":
                self.seen.setdefault(int(port), time.monotonic())
        return exposition

    def test_edges_that_fail_have_series_while_all_ports_are_scanned(self):
        conversation = self.own(Conversation(self.testbed, HEAVY))
        start = time.monotonic()
        conversation.client_sends(100000)
        wait_until(lambda: time.monotonic() > start + 2 * WINDOW_SECONDS, "the first window is over")
        self.look()
        self.assertEqual(set(self.seen), {HEAVY})

        scan = self.own(Repeated(self.testbed.client, Scan(self.address)))
        wait_until(lambda: scan.count > 5000, "a scan that is under way", 60)
        refused = self.own(Repeated(self.testbed.client, self.attempt(REFUSED, 1), 0.3))
        # Each attempt gives up after the kernel has sent its SYN three times, at 0, 1 and 3 s.
        dropped = [self.own(Repeated(self.testbed.client, self.attempt(DROPPED, 3.5))) for _ in range(2)]
        began = time.monotonic()
        wait_until(lambda: self.look() and {REFUSED, DROPPED} <= set(self.seen), "edges for both ports", 90)
        print(f"  after {scan.count} scanned ports: series of the refused port after {self.seen[REFUSED] - began:.1f} s, "
              f"of the dropped one after {self.seen[DROPPED] - began:.1f} s", flush=True)

        labels = {"client_address": self.testbed.link.client_address, "server_address": self.address}
        self.agent.wait_for("tcpgauge_edge_connections_failed_total", lambda count: count >= 10,
                            "refusals are counted with their edge", 60, server_port=str(REFUSED), reason="refused",
                            **labels)
        self.agent.wait_for("tcpgauge_edge_syn_retransmissions_total", lambda count: count >= 4,
                            "repeated SYNs are counted with their edge", 60, server_port=str(DROPPED), **labels)
        wait_until(lambda: scan.count > 70000, "a scan of all ports", 180)
        conversation.client_sends(5000)
        self.agent.wait_for("tcpgauge_edge_client_payload_bytes_total", lambda count: count == 105000,
                            "the heavy edge counts on", server_port=str(HEAVY), **labels)
        exposition = self.look()
        self.assertEqual(exposition.value("tcpgauge_edges_retired_total"), 0)
        self.assertGreater(refused.count, 10)
        self.assertGreater(sum(one.count for one in dropped), 2)
        # All but the heavy edge began after the first window.
        times = sorted(seen for port, seen in self.seen.items() if port != HEAVY)
        minutes = (times[-1] - times[0]) / 60
        self.assertLessEqual(len(times), NEW_EDGES * (int(minutes) + 1))
        print(f"  {len(times)} edges began within {times[-1] - times[0]:.0f} s", flush=True)
