# SPDX-License-Identifier: Apache-2.0
"""Which edges of a file have series, and under which labels."""
import os
import subprocess
import tempfile
import unittest

from support.agent import binary
from support.exposition import Exposition
from support.synthetic import CaptureWriter, Client, address

BYTES = 100


class EdgesOfFilesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "capture")
        self.writer = CaptureWriter(self.path)

    def connect(self, server, client="10.0.0.1", port=443):
        connection = Client(self.writer, address(client), 40000, address(server), port)
        connection.connects()
        connection.sends(BYTES)
        connection.closes()

    def edges(self, *options, with_other=False):
        """(server's address and port) → connections opened."""
        self.writer.close()
        said = subprocess.run([binary(), "-T", self.path, "--output", "prometheus", *options], check=True,
                              capture_output=True, text=True).stdout
        opened = Exposition(said).find("tcpgauge_edge_connections_opened_total")
        found = {(dict(labels)["server_address"], dict(labels)["server_port"]): count for labels, count in opened.items()}
        other = found.pop(("other", "other"))
        if not with_other:
            self.assertEqual(other, 0)
        return found

    def test_servers_of_the_internet_are_grouped_by_prefix(self):
        for server in ("198.51.100.7", "198.51.100.8", "203.0.113.200", "10.1.2.3", "192.168.4.5", "100.64.0.9"):
            self.connect(server)
        self.connect("198.51.100.9", port=80)
        self.assertEqual(self.edges("--metrics.server-prefix", "24,48"),
                         {("198.51.100.0/24", "443"): 2, ("198.51.100.0/24", "80"): 1, ("203.0.113.0/24", "443"): 1,
                          ("10.1.2.3", "443"): 1, ("192.168.4.5", "443"): 1, ("100.64.0.9", "443"): 1})

    def test_servers_in_named_networks_stay_single(self):
        for server in ("198.51.100.7", "198.51.100.8", "10.1.2.3", "10.1.2.4"):
            self.connect(server)
        self.assertEqual(self.edges("--metrics.server-prefix", "16,48", "--metrics.server-networks", "198.51.100.0/24"),
                         {("198.51.100.7", "443"): 1, ("198.51.100.8", "443"): 1, ("10.1.0.0/16", "443"): 2})

    def test_without_the_option_each_server_is_an_edge(self):
        for server in ("198.51.100.7", "198.51.100.8"):
            self.connect(server)
        self.assertEqual(set(self.edges()), {("198.51.100.7", "443"), ("198.51.100.8", "443")})

    def test_a_file_longer_than_the_first_window_has_no_limit_of_new_edges(self):
        self.connect("10.0.0.2")
        self.writer.passes(70)
        late = [f"10.0.1.{number}" for number in range(1, 31)]
        for server in late:
            self.connect(server)
        self.writer.passes(5)
        self.connect("10.0.0.2")
        edges = self.edges("--metrics.new-edges", "10", with_other=True)
        self.assertEqual(set(edges), {(server, "443") for server in ("10.0.0.2", *late)})
