# SPDX-License-Identifier: Apache-2.0
"""The four laws of the exposition, under traffic that is made to break them, at full size.

tests/exporter/metrics/laws_test.cc states the laws.
"""
import os
import random
import shutil
import tempfile

from support.agent import Agent
from support.case import NamespaceCase
from support.exposition import Exposition
from support.marks import slow
from support.namespaces import Testbed
from support.synthetic import SYN, CaptureWriter, Client, address
from support.waiting import wait_until

SERVER = address("192.0.2.1")
READ_SECONDS = 120

STEPS = 800  # in which the heaviest connections go on
HEAVY_CONNECTIONS = 20
SEGMENTS_OF_HEAVY = 20
HEAVY_SEGMENT_BYTES = 20_000


def forged_syn(writer, dice, _):
    writer.segment(dice.getrandbits(32), dice.getrandbits(16), SERVER, 443, SYN, 0)


def new_client(writer, dice, number):
    client = Client(writer, address("10.0.0.0") + number, 50000, SERVER, 443)
    client.connects()
    client.sends(dice.randrange(1, 200))


def scanned_port(writer, dice, number):
    writer.segment(address("10.1.1.1"), 50000 + dice.randrange(1000), SERVER, number + 1, SYN, 0)


def short_connection(writer, dice, number):
    client = Client(writer, address("10.2.0.0") + number % 1000, 1024 + number // 1000, SERVER + number % 7, 80)
    client.connects()
    client.sends(dice.randrange(1, 500))
    client.closes()


def heavy(writer, number):
    """One of the heaviest, a step at a time. Every other one lives for a fortieth of the capture only."""
    client = Client(writer, address("198.51.100.1") + number, 40000 + number, SERVER, 443)
    short = number % 2 == 1
    for _ in range(STEPS * number // (2 * HEAVY_CONNECTIONS)):
        yield
    client.connects()
    for _ in range(SEGMENTS_OF_HEAVY):
        client.sends(HEAVY_SEGMENT_BYTES)
        for _ in range(1 if short else STEPS // (2 * SEGMENTS_OF_HEAVY)):
            yield
    if short:
        client.closes()


def write_capture(path, count, event):
    """`count` events, and the heaviest connections' steps in between; returns the number of packets."""
    writer = CaptureWriter(path)
    dice = random.Random(1)
    heaviest = [heavy(writer, number) for number in range(HEAVY_CONNECTIONS)]
    for number in range(count):
        if number % (count // STEPS) == 0:
            for connection in heaviest:
                next(connection, None)
        event(writer, dice, number)
    writer.close()
    return writer.packets


class SeriesLimitTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed())
        self.folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, count, event):
        path = os.path.join(self.folder, "capture.pcap")
        packets = write_capture(path, count, event)
        for limit in (600, 1000, 5000):
            with self.subTest(limit=limit):
                agent = Agent(self.testbed.client, "-T", path, "--metrics.series-limit", str(limit))
                try:
                    self.check_while_reading(agent, limit, packets)
                    if limit == 5000:
                        self.check_heaviest(agent.metrics())
                finally:
                    agent.close()

    def check_while_reading(self, agent, limit, packets):
        scrapes = 0

        def all_is_read():
            nonlocal scrapes
            scrapes += 1
            metrics = agent.metrics()
            self.check_laws(metrics, limit)
            return metrics.value("tcpgauge_capture_packets_total", protocol="tcp") == packets
        wait_until(all_is_read, "the whole capture is read", READ_SECONDS)
        self.check_laws(agent.metrics(), limit)
        open_metrics = agent.get("/metrics", {"Accept": "application/openmetrics-text"})[1]
        self.assertLessEqual(len(Exposition(open_metrics).samples), limit)
        print(f"  limit {limit}: {packets} packets, {scrapes} scrapes meanwhile", flush=True)

    def check_laws(self, metrics, limit):
        self.assertLessEqual(len(metrics.samples), limit)
        accounts = sum(len(metrics.find(f"tcpgauge_{name}_response_seconds_count"))
                       for name in ("edge", "workload_edge", "workload_edge_other"))
        native_histograms = 2 * accounts  # which text lacks
        self.assertEqual(metrics.value("tcpgauge_series"), len(metrics.samples) + native_histograms)
        for end in ("client", "server"):
            edges = sum(metrics.find(f"tcpgauge_edge_{end}_payload_bytes_total").values())
            retired = metrics.value(f"tcpgauge_edges_retired_{end}_payload_bytes_total")
            self.assertEqual(edges + retired, metrics.value(f"tcpgauge_{end}_payload_bytes_total"))
        opened = sum(metrics.find("tcpgauge_edge_connections_opened_total").values())
        self.assertLessEqual(opened, sum(metrics.find("tcpgauge_connections_opened_total").values()))

    def check_heaviest(self, metrics):
        for what, label in (("connection", "client_port"), ("edge", "client_address")):
            series = metrics.find(f"tcpgauge_{what}_client_payload_bytes_total")
            found = {dict(labels)[label] for labels in series}
            want = {str(40000 + i) if what == "connection" else f"198.51.100.{1 + i}" for i in range(HEAVY_CONNECTIONS)}
            self.assertEqual(want - found, set(), f"{what}: heavy, not exported")

    @slow
    def test_a_syn_flood(self):
        self.check(3_000_000, forged_syn)

    @slow
    def test_a_multitude_of_clients(self):
        self.check(1_000_000, new_client)

    def test_a_port_scan(self):
        self.check(65_535, scanned_port)

    @slow
    def test_short_connections_between_two_scrapes(self):
        self.check(1_000_000, short_connection)
