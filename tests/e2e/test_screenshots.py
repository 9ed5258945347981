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
from support.shop import DATABASE_SERVICE, Shop
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import holds_for, wait_until

# How long traffic has run in the pictures of the page.
_SECONDS = 200


class Screenshots(NamespaceCase):
    tools = (*browser.TOOLS, "tmux")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = told("TCPGAUGE_SCREENSHOTS")
        if not cls.folder:
            raise unittest.SkipTest("pictures are made by screenshots.sh")

    def picture(self, name):
        folder = os.path.join(self.folder, "images")
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, name)

    def test_top_view(self):
        testbed = self.own(Testbed())
        terminal = self.own(Terminal(testbed.server, columns=124, rows=16))
        self.own(terminal.start(binary(), "--tui", "--web.listen-address=", "-i", testbed.link.server_interface))
        talks = [self.own(Conversation(testbed, port, ipv6=port == 5432)) for port in (22, 443, 5432, 8443)]
        for port, bitrate in ((5201, "80M"), (5202, "12M")):
            self.own(iperf3.Server(testbed, port))
            self.own(iperf3.Client(testbed, 20, bitrate, port))
        terminal.wait_for(top_view.footer, "the top view")

        def talk():
            for number, talk in enumerate(talks):
                talk.client_sends(200 * (number + 1))
                talk.server_sends(9000 * (number + 1))
            return True
        self.assertTrue(holds_for(talk, 12))
        with open(os.path.join(self.folder, "top-view.txt"), "w") as file:
            file.write("\n".join(terminal.screen()) + "\n")

    def test_page(self):
        testbed = self.own(Testbed(ipv6=False))
        agent = self.own(Agent(testbed.server, "--identity=off", "-i", testbed.link.server_interface))
        self.own(Shop(testbed))
        self.assertTrue(holds_for(lambda: True, _SECONDS))
        page = self.own(browser.Browser(testbed.server))
        page.open(f"http://{agent.address}/#view=service&service={DATABASE_SERVICE}")
        self.take(page, "service", f"&service={DATABASE_SERVICE}")
        self.take(page, "services")
        self.take(page, "map")

    def take(self, page, view, more=""):
        page.script("location.hash = arguments[0]", f"#view={view}{more}")
        wait_until(lambda: page.text(f"#{view} tbody tr"), f"rows of {view}")
        if not more:
            wait_until(lambda: page.script("return document.querySelectorAll('#services .trouble, .map .failing').length"),
                       "the service that fails")
        # As high as what it shows: of the map without its table, and always without the footer.
        page.script("document.documentElement.style.overflow = 'hidden'")
        page.resize(1100, 2000)
        bottom = "return Math.ceil(document.querySelector(arguments[0]).getBoundingClientRect().bottom)"
        page.resize(1100, page.script(bottom, ".map-area" if view == "map" else "main"))
        page.screenshot(self.picture(f"page-{view}.png"))
