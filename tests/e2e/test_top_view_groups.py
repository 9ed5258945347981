# SPDX-License-Identifier: Apache-2.0
"""Groups of the top view, in a real terminal."""
import socket

from support import top_view
from support.agent import binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.terminal import Terminal
from support.traffic import Conversation

_CLOSED_PORT = 7999  # nobody listens there, in a namespace of its own


class TopViewGroupsTest(NamespaceCase):
    tools = ("tmux",)

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))

    def open_view(self):
        terminal = self.own(Terminal(self.testbed.server))
        terminal.view = self.own(terminal.start(binary(), "--tui", "--web.listen-address=", "-i",
                                                self.testbed.link.server_interface))
        terminal.wait_for(top_view.footer, "the top view")
        return terminal

    def is_refused(self):
        """Connects to the closed port once."""
        with self.testbed.client.entered(), socket.socket() as attempt:
            self.assertNotEqual(attempt.connect_ex((self.testbed.link.server_address, _CLOSED_PORT)), 0)

    def find_failing_service(self, terminal):
        talk = self.own(Conversation(self.testbed, 7000))
        terminal.key("g")
        terminal.wait_for(lambda screen: screen[0].split()[:3] == ["Service", "Open", "Fail"], "services")

        def lists_both(screen):
            talk.client_sends(10_000)
            self.is_refused()
            names = [line.split()[0] for line in screen[1:] if ":" in line]
            return {talk.server_endpoint, f"{self.testbed.link.server_address}:{_CLOSED_PORT}"} <= set(names)
        terminal.wait_for(lists_both, "both services")
        terminal.key("s")

        def failing_first(screen):
            self.is_refused()
            row = screen[1].split()
            return row and row[0].endswith(f":{_CLOSED_PORT}") and int(row[2]) >= 2
        terminal.wait_for(failing_first, "the failing service first, with its failures")
        return talk

    def test_names_the_service_that_fails_and_opens_the_connections_of_another(self):
        terminal = self.open_view()
        talk = self.find_failing_service(terminal)
        terminal.key("s", "s")
        terminal.wait_for(lambda screen: "Sorted by rate" in screen[-1], "by rate")
        terminal.key("/")
        terminal.key("-l", "port:7000")
        terminal.key("Enter", "j", "Enter")
        terminal.wait_for(lambda screen: [row.server for row in top_view.rows(screen)] == [talk.server_endpoint]
                          and "Connections" in screen[-1], "the connections of the service")
        terminal.key("Escape")
        terminal.wait_for(lambda screen: "Services" in screen[-1], "the services again")
