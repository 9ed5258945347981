# SPDX-License-Identifier: Apache-2.0
"""SIGTERM ends the agent within a second, whatever nobody reads, and the connection log holds all that can be written.

The agents listen on the default port of a namespace of their own.
"""
import fcntl
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from support import cleanup, precedence
from support.agent import Agent, binary, fetch
from support.case import NamespaceCase
from support.injector import Injector
from support.marks import alone
from support.namespaces import Testbed
from support.processes import wait_gone
from support.synthetic import CaptureWriter, Client
from support.waiting import wait_until

CONNECTIONS = 60000
CONNECTIONS_OF_FILE = 20000
PAGE = b"." * 4096
OPENED = "tcpgauge_connections_opened_total"


class Unread:
    """A pipe that nobody reads; `full` from the start if it is to be."""

    def __init__(self, full=False):
        self.reader, self.writer = os.pipe()
        if full:
            self.fill()

    def fill(self):
        os.set_blocking(self.writer, False)
        try:
            while True:
                os.write(self.writer, PAGE)
        except BlockingIOError:
            os.set_blocking(self.writer, True)

    def flags(self):
        return fcntl.fcntl(self.writer, fcntl.F_GETFL)

    def text(self):
        """What is in the pipe, without the filling."""
        os.set_blocking(self.reader, False)
        read = b""
        try:
            while True:
                read += os.read(self.reader, 1 << 16)
        except BlockingIOError:
            return read.replace(b".", b"").decode()

    def close(self):
        os.close(self.reader)
        os.close(self.writer)


class BareProcess:
    """An agent with descriptors of the test's choice."""

    def __init__(self, namespace, *options, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL):
        command = namespace.command(binary(), *options) if namespace else [binary(), *options]
        self._process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr)
        self.stdout, self.stdin = self._process.stdout, self._process.stdin
        cleanup.keep(self)

    def signal_and_time(self, signal_number, seconds=30):
        descriptor = os.pidfd_open(self._process.pid)
        try:
            self._process.send_signal(signal_number)
            return wait_gone(descriptor, seconds)
        finally:
            os.close(descriptor)

    def threads(self):
        """The names of its threads."""
        folder = f"/proc/{self._process.pid}/task"
        try:
            return [open(os.path.join(folder, task, "comm")).read().strip() for task in os.listdir(folder)]
        except (FileNotFoundError, ProcessLookupError):
            return []  # a thread has just ended

    def status(self, seconds=60):
        return self._process.wait(seconds)

    def close(self):
        cleanup.release(self)
        self._process.kill()
        self._process.wait()
        for pipe in (self.stdout, self.stdin):
            if pipe:
                pipe.close()


