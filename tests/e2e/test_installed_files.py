# SPDX-License-Identifier: Apache-2.0
"""The files that the package installs beside the binary: manual page, systemd unit, shell completions and documents."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from support import shipped
from support.agent import binary, fetch, listen_address
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import wait_until

# Options are indented by two to six columns. A line of a text that begins with an option's name is indented further.
_OPTION = re.compile(r"^ {2,6}(?:-(\w), )?--([a-z][\w.-]*)(?: ([A-Z][][A-Z0-9:,.]*)|\[=([A-Z]+)\])?(?: |$)", re.MULTILINE)
_MANUAL_OPTION = re.compile(
    r"^\.TP\n\.BR? (?:\\-(\w) \", \" )?\\-\\-([\w.\\-]+)(?: \" \\fI(\S+)\\fR\"| \[ =\\fI(\S+)\\fR \])?$", re.MULTILINE)


def options_of_help():
    """{long name: (short name, name of the value)}."""
    text = subprocess.run([binary(), "--help"], capture_output=True, text=True, check=True).stdout
    return {name: (short, value or optional) for short, name, value, optional in _OPTION.findall(text)}


def without(tool):
    return unittest.skipUnless(shutil.which(tool), f"{tool} is missing")


class ManualPageTest(unittest.TestCase):
    PAGE = "deploy/man/tcpgauge.8"

    def test_it_explains_every_option_and_no_other(self):
        options = shipped.read(self.PAGE).split(".SH OPTIONS")[1].split("\n.SH ")[0]
        explained = {name.replace("\\", ""): (short, value or optional)
                     for short, name, value, optional in _MANUAL_OPTION.findall(options)}
        self.assertEqual(explained, options_of_help())

    @without("mandoc")
    def test_mandoc_has_nothing_to_say(self):
        done = subprocess.run(["mandoc", "-T", "lint", shipped.path(self.PAGE)], capture_output=True, text=True)
        self.assertEqual(done.stdout + done.stderr, "")


class UnitTest(unittest.TestCase):
    UNIT = "deploy/systemd/tcpgauge.service"

    @without("systemd-analyze")
    def test_its_exposure_is_below_two(self):
        done = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20",
                               shipped.path(self.UNIT)], capture_output=True, text=True)
        said = (done.stdout + done.stderr).strip().splitlines()[-1]
        print(f"  {said}")
        self.assertEqual(done.returncode, 0, said)

    @without("systemd-analyze")
    def test_systemd_understands_it(self):
        with tempfile.TemporaryDirectory() as folder:
            # Where there is no installed binary, any will do.
            text = shipped.read(self.UNIT).replace("/usr/bin/tcpgauge", binary())
            unit = os.path.join(folder, "tcpgauge.service")
            with open(unit, "w") as file:
                file.write(text)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
            said = [line for line in done.stderr.splitlines() if "tcpgauge" in line]
            self.assertEqual(said, [])

    def test_it_leaves_names_what_they_read(self):
        settings = dict(re.findall(r"^(\w+)=(.*)$", shipped.read(self.UNIT), re.MULTILINE))
        self.assertEqual(settings["ProtectProc"], "default", "the processes of other users")
        self.assertIn("AF_NETLINK", settings["RestrictAddressFamilies"].split(), "whose the sockets are")
        for hides in ("ProcSubset", "InaccessiblePaths", "PrivateNetwork", "PrivateUsers", "RootDirectory"):
            self.assertNotIn(hides, settings)

    def test_it_leaves_the_interface_as_it_is_and_has_a_limit_of_memory(self):
        settings = dict(re.findall(r"^(\w+)=(.*)$", shipped.read(self.UNIT), re.MULTILINE))
        self.assertEqual((settings["Environment"], settings["MemoryMax"]), ("TCPGAUGE_NO_PROMISCUOUS=true", "512M"))
        self.assertIn("no-promiscuous", options_of_help())

    def test_every_variable_that_is_offered_is_an_option(self):
        offered = set(re.findall(r"^#?TCPGAUGE_(\w+)=", shipped.read("deploy/systemd/tcpgauge.default"), re.MULTILINE))
        known = {re.sub(r"[.-]", "_", name).upper() for name in options_of_help()}
        self.assertEqual(offered - known, set())
        self.assertTrue(offered)


def expanded(words):
    """System calls by name, groups (@name) taken apart as systemd has them."""
    calls = set()
    for word in words:
        if not word.startswith("@"):
            calls.add(word)
            continue
        said = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", word], capture_output=True, text=True)
        calls |= expanded(line.strip() for line in said.stdout.splitlines()[1:] if line.strip() and "#" not in line)
    return calls


class UnitSystemCallsTest(NamespaceCase):
    """No systemd runs here, so what the unit would forbid is held against what the agent is seen to call."""

    tools = ("setpriv", "strace", "systemd-analyze")
    NOBODY = 65534

    def allowed(self):
        calls = set()
        for taken, words in re.findall(r"^SystemCallFilter=(~?)(.*)$", shipped.read(UnitTest.UNIT), re.MULTILINE):
            calls = calls - expanded(words.split()) if taken else calls | expanded(words.split())
        return calls

    def test_the_unit_allows_all_that_the_agent_calls(self):
        testbed = self.own(Testbed())
        folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self.addCleanup(shutil.rmtree, folder)
        # Where a user who is not root can read and write.
        os.chmod(folder, 0o777)
        program = shutil.copy(binary(), folder)
        capability = "-all,+net_raw"
        trace = os.path.join(folder, "trace")
        agent = self.own(Process(testbed.client.command(
            "setpriv", f"--reuid={self.NOBODY}", f"--regid={self.NOBODY}", "--clear-groups", f"--inh-caps={capability}",
            f"--ambient-caps={capability}", f"--bounding-set={capability}", "--no-new-privs",
            "strace", "-D", "-f", "-qq", "-o", trace, program, "-i", testbed.link.client_interface,
            "--web.listen-address=127.0.0.1:0", "--connection-log", os.path.join(folder, "log"), "--identity.file",
            os.path.join(folder, "names.json"))))
        # Each call stops it twice, so all takes its time.
        address = wait_until(lambda: listen_address(agent.stderr()), "the agent listens", 60)
        wait_until(lambda: fetch(testbed.client, f"http://{address}/-/ready")[0] == 200, "the agent is ready", 60)
        conversation = Conversation(testbed, 443)
        conversation.client_sends(1000)
        conversation.close()
        wait_until(lambda: os.path.getsize(os.path.join(folder, "log")), "a line in the log", 60)
        self.assertEqual(fetch(testbed.client, f"http://{address}/metrics", seconds=60)[0], 200)
        self.assertIsNotNone(agent.signal_and_time(signal.SIGTERM, 60))
        with open(trace) as file:
            called = set(re.findall(r"^\d+ +(\w+)\(", file.read(), re.MULTILINE))
        self.assertLess({"bind", "getdents64", "rename"}, called)
        self.assertEqual(called - self.allowed(), set())


class SourcePackageTest(unittest.TestCase):
    # build-essential has the first; the file COMMIT stands for the second; the third is needed to run.
    NOT_TO_BUILD = {"g++", "git", "netbase"}

    def test_it_needs_to_build_what_a_checkout_needs(self):
        control = shipped.read("deploy/debian/package/control")
        needed = set(re.findall(r"^ ([\w+.-]+)", control.split("Build-Depends:")[1].split("\nStandards-")[0], re.MULTILINE))
        listed = set(re.findall(r"^[\w+.-]+", shipped.read("deploy/packages.txt"), re.MULTILINE))
        self.assertEqual(needed - {"debhelper-compat", "dh-sequence-installsysusers"}, listed - self.NOT_TO_BUILD)

    def test_the_modules_inside_the_page_are_packages_of_the_build_and_are_named_in_the_notice(self):
        modules = re.findall(r'^    "([a-z-]+)",$', shipped.read("third_party/d3.bzl"), re.MULTILINE)
        listed = re.findall(r"^node-d3-([\w-]+)$", shipped.read("deploy/packages.txt"), re.MULTILINE)
        self.assertEqual(sorted(modules), sorted(listed))
        self.assertEqual([name for name in modules if not re.search(rf"\bd3-{name}\b", shipped.read("NOTICE"))], [])


class VersionTest(unittest.TestCase):
    def test_it_is_the_same_everywhere(self):
        said = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True).stdout
        version = said.split()[1]
        for name, pattern in (("deploy/kubernetes/base/kustomization.yaml", r"^ *newTag: (.*)$"),
                              ("docs/kubernetes.md", r"tcpgauge:(\d[\d.]*\d)"),
                              ("docs/kubernetes.md", r"newTag: (\d[\d.]*\d)"),
                              ("deploy/helm/tcpgauge/Chart.yaml", r"^version: (.*)$"),
                              ("deploy/helm/tcpgauge/Chart.yaml", r"^appVersion: (.*)$"),
                              ("CHANGELOG.md", r"^## (?:Unreleased: )?(\d[\d.]*\d)"),
                              ("deploy/man/tcpgauge.8", r'"tcpgauge (.*?)"'),
                              ("deploy/debian/package/changelog", r"\Atcpgauge \((.*)-\d+\) ")):
            with self.subTest(file=name):
                found = re.findall(pattern, shipped.read(name), re.MULTILINE)
                self.assertEqual(found[:1], [version])


class BillOfMaterialsTest(unittest.TestCase):
    @without("dpkg-query")
    def test_it_lists_what_the_binary_loads_and_what_it_was_built_with(self):
        done = subprocess.run([shipped.path("deploy/sbom.py"), binary()], capture_output=True, text=True,
                              env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
        self.assertEqual(done.stderr, "")
        bill = json.loads(done.stdout)
        self.assertEqual((bill["spdxVersion"], bill["dataLicense"], bill["SPDXID"], bill["creationInfo"]["created"]),
                         ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT", "2023-11-14T22:13:20Z"))
        names = {package["SPDXID"]: package["name"] for package in bill["packages"]}
        self.assertEqual(len(names), len(bill["packages"]), "each has an identifier of its own")
        for identifier in names:
            self.assertRegex(identifier, r"\ASPDXRef-[A-Za-z0-9.-]+\Z")
        related = {}
        for relation in bill["relationships"]:
            ends = [names.get(relation[end], relation[end]) for end in ("spdxElementId", "relatedSpdxElement")]
            self.assertLessEqual(set(ends), set(names.values()) | {"SPDXRef-DOCUMENT"})
            related.setdefault(relation["relationshipType"], set()).update(ends)
        self.assertEqual(related["DESCRIBES"], {"SPDXRef-DOCUMENT", "tcpgauge"})
        self.assertLess({"libc6", "libpcap0.8", "libcurl4", "libssl3"}, related["DYNAMIC_LINK"])
        listed = set(re.findall(r"^[\w+.-]+", shipped.read("deploy/packages.txt"), re.MULTILINE))
        in_page = {name for name in listed if name.startswith("node-d3-")}
        self.assertEqual(related["STATIC_LINK"],
                         {"tcpgauge", "libabsl-dev", "libboost-dev", "nlohmann-json3-dev"} | in_page)
        self.assertLessEqual(listed, set(names.values()))
        for package in bill["packages"]:
            if package["name"] != "tcpgauge":
                self.assertRegex(package["externalRefs"][0]["referenceLocator"], r"^pkg:deb/debian/[^@+]+@[^@+]+\?arch=")


class CompletionTest(unittest.TestCase):
    def bash(self, *words):
        """What bash offers for the last word."""
        library = "/usr/share/bash-completion/bash_completion"
        if not os.path.exists(library):
            self.skipTest("Debian's bash-completion is missing")
        script = f"""
            PATH={os.path.dirname(binary())}:$PATH
            source {library}
            source {shipped.path("deploy/completion/tcpgauge.bash")}
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${{#COMP_LINE}} COMP_TYPE=9
            COMP_LINE="$*"; COMP_POINT=${{#COMP_LINE}}
            _tcpgauge "$1" "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = subprocess.run(["bash", "--norc", "-c", script, "bash", *words], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_offers_the_options_of_the_binary(self):
        self.assertEqual(set(self.bash(binary(), "--")), {"--" + name for name in options_of_help()})

    def test_bash_offers_values(self):
        self.assertEqual(self.bash(binary(), "--log.level", "w"), ["warn"])
        self.assertEqual(self.bash(binary(), "--identity", "c"), ["cluster"])
        self.assertIn("lo", self.bash(binary(), "-i", "l"))
        self.assertEqual(self.bash(binary(), "--snaplen", ""), [])
        self.assertEqual(self.bash(binary(), "por"), ["port", "portrange"])

    @without("zsh")
    def test_zsh_offers_the_options_of_the_binary(self):
        # _arguments is handed what is offered: this one prints it.
        script = f"""
            _arguments() {{ printf '%s\\n' "$@" }}
            words=({binary()})
            source {shipped.path("deploy/completion/_tcpgauge")}
        """
        done = subprocess.run(["zsh", "-f", "-c", script], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        offered = set(re.findall(r"^\*?--([\w.-]+)", done.stdout, re.MULTILINE))
        self.assertEqual(offered, set(options_of_help()))


class DocumentsTest(unittest.TestCase):
    def test_the_readme_is_short(self):
        self.assertLessEqual(len(shipped.read("README.md").encode()), 10_000)

    def test_links_between_documents_lead_somewhere(self):
        names = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "PERFORMANCE.md", "RELIABILITY.md", "SECURITY.md",
                 "CHANGELOG.md", "METRICS.md", "deploy/README.md", "deploy/helm/tcpgauge/README.md"]
        names += sorted("docs/" + name for name in os.listdir(shipped.path("docs")) if name.endswith(".md"))
        for name in names:
            for link in re.findall(r"\]\(([^)\s]+)\)", shipped.read(name)):
                if re.match(r"\w+:", link):
                    continue
                target, _, anchor = link.partition("#")
                path = os.path.normpath(os.path.join(os.path.dirname(name), target)) if target else name
                with self.subTest(document=name, link=link):
                    self.assertTrue(os.path.exists(shipped.path(path)), "there is no such file")
                    if anchor:
                        self.assertIn(anchor, shipped.anchors(path))
