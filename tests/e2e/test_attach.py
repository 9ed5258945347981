# SPDX-License-Identifier: Apache-2.0
"""The top view of an agent that runs elsewhere (--attach)."""
import os
import re
import shlex
import signal
import subprocess
import tempfile

from support import precedence, top_view
from support.agent import Agent, binary, listen_address
from support.case import NamespaceCase
from support.marks import alone
from support.namespaces import Testbed
from support.processes import Process
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import wait_until

_PORT_ADDRESS = "127.0.0.1:18406"  # in a namespace of its own, where any port is free


class AttachTest(NamespaceCase):
    tools = ("tmux",)

    def setUp(self):
        self.testbed = self.own(Testbed())
        self.folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(self.folder.cleanup)

    def start_agent(self, *options):
        return self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, *options))

    def attach(self, url, *options):
        terminal = self.own(Terminal(self.testbed.server, columns=120))
        terminal.view = self.own(terminal.start(binary(), "--tui", "--attach", url, *options))
        terminal.wait_for(top_view.footer, "the top view")
        return terminal

    def wait_for_servers(self, terminal, want):
        terminal.wait_for(lambda screen: [row.server for row in top_view.rows(screen)] == want, f"rows {want}")

    def test_shows_the_agents_table_sorted_and_filtered(self):
        agent = self.start_agent()
        talks = [self.own(Conversation(self.testbed, 7000 + number)) for number in range(3)]
        one, two, three = [talk.server_endpoint for talk in talks]
        for talk, size in zip(talks, (1000, 3000, 2000)):
            talk.client_sends(size)
        terminal = self.attach(f"http://{agent.address}")
        terminal.wait_for(lambda screen: f"{os.uname().nodename}: {self.testbed.link.server_interface}" in screen[-1],
                          "the agent's name")
        terminal.key("s")
        self.wait_for_servers(terminal, [two, three, one])
        terminal.key("/")
        terminal.key("-l", "port:7002")
        self.wait_for_servers(terminal, [three])
        terminal.key("Enter")
        self.assertIsNotNone(terminal.view.seconds_to_end(lambda: terminal.key("q")))
        self.assertEqual(terminal.view.status(), 0)

    def test_says_that_the_agent_is_gone_and_comes_back_with_it(self):
        agent = self.start_agent(f"--web.listen-address={_PORT_ADDRESS}")
        talk = self.own(Conversation(self.testbed, 7000))
        terminal = self.attach(f"http://{_PORT_ADDRESS}")
        self.wait_for_servers(terminal, [talk.server_endpoint])
        agent.signal_and_time(signal.SIGKILL)
        terminal.wait_for(lambda screen: re.search(r"no answer for ([2-9]|\d\d+) s, trying again", screen[-1]),
                          "that there is no answer")
        self.wait_for_servers(terminal, [talk.server_endpoint])
        self.start_agent(f"--web.listen-address={_PORT_ADDRESS}")
        later = self.own(Conversation(self.testbed, 7001))
        terminal.wait_for(top_view.footer, "the last line as it was")
        terminal.wait_for(lambda screen: later.server_endpoint in [row.server for row in top_view.rows(screen)],
                          "a connection after the restart")

    @alone
    def test_leaves_at_once_while_the_agent_hangs(self):
        precedence.take(self)
        agent = self.start_agent()
        terminal = self.attach(f"http://{agent.address}")
        agent.signal(signal.SIGSTOP)
        terminal.wait_for(lambda screen: "no answer for" in screen[-1], "that there is no answer", 60)
        seconds = terminal.view.seconds_to_end(lambda: terminal.key("q"))
        self.assertIsNotNone(seconds)
        self.assertLess(seconds, 0.2)
        self.assertEqual(terminal.view.status(), 0)

    def test_attaches_by_a_unix_socket(self):
        path = os.path.join(self.folder.name, "agent.sock")
        self.start_agent(f"--web.listen-address=unix:{path}")
        talk = self.own(Conversation(self.testbed, 7000))
        self.wait_for_servers(self.attach(f"unix:{path}"), [talk.server_endpoint])

    def test_attaches_by_https_with_a_password(self):
        config = self.write("web.yml", "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
                                       "basic_auth_users:\n  alice: "
                                       + self.bcrypt("secret") + "\n")
        self.make_certificate()
        agent = self.start_https_agent(config)
        talk = self.own(Conversation(self.testbed, 7000))
        ca = os.path.join(self.folder.name, "cert.pem")
        terminal = self.attach(f"https://alice:secret@{agent}", "--attach.ca-file", ca)
        self.wait_for_servers(terminal, [talk.server_endpoint])
        self.check_error(1, "the agent requires a user and a password", f"https://{agent}", "--attach.ca-file", ca)
        self.check_error(1, "certificate", f"https://alice:secret@{agent}")

    def test_attaches_by_https_with_a_client_certificate(self):
        config = self.write("web.yml", "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
                                       "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: cert.pem\n")
        self.make_certificate()
        agent = self.start_https_agent(config)
        talk = self.own(Conversation(self.testbed, 7000))
        ca, key = (os.path.join(self.folder.name, name) for name in ("cert.pem", "key.pem"))
        terminal = self.attach(f"https://{agent}", "--attach.ca-file", ca, "--attach.cert-file", ca,
                               "--attach.key-file", key)
        self.wait_for_servers(terminal, [talk.server_endpoint])
        self.check_error(1, "--attach: https://", f"https://{agent}", "--attach.ca-file", ca)

    def test_needs_neither_tui_nor_an_address_on_the_agents_host(self):
        self.start_agent("--web.listen-address=127.0.0.1:10406")
        talk = self.own(Conversation(self.testbed, 7000))
        for words in (("--attach",), ("--attach=127.0.0.1",), ("--attach", "127.0.0.1:10406"), ("--attach=localhost",)):
            terminal = self.own(Terminal(self.testbed.server, columns=120))
            view = self.own(terminal.start(binary(), *words))
            self.wait_for_servers(terminal, [talk.server_endpoint])
            self.assertIsNotNone(view.seconds_to_end(lambda: terminal.key("q")), words)

    def test_the_top_view_starts_beside_an_agent_on_the_default_address(self):
        self.start_agent("--web.listen-address=127.0.0.1:10406")
        talk = self.own(Conversation(self.testbed, 7000))
        interface = self.testbed.link.server_interface
        for columns in (80, 120):
            terminal = self.own(Terminal(self.testbed.server, columns=columns))
            self.own(terminal.start(binary(), "-i", interface, "--tui", "port", "7000"))
            terminal.wait_for(lambda screen: "no HTTP, 10406 busy" in screen[-1], "the status line says so")
            talk.client_sends(100)
            terminal.wait_for(lambda screen: any(":7000" in line for line in screen), "the connection")
        terminal = self.own(Terminal(self.testbed.server))
        for words in (("-i", interface), ("-i", interface, "--tui", "--web.listen-address=127.0.0.1:10406")):
            command = shlex.join((binary(), *words))
            status, _ = terminal.shell(f"sh -c {shlex.quote(f'exec {command} >/dev/tty 2>{self.folder.name}/errors')}")
            self.assertEqual(status, 1, words)
            with open(os.path.join(self.folder.name, "errors")) as file:
                self.assertIn("in use", file.read())

    def test_errors_at_the_start_are_one_clear_line(self):
        self.check_error(2, "right would be HOST, http://HOST:PORT, https://HOST:PORT or unix:PATH", "http://")
        self.check_error(1, "--attach: http://127.0.0.1:9: Failed to connect", "http://127.0.0.1:9")
        self.check_error(1, "--attach: unix:/nowhere: ", "unix:/nowhere")
        self.check_error(2, "leave --interface, --read and FILTER out", "http://127.0.0.1:9", "-i", "lo")

    def check_error(self, status, text, url, *options):
        terminal = self.own(Terminal(self.testbed.server))
        errors = os.path.join(self.folder.name, "errors")
        command = shlex.join((binary(), "--tui", "--attach", url, *options))
        got, _ = terminal.shell(f"sh -c {shlex.quote(f'exec {command} >/dev/tty 2>{errors}')}")
        with open(errors) as file:
            said = file.read()
        self.assertEqual((got, said.count("\n")), (status, 1), said)
        self.assertIn(text, said)
        self.assertNotIn("secret", said)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def bcrypt(self, password):
        done = subprocess.run(["perl", "-e", "print crypt($ARGV[0], '$2b$04$' . 'abcdefghijklmnopqrstuu')", password],
                              capture_output=True, text=True, check=True)
        return done.stdout

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=agent", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out",
                        "cert.pem", "-days", "2"], cwd=self.folder.name, capture_output=True, check=True)

    def start_https_agent(self, config):
        """An agent whose plain /-/ready cannot be asked; returns HOST:PORT."""
        process = self.own(Process(self.testbed.server.command(
            binary(), "-i", self.testbed.link.server_interface, "--web.listen-address=127.0.0.1:0",
            f"--web.config.file={config}")))
        address = wait_until(lambda: listen_address(process.stderr()), "the agent listens", 30)
        return address.replace("https://", "")