@alone
class NobodyReadsTest(NamespaceCase):
    def setUp(self):
        precedence.take(self)
        precedence.hasten_the_kernel(self)
        self.testbed = self.own(Testbed(ipv6=False))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o777)
        with self.testbed.server.entered():
            self.receiver = socket.create_server(("127.0.0.1", 0))  # takes connections, says nothing
        self.addCleanup(self.receiver.close)

    def start(self, *options, **descriptors):
        agent = self.own(BareProcess(self.testbed.server, "-i", self.testbed.link.server_interface, *options,
                                     **descriptors))
        wait_until(lambda: self.get("/-/ready")[0] == 200, "the agent captures", 60)
        return agent

    def get(self, path):
        return fetch(self.testbed.server, "http://127.0.0.1:10406" + path)

    def connect(self, count):
        injector = self.own(Injector())
        injector.run(self.testbed.client, self.testbed.link.client_interface, "connections", count)
        opened = f'{OPENED}{{origin="handshake"}} {count}\n'
        wait_until(lambda: opened in self.get("/metrics")[1], "all connections are seen", 60)

    def idle_seconds(self):
        """What an agent takes to end on this machine when nothing holds it up."""
        agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface))
        return agent.signal_and_time(signal.SIGTERM)

    def check_ends(self, agent, signals=(signal.SIGTERM,)):
        for number in signals[:-1]:
            agent.signal_and_time(number, 0)
        seconds = agent.signal_and_time(signals[-1])
        self.assertIsNotNone(seconds, "it goes on running")
        self.assertLess(seconds, 1 + self.idle_seconds())

    def begin_listing(self):
        """A request for all connections, whose answer nobody reads."""
        with self.testbed.server.entered():
            client = socket.create_connection(("127.0.0.1", 10406))
        self.addCleanup(client.close)
        client.sendall(b"GET /api/v1/connections?limit=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    def all_at_once(self, log, stdout):
        errors = self.own(Unread(full=True))
        port = self.receiver.getsockname()[1]
        agent = self.start("--connection-log", log, "--buffer-size=65536", "--otlp.endpoint",
                           f"http://127.0.0.1:{port}", stdout=stdout, stderr=errors.writer)
        self.connect(20000)
        self.begin_listing()
        return agent

    def test_a_log_on_a_pipe_and_all_else_at_once(self):
        agent = self.all_at_once("-", self.own(Unread()).writer)
        self.check_ends(agent)
        self.assertEqual(agent.status(), 1, "lines are lost")

    def test_a_log_on_a_named_pipe_without_reader_and_all_else_at_once(self):
        path = os.path.join(self.folder, "pipe")
        os.mkfifo(path)
        os.chmod(path, 0o666)
        agent = self.all_at_once(path, subprocess.DEVNULL)
        self.check_ends(agent, (signal.SIGTERM, signal.SIGINT, signal.SIGTERM))
        self.assertEqual(agent.status(), 1, "lines are lost")

    def test_lost_lines_are_said(self):
        errors = self.own(Unread())
        agent = self.start("--connection-log", "-", "--buffer-size=65536", stdout=self.own(Unread()).writer,
                           stderr=errors.writer)
        self.connect(20000)
        self.check_ends(agent)
        said = errors.text()
        self.assertRegex(said, r"tcpgauge: connection log '-' is not complete; lines lost: \d+\n$")
        self.assertGreater(int(said.rsplit(" ", 1)[1]), 19000)

    def test_standard_error_that_is_full_before_the_start(self):
        errors = self.own(Unread(full=True))
        flags = errors.flags()
        agent = self.start("--log.level=debug", stderr=errors.writer)  # captures all the same
        self.connect(100)
        self.assertEqual(errors.flags(), flags, "what others share is left alone")
        self.check_ends(agent)
        self.assertEqual(agent.status(), 0)

    def test_standard_error_that_fills_up_while_it_captures(self):
        errors = self.own(Unread())
        agent = self.start("--log.level=debug", stderr=errors.writer)
        errors.fill()
        link = self.testbed.link.server_interface
        for _ in range(3):  # each is a line of a capture thread
            self.testbed.server.run("ip", "link", "set", link, "down")
            wait_until(lambda: 'tcpgauge_capture_up{interface="%s"} 0' % link in self.get("/metrics")[1], "down", 60)
            self.testbed.server.run("ip", "link", "set", link, "up")
            wait_until(lambda: 'tcpgauge_capture_up{interface="%s"} 1' % link in self.get("/metrics")[1], "up", 60)
        self.connect(100)
        said = []
        wait_until(lambda: said.append(errors.text()) or "".join(said).count("interface is down") == 3,
                   "who reads again gets the lines", 60)
        self.check_ends(agent)
        self.assertEqual(agent.status(), 0)

    def test_all_lines_of_many_open_connections_are_written(self):
        path = os.path.join(self.folder, "log")
        agent = self.start("--connection-log", path, "--buffer-size=131072")
        self.connect(CONNECTIONS)
        self.check_ends(agent)
        self.assertEqual(agent.status(), 0)
        with open(path) as log:
            lines = [json.loads(line) for line in log]
        self.assertEqual(len(lines), CONNECTIONS)
        self.assertEqual(len({(line["client"]["address"], line["client"]["port"]) for line in lines}), CONNECTIONS)


@alone
class ManyInterfacesTest(NamespaceCase):
    INTERFACES = 40

    def test_their_sockets_are_closed_together(self):
        # The kernel takes 25 ms to close each, while nothing hastens it.
        precedence.take(self)
        testbed = self.own(Testbed(ipv6=False))
        names = [f"many{number}" for number in range(self.INTERFACES)]
        for name, peer in zip(names[::2], names[1::2]):
            testbed.server.run("ip", "link", "add", name, "type", "veth", "peer", "name", peer)
        for name in names:
            testbed.server.run("ip", "link", "set", name, "up")
        agent = self.own(Agent(testbed.server, "--workers=2", "--buffer-size=512",
                               *[word for name in names for word in ("-i", name)]))
        seconds = agent.signal_and_time(signal.SIGTERM)
        self.assertIsNotNone(seconds)
        self.assertLess(seconds, 1)
        self.assertEqual(agent.wait(), 0)
        self.assertNotIn("a second was over", agent.stderr())


class FileTest(unittest.TestCase):
    """Without haste, the writer is waited for while it makes progress."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.capture = os.path.join(folder.name, "capture.pcap")
        writer = CaptureWriter(self.capture)
        for number in range(CONNECTIONS_OF_FILE):
            Client(writer, 0x0a000000 + number, 40000, 0xc0000201, 80).connects()
        writer.close()

    def start(self, *options, **descriptors):
        agent = BareProcess(None, "-T", self.capture, "--web.listen-address=", *options, **descriptors)
        self.addCleanup(agent.close)
        return agent

    def test_a_slow_reader_gets_all_lines(self):
        agent = self.start("--connection-log", "-", stdout=subprocess.PIPE)
        lines = 0
        # Not as fast as the agent, so that the pipe is full most of the time.
        while chunk := os.read(agent.stdout.fileno(), 1000):
            lines += chunk.count(b"\n")
        self.assertEqual(lines, CONNECTIONS_OF_FILE)
        self.assertEqual(agent.status(), 0)

    def test_a_reader_that_stops_is_given_up_and_the_lost_lines_are_said(self):
        errors, output = Unread(), Unread()
        self.addCleanup(errors.close)
        self.addCleanup(output.close)
        agent = self.start("--connection-log", "-", stdout=output.writer, stderr=errors.writer)
        self.assertEqual(agent.status(), 1)
        lost = int(errors.text().rsplit(" ", 1)[1])
        self.assertEqual(output.text().count("\n") + lost, CONNECTIONS_OF_FILE)

    def test_a_final_state_that_nobody_reads_is_given_up(self):
        output = Unread(full=True)
        self.addCleanup(output.close)
        agent = self.start("--output=json", stdout=output.writer)
        self.assertEqual(agent.status(), 1)

    def test_sigterm_while_the_final_state_is_not_read(self):
        output = Unread(full=True)
        self.addCleanup(output.close)
        errors = Unread()
        self.addCleanup(errors.close)
        agent = self.start("--output=json", "--log.level=debug", stdout=output.writer, stderr=errors.writer)
        # The thread of the log is the last besides the main one, which waits for the reader.
        wait_until(lambda: len(agent.threads()) == 2 and "log" in agent.threads(), "the file is read", 60)
        self.assertLess(agent.signal_and_time(signal.SIGTERM), 4, "without the signal it would be 5 s")
        self.assertEqual(agent.status(), 1)

    def test_all_workers_of_a_file_write_their_lines(self):
        agent = self.start("--connection-log", "-", "--workers=2", stdout=subprocess.PIPE)
        lines = []
        reader = threading.Thread(target=lambda: lines.append(agent.stdout.read().count(b"\n")))
        reader.start()
        self.assertEqual(agent.status(), 0)
        reader.join()
        self.assertEqual(lines, [CONNECTIONS_OF_FILE])
