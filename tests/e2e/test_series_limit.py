"""The four laws of the exposition, under traffic made to break them."""
import os
import random
import tempfile

from support.agent import Agent
from support.case import NamespaceCase
from support.exposition import Exposition
from support.namespaces import Testbed
from support.synthetic import SYN, CaptureWriter, address
from support.waiting import wait_until

SERVER = address("192.0.2.1")
HEAVY = [(address("198.51.100.1") + i, 40000 + i, 1000 + i) for i in range(20)]  # client, port, payload


def syn_flood(writer, dice):
    for _ in range(100_000):
        writer.segment(dice.getrandbits(32), dice.getrandbits(16), SERVER, 443, SYN, dice.getrandbits(32))


def many_clients(writer, dice):
    for client in range(60_000):
        writer.connection(address("10.0.0.0") + client, 50000, SERVER, 443, dice.randrange(1, 200))


def port_scan(writer, dice):
    for port in range(1, 65536):
        writer.segment(address("10.1.1.1"), 50000 + dice.randrange(1000), SERVER, port, SYN, port)


def short_connections(writer, dice):
    for i in range(60_000):
        writer.connection(address("10.2.0.0") + i % 1000, 1024 + i // 1000, SERVER + i % 7, 80, dice.randrange(1, 500))


class SeriesLimitTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed())

    def expose(self, traffic, *options):
        """The final exposition of a capture of `traffic` around twenty heavy connections, and what was sent."""
        dice = random.Random(1)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "capture.pcap")
            writer = CaptureWriter(path)
            for client, port, payload in HEAVY[:10]:
                writer.connection(client, port, SERVER, 443, payload)
            traffic(writer, dice)
            for client, port, payload in HEAVY[10:]:
                writer.connection(client, port, SERVER, 443, payload)
            writer.close()
            agent = self.own(Agent(self.testbed.client, "-T", path, "--max-connections", "20000", *options))
            packets = (os.path.getsize(path) - 24) // 56
            wait_until(lambda: agent.metrics().value("tcpgauge_capture_packets_total", protocol="tcp") == packets,
                       "the whole capture is read", 60)
            return agent

    def check(self, traffic):
        for limit in (300, 1000, 5000):
            with self.subTest(limit=limit):
                agent = self.expose(traffic, "--metrics.series-limit", str(limit))
                metrics = agent.metrics()
                self.assertLessEqual(len(metrics.samples), limit)
                self.assertEqual(metrics.value("tcpgauge_series"), len(metrics.samples))
                open_metrics = agent.get("/metrics", {"Accept": "application/openmetrics-text"})[1]
                self.assertLessEqual(len(Exposition(open_metrics).samples), limit)
                for end in ("client", "server"):
                    edges = sum(metrics.find(f"tcpgauge_edge_{end}_payload_bytes_total").values())
                    retired = metrics.value(f"tcpgauge_edges_retired_{end}_payload_bytes_total")
                    self.assertEqual(edges + retired, metrics.value(f"tcpgauge_{end}_payload_bytes_total"))
                opened = sum(metrics.find("tcpgauge_edge_connections_opened_total").values())
                self.assertLessEqual(opened, sum(metrics.find("tcpgauge_connections_opened_total").values()))
                if limit == 5000:
                    self.check_heaviest(metrics)

    def check_heaviest(self, metrics):
        connections = {dict(labels)["client_port"]
                       for labels in metrics.find("tcpgauge_connection_client_payload_bytes_total")}
        self.assertEqual([port for _, port, _ in HEAVY if str(port) not in connections], [], "heavy, not exported")

    def test_a_syn_flood(self):
        self.check(syn_flood)

    def test_a_multitude_of_clients(self):
        self.check(many_clients)

    def test_a_port_scan(self):
        self.check(port_scan)

    def test_short_connections_between_two_scrapes(self):
        self.check(short_connections)
