# SPDX-License-Identifier: Apache-2.0
"""The agent ends at once, also on a link without packets, and leaves the terminal as it was."""
import os
import signal

from support import precedence, top_view
from support.agent import Agent, binary
from support.case import NamespaceCase
from support.marks import alone
from support.namespaces import Testbed
from support.terminal import Terminal

LIMIT_SECONDS = 0.2


@alone
class SilentLinkCase(NamespaceCase):
    def setUp(self):
        precedence.take(self)
        precedence.hasten_the_kernel(self)
        self.testbed = self.own(Testbed(ipv6=False))

    def packets_seen(self):
        """Of the interface that is watched: equal before and after means that no packet woke the agent."""
        interface = self.testbed.link.server_interface
        return [self.testbed.server.run("cat", f"/sys/class/net/{interface}/statistics/{way}_packets")
                for way in ("rx", "tx")]


class StopTest(SilentLinkCase):
    def check_signal(self, signal_number):
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))
        before = self.packets_seen()
        seconds = agent.signal_and_time(signal_number)
        self.assertEqual(self.packets_seen(), before, "the link was not silent")
        self.assertIsNotNone(seconds, "it goes on running")
        self.assertLess(seconds, LIMIT_SECONDS)
        self.assertEqual(agent.wait(), 0)

    def test_sigint_ends_the_agent(self):
        self.check_signal(signal.SIGINT)

    def test_sigterm_ends_the_agent(self):
        self.check_signal(signal.SIGTERM)


class StopTopViewTest(SilentLinkCase):
    tools = ("tmux",)

    def check_leaves(self, act):
        """act(terminal, view) must end the view and give the terminal back."""
        terminal = self.own(Terminal(self.testbed.server))
        settings = terminal.shell("stty -a")
        view = self.own(terminal.start(binary(), "--tui", "--web.listen-address=",
                                       "-i", self.testbed.link.server_interface))
        terminal.wait_for(top_view.footer, "the top view")
        before = self.packets_seen()
        seconds = view.seconds_to_end(lambda: act(terminal, view))
        self.assertEqual(self.packets_seen(), before, "the link was not silent")
        self.assertIsNotNone(seconds, "it goes on running")
        self.assertLess(seconds, LIMIT_SECONDS)
        self.assertEqual(view.status(), 0)
        terminal.wait_given_back()
        self.assertEqual(terminal.shell("stty -a"), settings)
        self.assertEqual(terminal.shell("echo $((40 + 2))"), (0, "42\n"))

    def test_q_leaves(self):
        self.check_leaves(lambda terminal, view: terminal.key("q"))

    def test_control_c_leaves(self):
        self.check_leaves(lambda terminal, view: terminal.key("C-c"))

    def test_sigterm_leaves(self):
        self.check_leaves(lambda terminal, view: os.kill(view.pid, signal.SIGTERM))

    def test_q_leaves_while_paused(self):
        self.check_leaves(lambda terminal, view: terminal.key("p", "q"))
