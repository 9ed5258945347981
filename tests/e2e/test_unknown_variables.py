# SPDX-License-Identifier: Apache-2.0
"""The warning of a variable that is not the variable of an option."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from support.agent import binary
from support.example_capture import write_capture
from support.terminal import Terminal

MISTYPED = {"TCPGAUGE_METRIC_EDGES": "10"}
WARNING = "TCPGAUGE_METRIC_EDGES is not an option; did you mean TCPGAUGE_METRICS_EDGES?"
OF_A_SERVICE = {"TCPGAUGE_SERVICE_HOST": "10.96.0.7", "TCPGAUGE_SERVICE_PORT": "10406",
                "TCPGAUGE_SERVICE_PORT_METRICS": "10406", "TCPGAUGE_PORT": "tcp://10.96.0.7:10406",
                "TCPGAUGE_PORT_10406_TCP": "tcp://10.96.0.7:10406", "TCPGAUGE_PORT_10406_TCP_PROTO": "tcp",
                "TCPGAUGE_PORT_10406_TCP_PORT": "10406", "TCPGAUGE_PORT_10406_TCP_ADDR": "10.96.0.7",
                "TCPGAUGE_WEB_SERVICE_HOST": "10.96.0.8", "TCPGAUGE_WEB_PORT": "tcp://10.96.0.8:80",
                "TCPGAUGE_WEB_PORT_80_TCP_PROTO": "tcp"}


class UnknownVariableTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.capture = os.path.join(folder.name, "capture.pcap")
        write_capture(self.capture)

    def said(self, *options, status=0, **variables):
        """The lines on standard error of an agent that reads the capture."""
        done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address=", *options], capture_output=True,
                              timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, **variables})
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode().splitlines()

    def test_the_nearest_variable_is_named(self):
        (line,) = self.said(**MISTYPED)
        self.assertIn(f'level=warn msg="unknown variable in the environment" error="{WARNING}"', line)

    def test_the_log_has_its_format_and_its_level(self):
        (line,) = self.said("--log.format=json", **MISTYPED)
        self.assertEqual(json.loads(line)["error"], WARNING)
        self.assertEqual(self.said("--log.level=error", **MISTYPED), [])
        self.assertEqual(self.said(TCPGAUGE_LOG_LEVEL="error", **MISTYPED), [])

    def test_hostile_bytes_in_a_name_are_escaped(self):
        (line,) = self.said(**{"TCPGAUGE_\x1b[31m\n\udcff": "1"})
        self.assertIn(r"TCPGAUGE_\u001b[31m\n", line)
        self.assertNotIn("\x1b", line)

    def test_an_error_follows_the_warning(self):
        first, last = self.said("prt", "80", status=2, **MISTYPED)
        self.assertIn(WARNING, first)
        self.assertIn("tcpgauge: filter 'prt 80'", last)

    def test_the_top_view_is_left_before_the_warning_appears(self):
        if not shutil.which("tmux"):
            self.skipTest("tmux is missing")
        terminal = Terminal(columns=150)
        self.addCleanup(terminal.close)
        view = terminal.start("env", *(f"{name}={value}" for name, value in MISTYPED.items()), binary(), "--tui", "-T",
                              self.capture, "--web.listen-address=")
        self.addCleanup(view.close)
        terminal.wait_for(lambda screen: any("TOTAL" in line for line in screen), "the top view")
        self.assertNotIn(WARNING, "".join(terminal.screen()))
        terminal.key("q")
        self.assertEqual(view.status(), 0)
        terminal.wait_for(lambda screen: WARNING in "".join(screen), "the warning")

    def test_what_kubernetes_sets_for_a_service_is_no_mistake(self):
        self.assertEqual(self.said(**OF_A_SERVICE), [])


if __name__ == "__main__":
    unittest.main()
