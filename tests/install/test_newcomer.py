# SPDX-License-Identifier: Apache-2.0
"""Runs the five-minute start of docs/host.md exactly as written, in a minimal Debian with nothing but a checkout.

The commands are read from the document. Those that install or build use this machine's network. All others use a
network with only the test's traffic. systemctl is a stand-in (stand_in_systemctl.sh), because the root has no init
system.
"""
import os
import re
import signal
import subprocess
import time

from bare_root import BareRoot
from clean_clone import clone_to
from support import shipped
from support.case import NamespaceCase
from support.mill import Mill
from support.namespaces import Testbed
from support.traffic import Conversation

_HERE = os.path.dirname(os.path.abspath(__file__))
_STEP_SECONDS = 900
_SHOWN_LINES = 6
_NEEDS_PACKAGES = re.compile(r"apt-get |deploy/debian/build\.sh ")


def commands(document):
    """[(heading, command), ...] of the numbered sections, line by line."""
    found = []
    for section in re.split(r"^## ", shipped.read(document), flags=re.MULTILINE)[1:]:
        heading = section.split("\n", 1)[0]
        if re.match(r"\d+\. ", heading):
            for block in re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE):
                found += [(heading, line) for line in block.splitlines()]
    return found


class NewcomerTest(NamespaceCase):
    tools = ("debootstrap",)

    def setUp(self):
        self.testbed = self.own(Testbed())
        self.root = self.own(BareRoot())
        clone_to(self.root.file("/root/tcpgauge"))
        with open(os.path.join(_HERE, "stand_in_systemctl.sh")) as file:
            self.root.write("/usr/local/sbin/systemctl", file.read(), 0o755)
        self.addCleanup(self.end_what_was_started)

    def end_what_was_started(self):
        for name in ("tcpgauge", "prometheus"):
            if os.path.exists(self.root.file(f"/run/{name}.pid")):
                with open(self.root.file(f"/run/{name}.pid")) as file:
                    pid = int(file.read())
                descriptor = os.pidfd_open(pid)
                signal.pidfd_send_signal(descriptor, signal.SIGTERM)
                os.close(descriptor)
        subprocess.run(self.root.command("sh", "-c", "cd /root/tcpgauge && bazel shutdown"), capture_output=True)

    def follow(self, heading, command):
        """Runs one command; prints it, its time and the beginning of what it says. Returns what it said."""
        words = self.root.command("bash", "-c", "cd ~/tcpgauge && " + command)
        if not _NEEDS_PACKAGES.match(command):
            words = self.testbed.client.command(*words)
        start = time.monotonic()
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              stdin=subprocess.DEVNULL, timeout=_STEP_SECONDS)
        lines = done.stdout.strip().splitlines()
        print(f"  # {command}    ({time.monotonic() - start:.0f} s)")
        for line in lines[-_SHOWN_LINES:]:
            print(f"    {line[:160]}")
        self.assertEqual(done.returncode, 0, f"{heading}: {command}\n{done.stdout[-3000:]}")
        return done.stdout

    def test_every_command_of_the_start_for_hosts_works(self):
        conversation = self.own(Conversation(self.testbed, 443))

        def talk():
            conversation.client_sends(100)
            conversation.server_sends(5000)
        self.own(Mill(talk))
        steps = commands("docs/host.md")
        self.assertGreater(len(steps), 12)
        said = {}
        start = time.monotonic()
        for heading, command in steps:
            said[command] = self.follow(heading, command)
        print(f"  {len(steps)} commands, {time.monotonic() - start:.0f} s")
        answers = {word: output for word in ("/metrics", "/api/v1/connections", "promtool query")
                   for command, output in said.items() if word in command}
        self.assertRegex(answers["/metrics"], r"tcpgauge_server_payload_bytes_total [1-9]")
        self.assertIn('"192.0.2.2"', answers["/api/v1/connections"])
        self.assertRegex(answers["promtool query"], r'server_address="192\.0\.2\.2", server_port="443"')
