# SPDX-License-Identifier: Apache-2.0
"""The top view with a TERM that the machine's terminfo database does not have, or that cannot show a view."""
import itertools
import os
import shutil
import subprocess
import tempfile

from support import top_view
from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.terminal import Terminal
from support.traffic import Conversation

DATABASES = ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo")
# Types that terminals set and that a server may not know.
MODERN = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")


def is_known(name):
    return subprocess.run(["infocmp", name], capture_output=True).returncode == 0


class TerminalTypesTest(NamespaceCase):
    tools = ("tmux", "infocmp")

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        self.ports = itertools.count(7000)

    def see(self, *setting, options=None, around=()):
        """Looks at the view with TERM set so, by words of env(1), and quits. Returns the screen that is left."""
        terminal = self.own(Terminal(self.testbed.server, columns=200))
        options = options or ("-i", self.testbed.link.server_interface, "--web.listen-address=")
        view = self.own(terminal.start(*around, "env", *setting, binary(), "--tui", *options))
        terminal.wait_for(top_view.footer, "the top view")
        conversation = self.own(Conversation(self.testbed, next(self.ports)))
        conversation.client_sends(1000)
        terminal.wait_for(top_view.rows, "a connection")
        self.assertNotIn("TERM", "\n".join(terminal.screen()), "a line in the view's way")
        terminal.key("Down")
        terminal.key("Enter")
        terminal.wait_for(lambda screen: any("Handshake" in line for line in screen), "keys work")
        terminal.key("q")
        self.assertEqual(view.status(), 0)
        terminal.wait_given_back()
        return "\n".join(terminal.screen())

    def test_what_modern_terminals_set_works_and_the_fallback_is_named(self):
        for name in MODERN:
            with self.subTest(name):
                said = self.see(f"TERM={name}")
                if is_known(name):
                    self.assertNotIn("TERM=", said)
                else:
                    self.assertIn(f"TERM={name} is not known here, so the top view used xterm-256color", said)

    def test_no_type_and_one_without_a_cursor_work_too(self):
        for setting, fault in ((("-u", "TERM"), "TERM is not set"), (("TERM=",), "TERM is not set"),
                               (("TERM=dumb",), "TERM=dumb cannot move its cursor")):
            with self.subTest(setting):
                self.assertIn(f"{fault}, so the top view used xterm-256color", self.see(*setting))

    def test_a_known_type_is_used_without_a_word(self):
        self.assertNotIn("TERM", self.see("TERM=screen-256color"))

    def test_an_attached_view_falls_back_and_says_so_too(self):
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))
        said = self.see("TERM=foot-extra", options=("--attach", f"http://{agent.address}"))
        self.assertIn("TERM=foot-extra is not known here, so the top view used xterm-256color", said)

    def with_database_of(self, *names):
        """A command around another one, which then sees these types only."""
        folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        os.chmod(folder, 0o755)  # the agent reads as a user without rights
        self.addCleanup(shutil.rmtree, folder)
        for name in names:
            source = subprocess.run(["infocmp", name], capture_output=True, text=True, check=True).stdout
            subprocess.run(["tic", "-x", "-o", folder, "-"], input=source, text=True, check=True, capture_output=True)
        mounts = "".join(f"mount --bind {folder} {path}; " for path in DATABASES if os.path.isdir(path))
        return "unshare", "--mount", "sh", "-ec", f'{mounts}exec "$@"', "sh"

    def test_the_next_common_type_is_used_when_the_database_is_small(self):
        for names, used in ((("vt100", "xterm"), "xterm"), (("vt100",), "vt100")):
            with self.subTest(names):
                said = self.see("TERM=xterm-kitty-2", around=self.with_database_of(*names))
                self.assertIn(f"so the top view used {used};", said)

    def test_without_any_type_it_ends_with_one_line_that_says_what_to_install(self):
        terminal = self.own(Terminal(self.testbed.server, columns=200))
        view = self.own(terminal.start(*self.with_database_of(), binary(), "--tui", "--web.listen-address="))
        self.assertEqual(view.status(), 1)
        terminal.wait_for(lambda screen: any("ncurses-base" in line for line in screen), "what to install")
