# SPDX-License-Identifier: Apache-2.0
"""Interfaces whose names contain quotes, backslashes and escape sequences.

The agent shows such names as text, and they have no effect.
"""
import json
import signal

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Namespace
from support.processes import Process

# All that the kernel lets through (dev_valid_name): no white space, no '/' or ':', 15 bytes at most.
NAME = 'q"}\\1\x1b[31m{\x07'
CONTROL = "[\x00-\x09\x0b-\x1f\x7f]"


class HostileNamesTest(NamespaceCase):
    def setUp(self):
        self.namespace = self.own(Namespace())
        self.namespace.run("ip", "link", "add", NAME, "type", "veth", "peer", "name", "peer")
        self.namespace.run("ip", "link", "set", "peer", "up")
        self.namespace.run("ip", "link", "set", NAME, "up")

    def test_a_newline_is_no_part_of_a_name(self):
        for name in ("a\nb", "a b", "a/b", "a:b"):
            with self.subTest(name=name), self.assertRaises(RuntimeError):
                self.namespace.run("ip", "link", "add", name, "type", "veth")

    def test_metrics_json_and_log_hold_it_as_text(self):
        agent = self.own(Agent(self.namespace, "-i", NAME))
        # As in the text format: backslash and quote are escaped.
        labels = {"interface": NAME.replace("\\", "\\\\").replace('"', '\\"')}
        self.assertEqual(agent.metrics().value("tcpgauge_capture_up", **labels), 1)
        for path in ("/api/v1/status", "/api/v1/connections"):
            interfaces = json.loads(agent.get(path)[1])["interfaces"]
            self.assertEqual([interface["name"] for interface in interfaces], [NAME])
        self.namespace.run("ip", "link", "set", NAME, "down")
        agent.wait_for("tcpgauge_capture_up", lambda value: value == 0, "it is down", 30, **labels)
        agent.signal(signal.SIGTERM)
        self.assertEqual(agent.wait(), 0)
        self.assertIn("interface is down", agent.stderr())
        self.assertNotRegex(agent.stderr(), CONTROL, "a control character in the log")

    def test_what_is_printed_has_no_control_characters(self):
        for options in (("--list-interfaces",), ("-i", "missing0"), ("-i", NAME, "port", "x")):
            with self.subTest(options=options):
                process = self.own(Process(self.namespace.command(binary(), *options)))
                process.wait()
                said = process.stdout() + process.stderr()
                self.assertNotRegex(said, CONTROL)
                self.assertEqual("31m{" in said, "port" not in options, said)
