# SPDX-License-Identifier: Apache-2.0
"""The connection log: when it is rotated, when the disk is full, and when the agent is killed."""
import json
import os
import random
import signal
import socket
import tempfile

from support import precedence
from support.agent import Agent
from support.case import NamespaceCase
from support.marks import alone
from support.namespaces import Testbed, run
from support.traffic import Conversation
from support.waiting import wait_until

# KILLS=100 is the run that RELIABILITY.md tells of.
KILLS = int(os.environ.get("KILLS", "10"))
LINES = "tcpgauge_connection_log_lines_total"
LOST = "tcpgauge_connection_log_lost_total"
CLOSED = "tcpgauge_connections_closed_total"


class ConnectionLogTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o777)  # whoever the agent becomes may make files here
        self.log = os.path.join(self.folder, "log")

    def start(self, *options):
        return self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, "-r", "0.1",
                              "--connection-log", self.log, *options))

    def connect(self, count=1, port=7000):
        for _ in range(count):
            conversation = Conversation(self.testbed, port)
            conversation.client_sends(100)
            conversation.close()

    def lines(self, path=None):
        """Each of them must be whole."""
        with open(path or self.log) as file:
            text = file.read()
        self.assertTrue(text == "" or text.endswith("\n"), text[-100:])
        return [json.loads(line) for line in text.splitlines()]

    def wait_for_lines(self, count, what, path=None):
        """Until there are so many. What is being written meanwhile need not be whole yet."""
        def written():
            with open(path or self.log) as file:
                return file.read().count("\n")
        wait_until(lambda: written() >= count, what, 30)
        self.assertEqual(len(self.lines(path)), count)

    def test_sighup_begins_it_anew(self):
        agent = self.start()
        self.connect(3)
        self.wait_for_lines(3, "three lines")
        os.rename(self.log, self.log + ".1")
        self.connect(2)
        self.wait_for_lines(5, "the renamed file goes on", self.log + ".1")
        agent.signal(signal.SIGHUP)
        wait_until(lambda: os.path.exists(self.log), "a new file", 30)
        self.connect(4)
        self.wait_for_lines(4, "four lines in the new file")
        self.assertEqual(len(self.lines(self.log + ".1")), 5)
        self.assertTrue(agent.running())
        # They are counted after they are written.
        agent.wait_for(LINES, lambda count: count == 9, "all lines are counted", 30)
        self.assertEqual(sum(agent.metrics().find(LOST).values()), 0)

    def test_sighup_without_permission_keeps_the_former_file(self):
        agent = self.start()
        os.rename(self.log, self.log + ".1")
        os.chmod(self.folder, 0o755)
        agent.signal(signal.SIGHUP)
        wait_until(lambda: "the old file stays in use" in agent.stderr(), "the refusal is told", 30)
        self.connect(2)
        self.wait_for_lines(2, "the former file goes on", self.log + ".1")

    def test_a_full_disk_leaves_whole_lines_and_is_counted(self):
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        run("mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tcpgauge-e2e", disk)
        self.addCleanup(run, "umount", "-l", disk)
        self.log = os.path.join(disk, "log")
        agent = self.start()
        with open(os.path.join(disk, "ballast"), "wb") as ballast:
            ballast.write(bytes(48 << 10))
        self.connect(60)  # some forty kilobytes
        agent.wait_for(LOST, lambda count: count > 0, "lost lines are counted", 30, reason="write_error")
        # What is lost is counted before it is told.
        wait_until(lambda: "connection log cannot be written" in agent.stderr(), "the error is told", 30)
        agent.wait_for(CLOSED, lambda count: count == 60, "capture goes on", 30, reason="fin")

        def logged():
            metrics = agent.metrics()
            return metrics.value(LINES) + metrics.value(LOST, reason="write_error")
        # The log's thread may still be at it.
        wait_until(lambda: logged() == 60, "each line is written or lost", 30)
        self.assertEqual(agent.stderr().count("connection log cannot be written"), 1, "told at most once a minute")
        kept = len(self.lines())
        lost = agent.metrics().value(LOST, reason="write_error")
        self.assertEqual(kept + lost, 60)
        os.remove(os.path.join(disk, "ballast"))
        self.connect(5)
        self.wait_for_lines(kept + 5, "it goes on when there is room again")

    def test_killed_at_any_moment_it_leaves_whole_lines_for_the_next(self):
        dice = random.Random(1)
        for number in range(KILLS):
            agent = self.start()
            lines = len(self.lines())  # the start has cut off what was left of a line
            self.connect(dice.randrange(1, 30), 7000 + number)
            # Anywhere while lines are written, or a little later.
            wait_until(lambda: os.path.getsize(self.log) > lines or True, "now")
            agent.signal(signal.SIGKILL)
            agent.wait()
        agent = self.start()
        before = len(self.lines())
        self.connect(1, 6999)
        self.wait_for_lines(before + 1, "the next start works")

    def test_sigterm_storms_write_what_is_there(self):
        agent = self.start()
        self.connect(20)
        conversation = self.own(Conversation(self.testbed, 7100))
        conversation.client_sends(500)
        agent.wait_for("tcpgauge_connections_opened_total", lambda count: count == 21, "all are seen", 30,
                       origin="handshake")
        # A closed one is kept for 0.1 s, and has no end before.
        agent.wait_for(CLOSED, lambda count: count == 20, "all but one have ended", 30, reason="fin")
        for _ in range(50):
            try:
                agent.signal(signal.SIGTERM)
            except ProcessLookupError:
                break
        self.assertEqual(agent.wait(), 0)
        lines = self.lines()
        self.assertEqual(len(lines), 21)
        self.assertEqual([line["end"] for line in lines].count(None), 1, "the open one")


@alone
class SigtermTest(NamespaceCase):
    def test_ends_within_a_second_though_the_receiver_of_metrics_hangs(self):
        # Of the second the agent waits for 0.8 s.
        precedence.take(self)
        precedence.hasten_the_kernel(self)
        testbed = self.own(Testbed(ipv6=False))
        with testbed.server.entered():
            receiver = socket.create_server(("127.0.0.1", 0))  # takes connections, says nothing
        self.addCleanup(receiver.close)
        with tempfile.TemporaryDirectory() as folder:
            agent = self.own(Agent(testbed.server, "-i", testbed.link.server_interface, "--connection-log",
                                   os.path.join(folder, "log"), "--otlp.endpoint",
                                   f"http://127.0.0.1:{receiver.getsockname()[1]}"))
            seconds = agent.signal_and_time(signal.SIGTERM)
            self.assertIsNotNone(seconds)
            self.assertLess(seconds, 1)
