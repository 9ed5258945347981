# SPDX-License-Identifier: Apache-2.0
"""The relocatable tar file, in a minimal Debian that has none of the packages that the binary was linked with."""
import os
import re
import shutil
import subprocess

from bare_root import BareRoot
from clean_clone import tarball
from support import shipped
from support.agent import fetch, listen_address
from support.case import NamespaceCase
from support.example_capture import write_capture
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import wait_until

_NOBODY = 65534
_PLACES = ("/opt/tcpgauge", "/srv/a folder/of another name")


class TarballTest(NamespaceCase):
    tools = ("debootstrap",)

    def root_with_the_folder_at(self, place):
        root = self.own(BareRoot())
        os.makedirs(root.file(place))
        shutil.copy(tarball(), root.file("/tmp"))
        root.run("tar", "-C", place, "--strip-components=1", "-xzf", "/tmp/" + os.path.basename(tarball()))
        return root

    def test_it_runs_from_any_folder_without_the_packages_of_its_libraries(self):
        for place in _PLACES:
            with self.subTest(place=place):
                root = self.root_with_the_folder_at(place)
                for package in ("libpcap0.8", "libcurl4", "libprotobuf32", "libyaml-cpp0.7", "libncursesw6"):
                    done = subprocess.run(root.command("dpkg-query", "-W", package), capture_output=True)
                    self.assertNotEqual(done.returncode, 0, f"{package} is installed, so this test says nothing")
                program = f"{place}/bin/tcpgauge"
                self.assertRegex(root.run(program, "--version"), r"^tcpgauge \S+ \(commit \w+")
                of_glibc = {os.path.basename(name) for name in root.run("dpkg", "-L", "libc6").split()}
                loaded = dict(re.findall(r"^\t(\S+) => (.+) \(0x", root.run("ldd", program), re.MULTILINE))
                self.assertGreater(len(loaded), 30)
                for name, path in loaded.items():
                    if name not in of_glibc:
                        self.assertEqual(os.path.normpath(path), f"{place}/lib/tcpgauge/{name}")
                write_capture(root.file("/tmp/capture.pcap"))
                said = root.run(program, "-T", "/tmp/capture.pcap", "--output", "prometheus")
                self.assertIn("\ntcpgauge_client_payload_bytes_total 1000\n", said)

    def test_it_captures_with_the_capability_that_systemd_gives(self):
        testbed = self.own(Testbed())
        root = self.root_with_the_folder_at(_PLACES[0])
        capability = "-all,+net_raw"
        agent = self.own(Process(testbed.client.command(*root.command(
            "setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", f"--inh-caps={capability}",
            f"--ambient-caps={capability}", f"--bounding-set={capability}", "--no-new-privs",
            f"{_PLACES[0]}/bin/tcpgauge", "-i", testbed.link.client_interface))))
        address = wait_until(lambda: listen_address(agent.stderr()), "the agent listens")
        wait_until(lambda: fetch(testbed.client, f"http://{address}/-/ready")[0] == 200, "the agent is ready")
        conversation = self.own(Conversation(testbed, 443))
        conversation.client_sends(12345)
        wait_until(lambda: "\ntcpgauge_client_payload_bytes_total 12345\n" in
                   fetch(testbed.client, f"http://{address}/metrics")[1], "12345 bytes in /metrics")

    def test_it_brings_licences_and_a_bill_of_materials(self):
        root = self.root_with_the_folder_at(_PLACES[0])
        documents = root.file(f"{_PLACES[0]}/share/doc/tcpgauge")
        with open(f"{documents}/LICENSE") as file:
            self.assertEqual(file.read(), shipped.read("LICENSE"))
        licences = set(os.listdir(f"{documents}/licences"))
        self.assertLess({"libpcap0.8", "libcurl4", "libssl3", "libstdc++6"}, licences)
        with open(f"{documents}/sbom.spdx.json") as file:
            bill = file.read()
        self.assertEqual([name for name in licences if f'"name": "{name}"' not in bill], [])
        for name in ("share/man/man8/tcpgauge.8", "share/tcpgauge/systemd/tcpgauge.service", "README",
                     "share/doc/tcpgauge/docs/options.md"):
            self.assertTrue(os.path.exists(root.file(f"{_PLACES[0]}/{name}")), name)
