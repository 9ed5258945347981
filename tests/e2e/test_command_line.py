# SPDX-License-Identifier: Apache-2.0
"""Mistakes on the command line.

Each is reported in one line that names the mistake, with the right exit status, and leaves the terminal as it was.
"""
import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from support.agent import binary
from support.terminal import Terminal

USAGE = 2
ENVIRONMENT = 1
NOBODY = 65534


def run(*options, program=None, env=None, command=()):
    """Runs the agent to its end, which none of these may take long to find."""
    return subprocess.run([*command, program or binary(), *options], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})


class CommandLineTest(unittest.TestCase):
    def check(self, done, status, *named):
        """One line on standard error that holds all of `named`, nothing on standard output, that exit status."""
        said = done.stderr
        self.assertEqual(done.returncode, status, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        for words in named:
            self.assertIn(words, said)
        self.assertEqual(done.stdout, "")

    def check_usage(self, options, *named, env=None):
        self.check(run(*options, env=env), USAGE, *named)

    def check_environment(self, options, *named, env=None):
        self.check(run(*options, env=env), ENVIRONMENT, *named)

    def need_root(self):
        if os.geteuid() != 0:
            self.skipTest("capturing needs root")

    def test_unknown_interface_is_named(self):
        self.need_root()
        self.check_environment(["-i", "nosuch0"], "nosuch0")

    def test_one_unknown_interface_among_good_ones_is_named(self):
        self.need_root()
        self.check_environment(["-i", "lo", "-i", "nosuch0", "--web.listen-address="], "nosuch0")

    def test_bad_filter_is_named(self):
        self.need_root()
        self.check_usage(["-i", "lo", "--web.listen-address=", "prt", "80"], "prt 80")

    def test_a_telemetry_path_that_another_page_has_is_named(self):
        with _capture_file() as path:
            for taken in ("/-/healthy", "/-/ready", "/api/v1/status", "/api/v1/connections", "/-/healthy/", "//-/ready",
                          "/x/../-/healthy"):
                self.check_usage(["-T", path, "--web.listen-address", "127.0.0.1:0", "--web.telemetry-path", taken],
                                 f"--web.telemetry-path: '{taken}'", "none of /-/healthy, /-/ready, /")

    def test_bad_filter_for_a_file_is_named(self):
        with _capture_file() as path:
            self.check_usage(["-T", path, "--web.listen-address=", "prt", "80"], "prt 80")

    def test_missing_file_is_named(self):
        self.check_environment(["-T", "/nonexistent/capture.pcap"], "/nonexistent/capture.pcap")

    def test_top_view_without_a_terminal_starts_nothing(self):
        self.check(run("--tui", "-T", "/nonexistent/capture.pcap"), ENVIRONMENT, "--tui needs a terminal")

    def test_file_that_is_no_capture_is_named(self):
        self.check_usage(["-T", __file__], __file__)

    def test_unknown_option_is_named(self):
        self.check_usage(["--no-such-option"], "--no-such-option")

    def test_unknown_short_option_is_named(self):
        self.check_usage(["-Z"], "-Z")

    def test_option_without_its_value_is_named(self):
        self.check_usage(["-i"], "interface")

    def test_bad_values_are_named(self):
        for option, value in (("-r", "soon"), ("-r", "-1"), ("--rate-window", "0"), ("--max-connections", "many"),
                              ("--max-connections", "0"), ("--workers", "0"), ("--snaplen", "-5"),
                              ("--web.listen-address", "nowhere"), ("--web.listen-address", "127.0.0.1:99999"),
                              ("--log.level", "loud"), ("--log.format", "xml")):
            with self.subTest(option=option, value=value):
                # One word, or a value that begins with a dash would be taken for an option.
                joined = option + ("=" if option.startswith("--") else "") + value
                self.check_usage(["-i", "lo", joined], option.lstrip("-") if option != "-r" else "remove-after", value)

    def test_bad_value_from_the_environment_is_named(self):
        self.check_usage(["-i", "lo"], "soon", env={"TCPGAUGE_REMOVE_AFTER": "soon"})

    def test_environment_gives_options(self):
        self.need_root()
        self.check_environment([], "nosuch0", env={"TCPGAUGE_INTERFACE": "nosuch0"})

    def test_command_line_beats_environment(self):
        self.need_root()
        self.check_environment(["-i", "nosuch1"], "nosuch1", env={"TCPGAUGE_INTERFACE": "nosuch0"})

    def test_port_in_use_is_named(self):
        self.need_root()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.check_environment(["-i", "lo", "--web.listen-address=" + address], address)

    def test_help_and_version_succeed(self):
        for option, words in (("-h", "--interface"), ("--help", "--web.listen-address"), ("-v", "tcpgauge"),
                              ("--version", "libpcap")):
            with self.subTest(option=option):
                done = run(option)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn(words, done.stdout)

    def test_no_privilege_names_the_capability_to_grant(self):
        self.need_root()
        if not shutil.which("setpriv"):
            self.skipTest("setpriv (Debian's util-linux) is missing")
        # The build's folder may be closed to nobody.
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program = shutil.copy(binary(), folder)
            os.chmod(program, 0o755)
            done = run("-i", "lo", "--web.listen-address=", program=program, command=(
                "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"))
        self.check(done, ENVIRONMENT, "setcap", "cap_net_raw")

    def test_what_no_interface_can_be_called_is_not_waited_for(self):
        self.need_root()
        for name in ("much-too-long-for-it", "a/b", "eth0:1"):
            self.check(run("-i", name, "--wait", "--web.listen-address="), USAGE, name)

    def test_root_without_the_capability_is_told_the_same(self):
        self.need_root()
        done = run("-i", "lo", "--web.listen-address=",
                   command=("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"))
        self.assertEqual(done.returncode, ENVIRONMENT, done.stderr)
        self.assertIn("cap_net_raw", done.stderr.lower())

    def test_an_error_leaves_the_terminal_as_it_was(self):
        self.need_root()
        if not shutil.which("tmux"):
            self.skipTest("tmux is missing")
        terminal = Terminal()
        self.addCleanup(terminal.close)
        settings = terminal.shell("stty -a")
        for options, named, status in ((("-i", "nosuch0"), "nosuch0", ENVIRONMENT), (("-i", "lo", "prt"), "prt", USAGE),
                                       (("-Z",), "-Z", USAGE)):
            view = terminal.start(binary(), "--tui", "--web.listen-address=", *options)
            self.addCleanup(view.close)
            self.assertEqual(view.status(), status)
            terminal.wait_for(lambda screen: any(named in line and "tcpgauge" in line for line in screen), named)
            self.assertFalse(terminal.full_screen())
            self.assertTrue(terminal.cursor_visible())
            self.assertEqual(terminal.shell("stty -a"), settings)


def _capture_file():
    """An empty but valid capture of Ethernet frames."""
    file = tempfile.NamedTemporaryFile(suffix=".pcap")
    header = (0xA1B2C3D4).to_bytes(4, "little") + bytes((2, 0, 4, 0)) + bytes(8)
    file.write(header + (65535).to_bytes(4, "little") + (1).to_bytes(4, "little"))
    file.flush()
    return _Named(file)


class _Named:
    """A temporary file that `with` gives by its path."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self._file.name

    def __exit__(self, *_):
        self._file.close()
