# SPDX-License-Identifier: Apache-2.0
"""The Debian packages.

One command builds them and their source package from a clean clone. They are installed in a minimal Debian, run as the
unit says, upgraded and removed. The source package is built again in a minimal Debian without a network.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile
import types

from bare_root import BareRoot, run
from clean_clone import package, packages, source_package
from support import shipped
from support.agent import fetch, listen_address
from support.case import NamespaceCase
from support.exposition import Exposition
from support.namespaces import Namespace, Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import wait_until

_UNIT = "/lib/systemd/system/tcpgauge.service"


def unit_of(root):
    """What the unit says of user, capabilities and command; of keys that are given twice the last."""
    with open(root.file(_UNIT)) as file:
        keys = dict(re.findall(r"^(\w+)=(.*)$", file.read(), re.MULTILINE))
    return types.SimpleNamespace(user=keys["User"], capability=keys["AmbientCapabilities"],
                                 variables=keys["Environment"].split(),
                                 command=keys["ExecStart"].replace("$ARGS", "").split())


def started_as_by_systemd(namespace, root, *options):
    """The agent with the user and the capabilities of the unit, and no others."""
    unit = unit_of(root)
    capability = "-all,+" + re.fullmatch(r"CAP_(\w+)", unit.capability).group(1).lower()
    return Process(namespace.command(*root.command(
        "setpriv", f"--reuid={unit.user}", f"--regid={unit.user}", "--init-groups", f"--inh-caps={capability}",
        f"--ambient-caps={capability}", f"--bounding-set={capability}", "--no-new-privs", "env", *unit.variables,
        *unit.command, *options)))


def install(root, *files, options=()):
    """Installs packages from files, in one transaction, with what they depend on."""
    for file in files:
        shutil.copy(file, root.file("/tmp"))
    root.run("apt-get", "-qq", "update")
    root.run("apt-get", "-qq", "-y", "--no-install-recommends", *options, "install",
             *("/tmp/" + os.path.basename(file) for file in files))


def tcptrack_package():
    found, = glob.glob(os.path.join(packages(), "tcpgauge-tcptrack_*.deb"))
    return found


def first_version(folder):
    """A package as 0.1.0 was, as far as an upgrade sees it: its alternative, and its options."""
    for name, text, mode in (
            ("DEBIAN/control", "Package: tcpgauge\nVersion: 0.1.0\nArchitecture: all\n"
             "Maintainer: tcpgauge authors <tcpgauge@example.com>\nDescription: as 0.1.0 was\n", 0o644),
            ("DEBIAN/conffiles", "/etc/default/tcpgauge\n", 0o644),
            ("DEBIAN/postinst", "#!/bin/sh\nset -e\nupdate-alternatives --quiet --install /usr/bin/tcptrack tcptrack "
             "/usr/bin/tcpgauge 10\n", 0o755),
            ("DEBIAN/prerm", '#!/bin/sh\nset -e\ncase "$1" in remove | deconfigure) update-alternatives --quiet '
             "--remove tcptrack /usr/bin/tcpgauge;; esac\n", 0o755),
            ("etc/default/tcpgauge", "# Options.\n", 0o644),
            ("usr/bin/tcpgauge", "#!/bin/sh\n", 0o755)):
        path = os.path.join(folder, "tree", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
    made = os.path.join(folder, "tcpgauge_0.1.0_all.deb")
    run("dpkg-deb", "--build", "--root-owner-group", os.path.join(folder, "tree"), made)
    return made


class PackageTest(NamespaceCase):
    tools = ("autopkgtest", "debootstrap", "dpkg-buildpackage", "lintian")

    def bare_root_with_package(self):
        root = self.own(BareRoot())
        before = root.files()
        install(root, package())
        return root, before

    def users(self, root):
        return [line.split(":")[0] for name in ("passwd", "group", "shadow", "gshadow")
                for line in root.run("cat", f"/etc/{name}").splitlines()]

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
            self.assertEqual(shipped.anchors_in(file.read()), shipped.anchors("docs/runbook.md"))

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
        self.assertNotIn("PROMISC", testbed.client.run("ip", "-d", "link", "show", testbed.link.client_interface))
        self.assertIn("promiscuity 0 ", testbed.client.run("ip", "-d", "link", "show", testbed.link.client_interface))
        agent.close()
        # What systemd makes for the unit, and what the user keeps where the package made a place for it.
        root.write("/var/log/tcpgauge/connections.json", "{}\n")
        root.write("/etc/tcpgauge/web.yml", "basic_auth_users: {}\n")
        self.assertIn("tcpgauge", self.users(root))
        root.run("apt-get", "-qq", "-y", "purge", "tcpgauge")
        root.run("apt-get", "-qq", "-y", "autoremove", "--purge")
        names = {name for name in root.files() - before if "tcpgauge" in name or "tcptrack" in name}
        self.assertEqual(names, {"/tmp/" + os.path.basename(package())})
        folders = root.run("find", "/", "-xdev", "-type", "d", "-name", "*tcpgauge*").split()
        self.assertEqual(folders + [user for user in self.users(root) if user == "tcpgauge"], [])

    def test_the_package_of_the_name_tcptrack_takes_the_place_of_debians(self):
        root, _ = self.bare_root_with_package()
        self.assertFalse(os.path.lexists(root.file("/usr/bin/tcptrack")))
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "tcptrack")
        install(root, tcptrack_package())
        self.assertEqual(root.run("readlink", "-f", "/usr/bin/tcptrack").strip(), "/usr/bin/tcpgauge")
        self.assertEqual(root.run("sh", "-c", "dpkg -l tcptrack | grep -c ^ii || true").strip(), "0")
        done = subprocess.run(root.command("tcptrack"), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr[:10]), (2, "tcptrack: "), done.stderr)
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "tcptrack", "tcpgauge-tcptrack-")
        self.assertFalse(os.path.islink(root.file("/usr/bin/tcptrack")), "Debian's has its name back")

    def test_an_upgrade_removes_the_alternative_and_keeps_the_options(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        old = first_version(folder)
        for more in ([], [tcptrack_package()]):
            with self.subTest(with_the_name=bool(more)):
                root = self.own(BareRoot())
                install(root, old)
                self.assertEqual(os.readlink(root.file("/usr/bin/tcptrack")), "/etc/alternatives/tcptrack")
                root.write("/etc/default/tcpgauge", "TCPGAUGE_INTERFACE=any\n")
                install(root, package(), *more, options=("-o", "Dpkg::Options::=--force-confold"))
                self.assertFalse(os.path.lexists(root.file("/etc/alternatives/tcptrack")))
                self.assertEqual(os.path.lexists(root.file("/usr/bin/tcptrack")), bool(more))
                if more:
                    self.assertEqual(os.readlink(root.file("/usr/bin/tcptrack")), "tcpgauge")
                with open(root.file("/etc/default/tcpgauge")) as file:
                    self.assertEqual(file.read(), "TCPGAUGE_INTERFACE=any\n")

    def test_the_connection_log_is_rotated(self):
        root, _ = self.bare_root_with_package()
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "logrotate")
        root.run("install", "-d", "-o", "tcpgauge", "-g", "tcpgauge", "-m", "750", "/var/log/tcpgauge")
        root.write("/var/log/tcpgauge/connections.json", "{}\n")
        root.run("chown", "tcpgauge:tcpgauge", "/var/log/tcpgauge/connections.json")
        root.write("/usr/local/bin/systemctl", '#!/bin/sh\necho "$*" >>/tmp/systemctl\n', 0o755)
        root.run("logrotate", "--force", "/etc/logrotate.d/tcpgauge")
        self.assertEqual(root.run("ls", "/var/log/tcpgauge").split(), ["connections.json.1"])
        self.assertEqual(root.run("cat", "/tmp/systemctl").splitlines(),
                         ["is-active --quiet tcpgauge.service", "reload tcpgauge.service"])

    def test_links_of_the_documents_lead_to_installed_files(self):
        root, _ = self.bare_root_with_package()
        folder = "/usr/share/doc/tcpgauge"
        for name in ("SECURITY.md", "openapi.json", "README.md", "host.md", "changelog.gz", "changelog.Debian.gz"):
            self.assertTrue(os.path.exists(root.file(f"{folder}/{name}")), name)
        seen = 0
        for path in glob.glob(root.file(f"{folder}/*.md")):
            with open(path) as file:
                links = re.findall(r"\]\(([^)\s]+)\)", file.read())
            for link in links:
                target, _, anchor = link.partition("#")
                if re.match(r"\w+:", link) or not target:
                    continue
                seen += 1
                with self.subTest(document=os.path.basename(path), link=link):
                    target = os.path.normpath(os.path.join(os.path.dirname(path), target))
                    self.assertTrue(os.path.exists(target), "there is no such file")
                    if anchor:
                        with open(target) as file:
                            self.assertIn(anchor, shipped.anchors_in(file.read()))
        self.assertGreater(seen, 50)

    def test_the_tests_of_the_source_package_pass(self):
        root = self.own(BareRoot())
        root.run("apt-get", "-qq", "update")
        done = subprocess.run(["autopkgtest", "--no-built-binaries", *glob.glob(os.path.join(packages(), "*.deb")),
                               source_package(), "--", "chroot", root.path],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
        results = dict(re.findall(r"^(\w+) +(PASS|FAIL|SKIP|FLAKY)\b", done.stdout, re.MULTILINE))
        self.assertEqual((done.returncode, results), (0, {"file": "PASS", "live": "PASS"}), done.stdout[-3000:])

    def test_it_is_built_from_source_in_a_minimal_debian_without_a_network(self):
        root = self.own(BareRoot())
        nowhere = self.own(Namespace())
        for name in glob.glob(os.path.join(packages(), "tcpgauge_*.orig.tar.gz")) + [
                source_package(), *glob.glob(os.path.join(packages(), "tcpgauge_*.debian.tar.xz"))]:
            shutil.copy(name, root.file("/root"))
        root.run("apt-get", "-qq", "update")
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "build-essential")
        root.run("sh", "-c", "cd /root && dpkg-source -x *.dsc source")
        root.run("apt-get", "-qq", "-y", "--no-install-recommends", "build-dep", "/root/source")
        # Java wants /proc, and Bazel a user whose files are its own.
        run(*nowhere.command(*root.command("sh", "-c", "cd /root/source && dpkg-buildpackage --no-sign")))
        made = {name for name in os.listdir(root.file("/root")) if name.endswith(".deb")}
        self.assertEqual(made, {os.path.basename(name) for name in glob.glob(os.path.join(packages(), "*.deb"))})
