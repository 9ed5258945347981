# SPDX-License-Identifier: Apache-2.0
"""The final state that the agent prints once: of a file, or of a live capture after --duration."""
import json
import os
import subprocess
import tempfile
import time
import unittest

from support.agent import binary
from support.case import NamespaceCase
from support.example_capture import PAYLOAD_BYTES, write_capture
from support.exposition import Exposition
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation

CLIENT_PAYLOAD = "tcpgauge_connection_client_payload_bytes_total"


class OutputOfFileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "capture.pcap")
        write_capture(self.path)

    def output(self, output_format):
        done = subprocess.run([binary(), "-T", self.path, "--output", output_format], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_table(self):
        lines = self.output("table").splitlines()
        self.assertEqual(len(lines), 3, lines)
        self.assertEqual(lines[0].split()[:3], ["Client", "Server", "State"])
        self.assertEqual(lines[1].split()[:3], ["10.0.0.1:40000", "10.0.0.2:80", "ESTABLISHED"])
        self.assertEqual(lines[2].split()[0], "TOTAL")

    def test_json(self):
        connection, = json.loads(self.output("json"))["connections"]
        self.assertEqual(connection["client"], {"address": "10.0.0.1", "port": 40000})
        self.assertEqual(connection["client_payload_bytes"], PAYLOAD_BYTES)

    def test_prometheus(self):
        exposition = Exposition(self.output("prometheus"))
        self.assertEqual(exposition.value(CLIENT_PAYLOAD, client_address="10.0.0.1"), PAYLOAD_BYTES)

    def test_openmetrics(self):
        text = self.output("openmetrics")
        self.assertTrue(text.endswith("# EOF\n"))
        self.assertIn(CLIENT_PAYLOAD + "{", text)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([binary(), "-T", self.path, "--output", "table"], stdout=full, stderr=subprocess.PIPE,
                                  stdin=subprocess.DEVNULL, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "tcpgauge: cannot write to standard output: No space left on device\n")


class OutputOfLiveCaptureTest(NamespaceCase):
    def test_after_the_duration_the_final_state_is_printed(self):
        testbed = self.own(Testbed())
        conversation = self.own(Conversation(testbed, 8080, keep_listening=True))
        start = time.monotonic()
        agent = self.own(Process(testbed.client.command(binary(), "-i", "client0", "--duration", "2", "--output", "json")))
        while agent.running():
            conversation.client_sends(PAYLOAD_BYTES)
            conversation.server_sends(1)
            time.sleep(0.05)
        self.assertGreaterEqual(time.monotonic() - start, 2)
        self.assertEqual(agent.stderr(), "")
        connection, = json.loads(agent.stdout())["connections"]
        self.assertEqual(connection["client"]["port"], int(conversation.labels["client_port"]))
        self.assertGreaterEqual(connection["client_payload_bytes"], PAYLOAD_BYTES)
