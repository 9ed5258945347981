# SPDX-License-Identifier: Apache-2.0
"""Compares the top view in a real terminal with Debian's tcptrack on the same traffic."""
import os
import shutil
import tempfile
import unittest

from support import iperf3, top_view
from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.synthetic import CaptureWriter, Client, address
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import holds_for, wait_until

ROWS_IN_LIST = 21  # of 24 lines: header, TOTAL and the last line take three
SORT_CYCLE = ("Sorted by rate", "Sorted by bytes", "Sorted by idle", "Unsorted")


class TopViewTest(NamespaceCase):
    tools = ("tmux",)

    def setUp(self):
        self.testbed = self.own(Testbed())

    def open_view(self, *options, program=None):
        """Starts the top view on the server's end; returns its terminal once it is drawn and captures."""
        terminal = self.own(Terminal(self.testbed.server))
        captures = self.captures()
        command = program or (top_view.as_tcptrack(self),)
        terminal.view = self.own(terminal.start(*command, "-i", self.testbed.link.server_interface, *options))
        terminal.wait_for(top_view.footer, "the top view's last line")
        # tcptrack draws before it opens the capture.
        wait_until(lambda: self.captures() > captures, "a packet socket", 30)
        return terminal

    def captures(self):
        """Packet sockets in the server's namespace."""
        return len(self.testbed.server.run("cat", "/proc/net/packet").splitlines()) - 1

    def open_tcptrack(self):
        return self.open_view(program=("tcptrack",))

    def conversations(self, count):
        return [self.own(Conversation(self.testbed, 7000 + number)) for number in range(count)]

    def wait_for_footer(self, terminal, **wanted):
        names = ("first", "last", "of", "pause", "sort")

        def matches(screen):
            found = dict(zip(names, top_view.footer(screen) or ()))
            return found and all(found[name] == value for name, value in wanted.items())
        terminal.wait_for(matches, f"a last line with {wanted}")

    def wait_for_connections(self, terminal, count):
        return top_view.rows(terminal.wait_for(
            lambda screen: screen if len(top_view.rows(screen)) == min(count, ROWS_IN_LIST) else None, f"{count} rows"))

    def make_known(self, conversations, terminal):
        """Lets them talk until the view shows all: tcptrack may miss a handshake soon after it has begun to capture."""
        def all_known(screen):
            for conversation in conversations:
                conversation.client_sends(1)
                conversation.server_sends(1)
            footer = top_view.footer(screen)
            return footer and footer[2] == len(conversations)
        terminal.wait_for(all_known, f"{len(conversations)} connections")

    def test_shows_every_column_of_tcptrack(self):
        terminal = self.open_view("-r", "5")  # so long what is CLOSED stays to be seen
        conversation, = self.conversations(1)
        want = (conversation.client_endpoint, conversation.server_endpoint, "ESTABLISHED")
        terminal.wait_for(lambda screen: [row[:3] for row in top_view.rows(screen)] == [want], f"{want}")
        header = terminal.screen()[0].split()
        for name in ("Client", "Server", "State", "Idle", "A", "Speed"):
            self.assertIn(name, header)

        def shows_speed(screen):
            conversation.client_sends(5000)
            return (any(row.bytes_per_second > 0 and row.idle_seconds == 0 for row in top_view.rows(screen))
                    and top_view.total(screen))
        terminal.wait_for(shows_speed, "a speed, and a TOTAL")
        # Shown for one drawing only, and slowly enough to be seen between two packets.
        self.assertTrue(self.sees_star(terminal, conversation), "no star for activity")
        terminal.wait_for(lambda screen: any(row.idle_seconds >= 2 for row in top_view.rows(screen)), "idle seconds")
        conversation.close()
        terminal.wait_for(lambda screen: [row.state for row in top_view.rows(screen)] == ["CLOSED"], "CLOSED")
        self.wait_for_footer(terminal, of=0)

    def sees_star(self, terminal, conversation):
        for _ in range(10):
            conversation.client_sends(1)
            if not holds_for(lambda: not any(row.active for row in top_view.rows(terminal.screen())), 0.5):
                return True
        return False

    def test_shows_ipv6_whole(self):
        terminal = self.open_view()
        self.own(Conversation(self.testbed, 7000, ipv6=True))
        self.wait_for_footer(terminal, of=1)
        terminal.wait_for(lambda screen: "2001:db8::1" in "\n".join(screen) and "2001:db8::2" in "\n".join(screen),
                          "both addresses")
        self.assertTrue(all(len(line) <= 80 for line in terminal.screen()))

    def test_p_freezes_the_list_and_p_again_brings_the_new(self):
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))
        terminal = self.open_view()
        self.conversations(1)
        self.wait_for_connections(terminal, 1)
        terminal.key("p")
        self.wait_for_footer(terminal, pause="Paused")
        self.own(Conversation(self.testbed, 7100))
        # Another agent on the same interface tells when the new connection has been seen.
        agent.wait_for("tcpgauge_connections", lambda count: count == 2, "two connections", 30, state="established")
        # A screen that is being redrawn may show none for a moment.
        self.assertTrue(holds_for(lambda: len(top_view.rows(terminal.screen())) <= 1, 1.5), "a row came while paused")
        self.wait_for_connections(terminal, 1)
        terminal.key("p")
        self.wait_for_footer(terminal, pause="Unpaused")
        self.wait_for_connections(terminal, 2)

    def test_s_cycles_the_sort(self):
        terminal = self.open_view()
        by_size = self.conversations(3)
        for conversation, size in zip(by_size, (1000, 3000, 2000)):
            conversation.client_sends(size)
        self.wait_for_connections(terminal, 3)
        self.wait_for_footer(terminal, sort="Unsorted")
        want = [by_size[index].client_endpoint for index in (1, 2, 0)]
        for sort in SORT_CYCLE:
            terminal.key("s")
            self.wait_for_footer(terminal, sort=sort)
            if sort == "Sorted by bytes":
                terminal.wait_for(lambda screen: [row.client for row in top_view.rows(screen)] == want, "most bytes first")

    def test_sorts_by_rate(self):
        terminal = self.open_view()
        slow, fast = self.conversations(2)
        self.wait_for_connections(terminal, 2)
        terminal.key("s")

        def fast_first(screen):
            slow.client_sends(100)
            fast.client_sends(10000)
            shown = [row for row in top_view.rows(screen) if row.bytes_per_second > 0]
            return [row.client for row in shown] == [fast.client_endpoint, slow.client_endpoint]
        terminal.wait_for(fast_first, "the faster connection first")

    def test_arrows_pause_and_sort_move_it_as_they_move_tcptrack(self):
        terminals = (self.open_view(), self.open_tcptrack())
        conversations = self.conversations(30)
        for terminal in terminals:
            self.make_known(conversations, terminal)
            self.wait_for_connections(terminal, 30)

        def same(but=None):
            """What both last lines say, when they agree; one that is being redrawn may say anything for a moment."""
            ours, theirs = (top_view.footer(terminal.screen()) for terminal in terminals)
            return ours if ours == theirs != but else None
        before = terminals[0].wait_for(lambda screen: same(), "the same last line")
        for key in ("Down", "Down", "Down", "Up", "Up", "Up", "Up", "p", "p", "s", "s"):
            for terminal in terminals:
                terminal.key(key)
            # Up at the very top is the one key here that changes nothing.
            stays = key == "Up" and before[0] == 1
            before = terminals[0].wait_for(lambda screen: same(but=None if stays else before), f"both obey {key}")

    def test_agrees_with_tcptrack(self):
        ours, theirs = self.open_view(), self.open_tcptrack()
        conversations = self.conversations(5)
        for terminal in (ours, theirs):
            self.make_known(conversations, terminal)
        self.own(iperf3.Server(self.testbed))
        self.own(iperf3.Client(self.testbed, 90, "80M"))
        seen = {}

        def agree():
            mine, other = top_view.rows(ours.screen()), top_view.rows(theirs.screen())
            seen.update(ours=mine, tcptrack=other)
            return (len(mine) == 7 and {row[:3] for row in mine} == {row[:3] for row in other}
                    and _near(max(row.bytes_per_second for row in mine), max(row.bytes_per_second for row in other))
                    and _near(max(row.bytes_per_second for row in mine), 10e6)
                    and _near(top_view.total(ours.screen()), top_view.total(theirs.screen())))
        try:
            wait_until(agree, "both show the same", 60)
        except AssertionError as error:
            self.fail(f"{error}: {seen}")

    def test_installed_as_tcptrack_is_a_top_view_without_a_listener(self):
        terminal = self.own(Terminal(self.testbed.server))
        view = self.own(terminal.start(top_view.as_tcptrack(self), "-i", self.testbed.link.server_interface, "-dfp", "-r",
                                       "5", "port", "7000"))
        terminal.wait_for(top_view.footer, "the top view")
        self.assertEqual(self.testbed.server.run("ss", "-Hltn").strip(), "")
        self.assertIsNotNone(view.seconds_to_end(lambda: terminal.key("q")))
        self.assertEqual(view.status(), 0)


    def test_under_its_own_name_closed_connections_sink_and_hide(self):
        terminal = self.open_view("-r", "60", program=(binary(), "--tui", "--web.listen-address="))
        ended, fast = self.conversations(2)
        self.wait_for_footer(terminal, of=2, sort="Sorted by rate")
        ended.client_sends(100_000)
        ended.close()

        def sunk(screen):
            fast.client_sends(10)
            return [(row.client, row.state) for row in top_view.rows(screen)] == [
                (fast.client_endpoint, "ESTABLISHED"), (ended.client_endpoint, "CLOSED")]
        terminal.wait_for(sunk, "the closed connection below the open one")
        header = terminal.screen()[0].split()
        self.assertEqual(header, ["Client", "Server", "Up/s", "Down/s", "Loss", "Resp", "State"])
        terminal.key("c")
        terminal.wait_for(lambda screen: [row.client for row in top_view.rows(screen)] == [fast.client_endpoint]
                          and "of 1 (2)" in screen[-1], "no closed connection")


