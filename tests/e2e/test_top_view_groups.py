# SPDX-License-Identifier: Apache-2.0
"""The top view under its own name, in a real terminal: groups, the mouse, filters to copy and the configuration file."""
import json
import os
import re
import shlex
import socket
import tempfile

from support import impairment, top_view
from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import wait_until

_CLOSED_PORT = 7999  # nobody listens there, in a namespace of its own
_WHEEL_DOWN, _CLICK = 97, 32  # xterm's codes of buttons


class TopViewGroupsTest(NamespaceCase):
    tools = ("ethtool", "nft", "tmux")

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        self.folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(self.folder.cleanup)

    def open_view(self, *words, environment=(), columns=80):
        terminal = self.own(Terminal(self.testbed.server, columns=columns))
        words = words or ("-i", self.testbed.link.server_interface, "--web.listen-address=")
        terminal.view = self.own(terminal.start("env", f"XDG_CONFIG_HOME={self.folder.name}", *environment, binary(),
                                                "--tui", *words))
        terminal.wait_for(top_view.footer, "the top view")
        return terminal

    def is_refused(self):
        """Connects to the closed port once."""
        with self.testbed.client.entered(), socket.socket() as attempt:
            self.assertNotEqual(attempt.connect_ex((self.testbed.link.server_address, _CLOSED_PORT)), 0)

    def configure(self, text):
        path = os.path.join(self.folder.name, "tcpgauge", "config.yml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(self.folder.name, 0o755)
        return path

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

    def test_an_attached_view_has_the_same_groups(self):
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))
        self.find_failing_service(self.open_view("--attach", f"http://{agent.address}"))

    def check_interface(self, terminal, talk):
        """Expects that the row of the interface tells one open connection, the failures and the loss."""
        interface = self.testbed.link.server_interface
        for title in ("Service", "Client", "Client", "Workload", "Interface"):
            terminal.key("g")
            found = terminal.wait_for(lambda screen: screen[0].split()[0] in (title, "Interface") and screen[0].split()[0],
                                      title)
            if found == "Interface":  # there are no names, so no workloads
                break

        def tells_both(screen):
            talk.client_sends(200_000)
            self.is_refused()
            row = re.match(rf" {interface} +1 +(\d+) .* ([\d.]+)% ", screen[1])
            return row and int(row.group(1)) >= 2 and float(row.group(2)) > 0
        terminal.wait_for(tells_both, "failures and loss of the interface")

    def test_an_interface_has_the_loss_and_the_failures_of_its_connections(self):
        impairment.segments_are_packets(self.testbed)
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))
        talk = self.own(Conversation(self.testbed, 7000))
        impairment.lose(self.testbed, 7000, 5)
        self.check_interface(self.open_view(), talk)
        attached = self.open_view("--attach", f"http://{agent.address}")
        self.check_interface(attached, talk)
        attached.key("/")
        attached.key("-l", "port:7000")
        attached.key("Enter")
        attached.wait_for(lambda screen: re.match(r" \S+ +1 +- .* - ", screen[1]), "what an open connection tells")

    def remembered(self, agent, port, member):
        """What the agent's history has of the edges to that port."""
        status, body = agent.get(f"/api/v1/history?server={self.testbed.link.server_address}:{port}")
        self.assertEqual(status, 200, body)
        return sum(json.loads(body)["matching"][member])

    def test_an_attached_view_begins_with_the_last_minute(self):
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))
        talk = self.own(Conversation(self.testbed, 7000))

        def happened():
            talk.client_sends(10_000)
            self.is_refused()
            return self.remembered(agent, _CLOSED_PORT, "connections_refused") >= 5
        wait_until(happened, "failures that the agent remembers", pause=0.2)
        # A view that began now would not see them: the last change of the edges is that of a second without traffic.
        silent = []

        def is_over():
            silent.append((self.remembered(agent, _CLOSED_PORT, "connections_refused"),
                           self.remembered(agent, 7000, "client_payload_bytes")))
            return len(silent) > 4 and len(set(silent[-5:])) == 1
        wait_until(is_over, "some seconds without traffic", pause=1)
        failures = silent[-1][0]
        terminal = self.open_view("--attach", f"http://{agent.address}", columns=200)
        terminal.key("g", "s")

        def failing_first(screen):
            end = screen[0].find("Fail") + len("Fail")
            row = screen[1][:end].split()
            return row[:1] == [f"{self.testbed.link.server_address}:{_CLOSED_PORT}"] and int(row[-1]) == failures
        terminal.wait_for(failing_first, f"{failures} failures of the time before")
        row = next(line for line in terminal.screen() if line.startswith(f" {talk.server_endpoint} "))
        self.assertRegex(row, "[▂-█]", "the rates of the time before")
        # Other groups have it too, although the agent is not asked again.
        terminal.key("/")
        terminal.key("-l", f"port:{_CLOSED_PORT}")
        terminal.wait_for(lambda screen: "Services 1-1 of 1" in screen[-1] and failing_first(screen),
                          f"{failures} failures with a filter")

    def test_shows_a_filter_that_tcpdump_understands(self):
        terminal = self.open_view()
        talk = self.own(Conversation(self.testbed, 7000))
        terminal.wait_for(lambda screen: len(top_view.rows(screen)) == 1, "the connection")
        terminal.key("F")
        want = "tcp and host {} and port {} and host {} and port {}".format(
            *talk.client_endpoint.rsplit(":", 1), *talk.server_endpoint.rsplit(":", 1))

        def shows(screen):
            text = " ".join(line for line in screen[2:] if line)
            return f"tcpdump -n -i {self.testbed.link.server_interface} '{want}'" in text and text.startswith(want)
        terminal.wait_for(shows, want)

    def test_a_click_marks_and_opens_and_the_wheel_scrolls(self):
        terminal = self.open_view()
        talks = [self.own(Conversation(self.testbed, 7000 + number)) for number in range(25)]
        terminal.wait_for(lambda screen: (top_view.footer(screen) or (0, 0, 0))[2] == len(talks), "the connections")
        terminal.mouse(_WHEEL_DOWN, 5, 5)
        terminal.wait_for(lambda screen: (top_view.footer(screen) or (0,))[0] == 4, "three rows further")
        terminal.mouse(_CLICK, 0, 25)
        terminal.wait_for(lambda screen: "Sorted by server" in screen[-1], "the order of the clicked title")
        terminal.mouse(_CLICK, 3, 5)
        terminal.mouse(_CLICK, 3, 5)
        terminal.wait_for(lambda screen: screen[0].startswith(" Connection "), "the details of the row")

    def test_starts_as_the_users_file_says(self):
        self.configure("columns: [server, client, resp]\nsort: client\n")
        terminal = self.open_view()
        self.assertEqual(terminal.screen()[0].split(), ["Server", "Client", "Resp"])
        self.assertIn("Sorted by client", terminal.screen()[-1])

    def test_names_the_file_and_the_line_of_a_mistake(self):
        path = self.configure("bits: true\nsort: fast\n")
        terminal = self.own(Terminal(self.testbed.server))
        errors = os.path.join(self.folder.name, "errors")
        command = shlex.join(("env", f"XDG_CONFIG_HOME={self.folder.name}", binary(), "--tui", "-i",
                              self.testbed.link.server_interface))
        status, _ = terminal.shell(f"sh -c {shlex.quote(f'exec {command} >/dev/tty 2>{errors}')}")
        with open(errors) as file:
            said = file.read()
        self.assertEqual(status, 2, said)
        self.assertTrue(said.startswith(f'tcpgauge: {path}, line 2: there is no order "fast"; use start, rate'), said)
        # A service does not read it.
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface,
                               environment={**os.environ, "XDG_CONFIG_HOME": self.folder.name}))
        self.assertEqual(agent.get("/-/healthy")[0], 200)
