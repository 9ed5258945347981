# SPDX-License-Identifier: Apache-2.0
"""The Debian package.

One command builds it from a clean clone. It is installed in a minimal Debian, run as its unit says, and removed.
"""
import glob
import os
import re
import shutil
import subprocess
import types

from bare_root import BareRoot
from clean_clone import package, packages
from support import shipped
from support.agent import fetch, listen_address
from support.case import NamespaceCase
from support.exposition import Exposition
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import wait_until

_UNIT = "/lib/systemd/system/tcpgauge.service"


def unit_of(root):
    """What the unit says of user, capabilities and command; of keys that are given twice the last."""
    with open(root.file(_UNIT)) as file:
        keys = dict(re.findall(r"^(\w+)=(.*)$", file.read(), re.MULTILINE))
    return types.SimpleNamespace(user=keys["User"], capability=keys["AmbientCapabilities"],
                                 command=keys["ExecStart"].replace("$ARGS", "").split())


def started_as_by_systemd(namespace, root, *options):
    """The agent with the user and the capabilities of the unit, and no others."""
    unit = unit_of(root)
    capability = "-all,+" + re.fullmatch(r"CAP_(\w+)", unit.capability).group(1).lower()
    return Process(namespace.command(*root.command(
        "setpriv", f"--reuid={unit.user}", f"--regid={unit.user}", "--init-groups", f"--inh-caps={capability}",
        f"--ambient-caps={capability}", f"--bounding-set={capability}", "--no-new-privs", *unit.command, *options)))


class PackageTest(NamespaceCase):
    tools = ("debootstrap", "dpkg-buildpackage", "lintian")

    def bare_root_with_package(self):
        root = self.own(BareRoot())
        before = root.files()
        shutil.copy(package(), root.file("/tmp/tcpgauge.deb"))
        root.run("apt-get", "-qq", "update")
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "/tmp/tcpgauge.deb")
        return root, before

    def test_lintian_is_silent(self):
        changes, = glob.glob(os.path.join(packages(), "*.changes"))
        done = subprocess.run(["lintian", "--allow-root", "--pedantic", changes],
                              capture_output=True, text=True)
        said = [line for line in (done.stdout + done.stderr).splitlines() if re.match("[A-Z]: .", line)]
        self.assertEqual(said, [])

    def test_alerts_link_to_the_runbook_that_it_installs(self):
        root, _ = self.bare_root_with_package()
        with open(root.file("/usr/share/tcpgauge/prometheus/rules/tcpgauge.alerts.yml")) as file:
            links = set(re.findall(r"file://(/[^#{]*)", file.read()))
        self.assertEqual(links, {"/usr/share/doc/tcpgauge/runbook.md"})
        with open(root.file(links.pop())) as file:
            self.assertEqual(file.read(), shipped.read("docs/runbook.md"))

    def test_the_service_serves_metrics_and_the_package_goes_without_a_trace(self):
        testbed = self.own(Testbed())
        root, before = self.bare_root_with_package()
        self.assertEqual(root.run("tcpgauge", "--version").split()[0], "tcpgauge")
        agent = self.own(started_as_by_systemd(testbed.client, root, "-i", testbed.link.client_interface))
        address = wait_until(lambda: listen_address(agent.stderr()), "the agent listens")
        self.assertEqual(address, "127.0.0.1:10406")
        wait_until(lambda: fetch(testbed.client, f"http://{address}/-/ready")[0] == 200, "the agent is ready")
        conversation = self.own(Conversation(testbed, 443))
        conversation.client_sends(12345)

        def counted():
            metrics = Exposition(fetch(testbed.client, f"http://{address}/metrics")[1])
            return metrics.value("tcpgauge_client_payload_bytes_total") == 12345
        wait_until(counted, "12345 bytes in /metrics")
        agent.close()
        root.run("apt-get", "-qq", "-y", "purge", "tcpgauge")
        root.run("apt-get", "-qq", "-y", "autoremove", "--purge")
        left = {name for name in root.files() - before if "tcpgauge" in name or "tcptrack" in name}
        self.assertEqual(left, {"/tmp/tcpgauge.deb"})

    def test_it_answers_to_tcptrack_unless_that_is_installed(self):
        root, _ = self.bare_root_with_package()
        link = os.readlink(root.file("/usr/bin/tcptrack"))
        self.assertEqual((link, root.run("readlink", "-f", "/usr/bin/tcptrack").strip()),
                         ("/etc/alternatives/tcptrack", "/usr/bin/tcpgauge"))
        done = subprocess.run(root.command("tcptrack"), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr[:10]), (2, "tcptrack: "), done.stderr)
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "tcptrack")
        self.assertFalse(os.path.islink(root.file("/usr/bin/tcptrack")), "Debian's keeps its name")
        root.run("apt-get", "-qq", "-y", "purge", "tcptrack")
        self.assertEqual(root.run("readlink", "-f", "/usr/bin/tcptrack").strip(), "/usr/bin/tcpgauge", "it comes back")
        root.run("apt-get", "-qq", "-y", "purge", "tcpgauge")
        self.assertFalse(os.path.lexists(root.file("/usr/bin/tcptrack")))