def _near(one, other):
    """Within a tenth: both round what they show, and their seconds do not begin together."""
    return one is not None and other is not None and abs(one - other) <= 0.1 * max(one, other)


class TotalTest(unittest.TestCase):
    """The line TOTAL over the final state of a file, with `a` and without."""

    RATE = 612_000  # bytes per second, or 4.9 Mbit/s

    def setUp(self):
        if not shutil.which("tmux"):
            self.skipTest("tmux is missing")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "capture.pcap")
        self.writer = CaptureWriter(self.path)

    def client(self, port):
        client = Client(self.writer, address("192.0.2.1"), port, address("192.0.2.2"), 80)
        client.connects()
        return client

    def check_total(self):
        self.writer.close()
        terminal = Terminal()
        self.addCleanup(terminal.close)
        view = terminal.start(top_view.as_tcptrack(self), "-T", self.path)
        self.addCleanup(view.close)
        # Rates are read once they have come to rest: the file is read, and its last packets are in the snapshot.
        for key, title in (("s", "Speed"), ("a", "Avg 2s"), ("a", "Avg 10s"), ("a", "Avg 40s"), ("a", "Avg life"),
                           ("a", "Speed")):
            terminal.key(key)
            total = terminal.wait_for(lambda screen: title in screen[0] and abs(
                (top_view.total(screen) or 0) - self.RATE) < 0.03 * self.RATE and screen, f"{title}: {self.RATE} B/s")
            print(f"  {title}: TOTAL {top_view.total(total):.0f} B/s, in truth {self.RATE} B/s")

    def test_short_connections_count_once(self):
        for number in range(100):
            client = self.client(10000 + number)
            client.sends(30_600)
            client.closes()
            self.writer.passes(0.05)
        self.check_total()

    def test_connections_that_are_silent_do_not_count(self):
        silent = [self.client(20000 + number) for number in range(5)]
        for client in silent:
            for _ in range(1000):
                client.sends(60_000)
        self.writer.passes(5)
        busy = self.client(10000)
        for _ in range(100):
            busy.sends(30_600)
            self.writer.passes(0.05)
        self.check_total()

    def test_a_connection_that_has_become_faster_counts_as_it_is_now(self):
        client = self.client(10000)
        self.writer.passes(20)
        for _ in range(60):
            client.sends(30_600)
            self.writer.passes(0.05)
        self.check_total()
