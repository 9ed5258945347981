# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of the README.

It is skipped unless screenshots.sh runs it, which names the folder in TCPGAUGE_SCREENSHOTS.
"""
import os
import unittest

from support import browser, iperf3, top_view
from support.agent import Agent, binary
from support.case import NamespaceCase
from support.harness import told
from support.namespaces import Testbed
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import holds_for, wait_until


class Screenshots(NamespaceCase):
    tools = (*browser.TOOLS, "tmux")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = told("TCPGAUGE_SCREENSHOTS")
        if not cls.folder:
            raise unittest.SkipTest("pictures are made by screenshots.sh")

    def test_page_and_top_view(self):
        testbed = self.own(Testbed())
        interface = testbed.link.server_interface
        agent = self.own(Agent(testbed.server, "-i", interface))
        terminal = self.own(Terminal(testbed.server, columns=124, rows=16))
        self.own(terminal.start(binary(), "--tui", "--web.listen-address=", "-i", interface))
        page = self.own(browser.Browser(testbed.server, width=1300, height=640, dark=True))
        talks = [self.own(Conversation(testbed, port, ipv6=port == 5432)) for port in (22, 443, 5432, 8443)]
        for port, bitrate in ((5201, "80M"), (5202, "12M")):
            self.own(iperf3.Server(testbed, port))
            self.own(iperf3.Client(testbed, 20, bitrate, port))
        page.open(f"http://{agent.address}/")
        terminal.wait_for(top_view.footer, "the top view")

        def talk():
            for number, talk in enumerate(talks):
                talk.client_sends(200 * (number + 1))
                talk.server_sends(9000 * (number + 1))
            return True
        self.assertTrue(holds_for(talk, 12))
        wait_until(lambda: len(page.text("#rows tr")) >= 6, "the rows")
        page.screenshot(os.path.join(self.folder, "web-page.png"))
        with open(os.path.join(self.folder, "top-view.txt"), "w") as file:
            file.write("\n".join(terminal.screen()) + "\n")
