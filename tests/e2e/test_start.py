# SPDX-License-Identifier: Apache-2.0
"""The first steps of the agent: missing standard descriptors, and limits that leave it too little."""
import itertools
import json
import os
import re
import signal
import stat
import subprocess
import tempfile

from support.agent import binary, fetch
from support.case import NamespaceCase
from support.example_capture import write_capture
from support.namespaces import Testbed
from support.processes import Process
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import wait_until

PORT = 9100  # of the test's own namespace
LOADER_FAILED = 127  # the dynamic loader ran out itself, before the agent began
# Of nobody else, so that RLIMIT_NPROC counts only the agent.
LONELY_USER = 1234567


def opened(pid):
    """What each descriptor of the process is: {number: (target of the link, flags)}."""
    descriptors = {}
    for number in map(int, os.listdir(f"/proc/{pid}/fd")):
        try:
            with open(f"/proc/{pid}/fdinfo/{number}") as file:
                flags = int(re.search(r"^flags:\s*(\d+)", file.read(), re.M).group(1), 8)
            descriptors[number] = (os.readlink(f"/proc/{pid}/fd/{number}"), flags)
        except FileNotFoundError:
            pass  # the process has closed it since: sockets that ask the kernel live briefly
    return descriptors


class DescriptorsTest(NamespaceCase):
    def test_missing_standard_descriptors_are_the_null_device(self):
        for count in (1, 2, 3):
            for closed in itertools.combinations((0, 1, 2), count):
                with self.subTest(closed=closed):
                    self.check(closed)

    def check(self, closed):
        testbed = self.own(Testbed())
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            redirections = " ".join(f"{number}>&-" for number in closed)
            agent = self.own(Process(testbed.server.command(
                "sh", "-c", f'exec "$@" {redirections}', "sh", binary(), "-i", "server0", "--connection-log", log,
                f"--web.listen-address=127.0.0.1:{PORT}")))
            url = f"http://127.0.0.1:{PORT}"
            wait_until(lambda: fetch(testbed.server, f"{url}/-/ready")[0] == 200, "the agent is ready", 60)
            descriptors = opened(agent.pid)
            for number in (0, 1, 2):
                target, flags = descriptors[number]
                if number in closed:
                    self.assertEqual(target, "/dev/null")
                    self.assertEqual(flags & os.O_ACCMODE, os.O_RDONLY if number == 0 else os.O_WRONLY)
                else:
                    self.assertTrue(stat.S_ISREG(os.stat(f"/proc/{agent.pid}/fd/{number}").st_mode) or
                                    target == "/dev/null", target)
            self.assertIn(log, [target for target, _ in descriptors.values()])
            conversation = self.own(Conversation(testbed, 7000))
            conversation.client_sends(1000)
            counted = re.compile(r"^tcpgauge_connection_client_payload_bytes_total\{.*\} 1000$", re.M)
            wait_until(lambda: counted.search(fetch(testbed.server, f"{url}/metrics")[1]), "the conversation is counted", 30)
            agent.signal(signal.SIGTERM)
            self.assertEqual(agent.wait(), 0)
            with open(log) as file:  # messages of the agent would break these lines
                lines = [json.loads(line) for line in file]
            self.assertEqual([line["client_payload_bytes"] for line in lines], [1000])
            self.assertEqual(agent.stdout(), "")


class LimitsTest(NamespaceCase):
    tools = ("prlimit", "setpriv")

    def setUp(self):
        self.testbed = self.own(Testbed())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        # The lonely user has to read them.
        self.program = os.path.join(folder.name, "tcpgauge")
        subprocess.run(["cp", binary(), self.program], check=True)
        os.chmod(self.program, 0o755)
        self.capture = os.path.join(folder.name, "capture")
        write_capture(self.capture)
        os.chmod(self.capture, 0o644)
        config = os.path.join(folder.name, "web.yml")
        with open(config, "w") as file:
            file.write("http_server_config: {headers: {X-Frame-Options: deny}}\n")
        os.chmod(config, 0o644)
        live = ["-i", "server0", "--duration", "0.1", "--web.listen-address=127.0.0.1:0"]
        self.options = {
            "file": ["-T", self.capture, "--web.listen-address="],
            "live": live,
            "workers": [*live, "--workers", "4"],
            "connection log": [*live, "--connection-log", "/dev/null"],
            "push": [*live, "--otlp.endpoint", "http://127.0.0.1:9"],
            "configuration": [*live, "--web.config.file", config],
        }

    def run_under(self, limits, options, user=()):
        """Runs the agent to its end; returns whether it worked. Otherwise it must say why in one line."""
        done = subprocess.run(self.testbed.server.command("prlimit", *limits, "--", *user, self.program, *options),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        said = [line for line in done.stderr.splitlines() if "level=" not in line]
        if done.returncode == 0:
            self.assertEqual(said, [])
            return True
        if done.returncode == LOADER_FAILED:
            self.assertIn("error while loading shared libraries", done.stderr)
            return False
        self.assertEqual((done.returncode, len(said)), (1, 1), f"{limits} {options}: {done.stderr}")
        self.assertRegex(said[0], r"^tcpgauge: .*\(ulimit -[a-z]\)")
        return False

    def sweep(self, limit, values, names=None, user=()):
        """Raises the limit: the agent fails with the first value and works with the last."""
        for name in names or self.options:
            with self.subTest(limit=limit, options=name):
                worked = [self.run_under([f"--{limit}={value}"], self.options[name], user) for value in values]
                self.assertFalse(worked[0])
                self.assertTrue(worked[-1])

    def test_few_descriptors(self):
        self.sweep("nofile", [*range(3, 40, 2), 256], ["live"])
        self.sweep("nofile", [*range(4, 64, 5), 256], ["workers", "connection log", "push", "configuration"])

    def test_little_address_space(self):
        mebibytes = [20, 40, 60, 100, 200, 300, 350, 400, 450, 500, 550, 600, 700, 800, 900, 4000]
        self.sweep("as", [count << 20 for count in mebibytes], ["file", "workers"])

    def test_little_data(self):
        self.sweep("data", [count << 20 for count in (2, 8, 32, 128, 4000)], ["file", "workers"])

    def test_few_processes(self):
        user = ("setpriv", f"--reuid={LONELY_USER}", f"--regid={LONELY_USER}", "--clear-groups",
                "--inh-caps=+net_raw", "--ambient-caps=+net_raw")
        self.sweep("nproc", [1, 3, 4, 5, 6, 8, 10, 64], user=user)

    def test_a_small_stack(self):
        self.sweep("stack", [128 << 10, 500 << 10, 512 << 10, 1 << 20], ["live", "workers"])

    def test_a_huge_stack_is_only_the_main_threads(self):
        for name in self.options:
            self.assertTrue(self.run_under([f"--stack={1 << 46}"], self.options[name]), name)

    def test_the_top_view_gives_the_terminal_back(self):
        terminal = self.own(Terminal(self.testbed.server))
        for count in (*range(4, 24, 3), 256):
            view = terminal.start("prlimit", f"--nofile={count}", self.program, "--tui", "-i", "server0",
                                  "--duration", "0.1", "--web.listen-address=")
            self.assertIn(view.status(), (0, 1), terminal.screen())
            terminal.wait_given_back()
            self.assertFalse(any("terminate called" in line for line in terminal.screen()), terminal.screen())
