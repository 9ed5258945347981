# SPDX-License-Identifier: Apache-2.0
"""What the agent tells a service manager, and the sockets that it takes from one.

A unix socket stands in for systemd's: no systemd runs here.
"""
import os
import select
import signal
import socket
import sys
import tempfile
import time

from support.agent import Agent, binary, fetch, listen_address
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process
from support.threads import StoppedThread, capture_thread
from support.waiting import wait_until

# Becomes the agent, as systemd starts it: with the sockets from descriptor 3 on, and their number for its process.
_PASS = """
import fcntl, os, sys
passed = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 100) for number in sys.argv[1].split()]
for index, descriptor in enumerate(passed):
    os.dup2(descriptor, 3 + index)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(passed)))
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Manager:
    """The socket of a service manager in a new folder."""

    def __init__(self, case):
        folder = case.enterContext(tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-"))
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "notify")
        self._socket = case.own(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self._socket.bind(path)
        os.chmod(path, 0o777)
        self.variables = {**os.environ, "NOTIFY_SOCKET": path}

    def next(self, seconds=30):
        """{name: value} of the next message; None when none comes."""
        if not select.select([self._socket], [], [], seconds)[0]:
            return None
        return dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())

    def messages_for(self, seconds):
        found = []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = self.next(left)
            if message is not None:
                found.append(message)
        return found


class ServiceManagerTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        self.manager = Manager(self)

    def agent(self, **variables):
        return self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface,
                              environment={**self.manager.variables, **variables}))

    def test_it_is_told_of_start_state_and_end(self):
        agent = self.agent(WATCHDOG_USEC="1000000")
        self.assertEqual(self.manager.next()["READY"], "1")
        message = self.manager.next()
        self.assertRegex(message["STATUS"], "^0 connections on " + self.testbed.link.server_interface)
        self.assertIsNotNone(agent.signal_and_time(signal.SIGTERM))
        self.assertEqual(self.manager.messages_for(0.1)[-1], {"STOPPING": "1", "STATUS": "ending"})

    def test_the_watchdog_is_fed_only_while_capture_makes_progress(self):
        agent = self.agent(WATCHDOG_USEC="400000")
        self.assertEqual(self.manager.next()["READY"], "1")
        self.assertGreaterEqual(sum("WATCHDOG" in message for message in self.manager.messages_for(2)), 5)
        stopped = StoppedThread(wait_until(lambda: capture_thread(agent.pid), "a thread named capture"))
        try:
            wait_until(lambda: "WATCHDOG" not in self.manager.next(), "a message without the watchdog's food", 60)
            for message in self.manager.messages_for(1):
                self.assertEqual(message, {"STATUS": "a capture thread makes no progress"})
        finally:
            stopped.close()
        wait_until(lambda: "WATCHDOG" in self.manager.next(), "the watchdog is fed again", 30)

    def test_nobody_is_told_before_everything_is_open(self):
        agent = self.own(Process(self.testbed.server.command(binary(), "-i", "nosuch0"), env=self.manager.variables))
        self.assertEqual(agent.wait(), 1)
        self.assertEqual(self.manager.messages_for(0.1), [])

    def started_with(self, *sockets):
        numbers = [passed.fileno() for passed in sockets]
        return self.own(Process(self.testbed.server.command(
            sys.executable, "-c", _PASS, " ".join(map(str, numbers)), binary(), "-i",
            self.testbed.link.server_interface, "--web.systemd-socket"), keep=numbers))

    def test_it_serves_on_the_sockets_that_are_passed(self):
        with self.testbed.server.entered():
            first = self.own(socket.create_server(("127.0.0.1", 0)))
            second = self.own(socket.create_server(("127.0.0.1", 0)))
        agent = self.started_with(first, second)
        wait_until(lambda: listen_address(agent.stderr()), "the agent listens")
        for passed in (first, second):
            address = "127.0.0.1:%d" % passed.getsockname()[1]
            self.assertIn(f"address=http://{address}", agent.stderr())
            self.assertEqual(fetch(self.testbed.server, f"http://{address}/metrics")[0], 200)
        self.assertIsNotNone(agent.signal_and_time(signal.SIGTERM))

    def test_a_socket_that_does_not_listen_is_an_error_of_the_environment(self):
        agent = self.started_with(self.own(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
        self.assertEqual(agent.wait(), 1)
        self.assertIn("it is no stream socket that listens", agent.stderr())
        agent = self.started_with()
        self.assertEqual(agent.wait(), 1)
        self.assertIn("systemd passed no socket", agent.stderr())
