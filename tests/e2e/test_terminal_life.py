# SPDX-License-Identifier: Apache-2.0
"""Terminals that change size, are suspended, or end.

The top view adapts to each change, and leaves the terminal in order.
"""
import os
import re
import signal

from support import precedence, top_view
from support.agent import binary
from support.case import NamespaceCase
from support.marks import alone
from support.namespaces import Testbed
from support.terminal import Terminal
from support.traffic import Conversation


@alone
class TerminalLifeTest(NamespaceCase):
    tools = ("tmux",)

    def setUp(self):
        precedence.take(self)
        precedence.hasten_the_kernel(self)
        self.testbed = self.own(Testbed(ipv6=False))
        self.terminal = self.own(Terminal(self.testbed.server))
        self.settings = self.terminal.shell("stty -a")
        self.conversations = []

    def start(self, connections=1):
        self.view = self.own(self.terminal.start(binary(), "--tui", "--web.listen-address=",
                                                 "-i", self.testbed.link.server_interface))
        self.terminal.wait_for(top_view.footer, "the top view")
        for port in range(7000, 7000 + connections):
            self.conversations.append(self.own(Conversation(self.testbed, port)))
            self.conversations[-1].client_sends(1000)
        self.terminal.wait_for(lambda screen: top_view.footer(screen) and top_view.footer(screen)[2] == connections,
                               "the connections")

    def check_whole(self):
        self.terminal.wait_given_back()
        self.assertEqual(self.terminal.shell("stty -a | sed 's/rows.*columns [0-9]*//'"),
                         (0, re.sub("rows.*columns [0-9]*", "", self.settings[1])))
        self.assertEqual(self.terminal.shell("echo $((40 + 2))"), (0, "42\n"))

    def test_follows_every_size_down_to_one_cell(self):
        self.start(connections=30)
        for columns, rows in ((80, 24), (200, 50), (80, 6), (300, 100), (40, 10), (1, 1), (20, 3), (80, 24)):
            self.terminal.resize(columns, rows)
            if columns < 80:
                continue  # nothing to be read there, but nothing may break

            def fills(screen):
                footer = top_view.footer(screen[-1:])
                return len(screen) == rows and footer and len(top_view.rows(screen)) == footer[1] - footer[0] + 1 > 0
            self.terminal.wait_for(fills, f"the view at {columns} by {rows}")
        self.terminal.key("q")
        self.assertEqual(self.view.status(), 0)
        self.check_whole()

    def test_suspended_it_gives_the_terminal_back_and_takes_it_again(self):
        self.start()
        self.terminal.key("C-z")
        self.terminal.wait_for(lambda screen: not self.terminal.full_screen() and any("Stopped" in line for line in screen),
                               "the shell has the terminal")
        self.check_whole()
        self.terminal.key("fg", "Enter")
        self.terminal.wait_for(lambda screen: self.terminal.full_screen() and top_view.rows(screen), "the view again")
        self.conversations[0].client_sends(5000)
        self.terminal.key("s")
        self.terminal.wait_for(lambda screen: "Sorted by bytes" in (top_view.footer(screen) or ()), "it takes keys")
        self.assertIsNotNone(self.view.seconds_to_end(lambda: self.terminal.key("q")))
        self.check_whole()

    def test_ends_with_its_terminal(self):
        self.start()
        seconds = self.view.seconds_to_end(self.terminal.close)
        self.assertIsNotNone(seconds, "it goes on without a terminal")
        self.assertLess(seconds, 1)

    def test_sighup_leaves_the_terminal_whole(self):
        self.start()
        self.assertIsNotNone(self.view.seconds_to_end(lambda: os.kill(self.view.pid, signal.SIGHUP)))
        self.check_whole()

    def test_sigterm_leaves_the_terminal_whole_after_a_resize(self):
        self.start()
        self.terminal.resize(132, 40)
        self.terminal.wait_for(lambda screen: len(screen) == 40 and top_view.footer(screen[-1:]), "the new size")
        self.assertIsNotNone(self.view.seconds_to_end(lambda: os.kill(self.view.pid, signal.SIGTERM)))
        self.check_whole()
