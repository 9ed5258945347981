# SPDX-License-Identifier: Apache-2.0
"""Levels of names, and the file of names: a live agent writes it, and an agent that reads a capture takes it."""
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile

from support.agent import Agent, ThisHost, binary
from support.case import NamespaceCase
from support.example_capture import write_capture
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import wait_until

USAGE, ENVIRONMENT = 2, 1
NOBODY = pwd.getpwnam("nobody")
NAMES = {
    "version": 1,
    "addresses": [
        {"address": "10.0.0.1", "namespace": "shop", "workload": "web", "workload_kind": "Deployment", "pod": "web-1"}],
    "sockets": [{"address": "10.0.0.2", "port": 80, "workload": "nginx.service", "workload_kind": "unit"}],
    "local_addresses": ["10.0.0.1"],
}


def threads(pid):
    names = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm") as file:
            names.append(file.read().strip())
    return names


class FolderCase(NamespaceCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def capture(self):
        write_capture(self.path("capture.pcap"))
        return self.path("capture.pcap")


class ReadTest(FolderCase):
    def output(self, form, *options):
        done = subprocess.run([binary(), "-T", self.capture(), "-r", "86400", "--output", form, *options],
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_a_file_of_names_names_the_ends_of_a_capture(self):
        names = self.write("names.json", json.dumps(NAMES, indent=1))
        connection, = json.loads(self.output("json", "--identity.file", names))["connections"]
        self.assertEqual((connection["client"]["namespace"], connection["client"]["pod"]), ("shop", "web-1"))
        self.assertEqual(connection["server"]["workload"], "nginx.service")
        metrics = self.output("prometheus", "--identity.file", names)
        self.assertIn('client_namespace="shop",client_workload="web",client_pod="web-1",server_workload="nginx.service"',
                      metrics)
        edge = 'client_namespace="shop",client_workload="web",server_workload="nginx.service",server_port="80",' \
               'reporter="client"'
        self.assertIn("tcpgauge_workload_edge_client_payload_bytes_total{%s} 1000\n" % edge, metrics)

    def test_without_a_file_of_names_a_capture_has_none(self):
        connection, = json.loads(self.output("json"))["connections"]
        self.assertNotIn("workload", connection["client"])
        metrics = self.output("prometheus")
        for name in ("tcpgauge_identity_", "tcpgauge_workload_edge_", "tcpgauge_endpoint_info", "client_workload"):
            self.assertNotIn(name, metrics)

    def test_an_agent_that_serves_a_capture_shows_the_names(self):
        names = self.write("names.json", json.dumps(NAMES))
        agent = self.own(Agent(ThisHost(), "-T", self.capture(), "-r", "86400", "--identity.file", names))
        metrics = agent.get("/metrics")[1]
        self.assertIn('tcpgauge_identity_up{source="file"} 1\n', metrics)
        self.assertIn("tcpgauge_identity_endpoints 2\n", metrics)
        self.assertIn('client_workload="web"', metrics)
        self.assertNotIn("identity", threads(agent.pid))

    def test_a_wrong_file_is_named_with_its_line(self):
        wrong = self.write("wrong.json", '{"version": 1,\n "addresses": [\n  {"adress": "10.0.0.1"}]}')
        bounded = self.write("names.json", json.dumps(NAMES, indent=1))
        for path, status, named, options in (
                (wrong, USAGE, f"--identity.file: '{wrong}', line 3: 'adress' is no part of an entry", ()),
                (self.write("empty.json", ""), USAGE, "line 1: not JSON", ()),
                (bounded, USAGE, "raise --identity.max-endpoints", ("--identity.max-endpoints", "1")),
                (self.path("none.json"), ENVIRONMENT, "No such file", ()),
                (self.folder, ENVIRONMENT, "it is not a regular file", ())):
            with self.subTest(path=path):
                done = subprocess.run([binary(), "-T", self.capture(), "--output", "table", "--identity.file", path,
                                       *options], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (status, 1), done.stderr)
                self.assertIn(named, done.stderr)
                self.assertEqual(done.stdout, "")


class LiveTest(FolderCase):
    def setUp(self):
        super().setUp()
        self.testbed = self.own(Testbed())
        self.writable = self.path("writable")
        os.mkdir(self.writable)
        os.chown(self.writable, NOBODY.pw_uid, NOBODY.pw_gid)
        self.names = os.path.join(self.writable, "names.json")

    def agent(self, *options):
        return self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, "--user", "nobody",
                              *options))

    def test_the_default_names_ends_as_an_unprivileged_user(self):
        agent = self.agent("--identity.file", self.names)
        self.assertIn("identity", threads(agent.pid))
        metrics = agent.get("/metrics")[1]
        self.assertIn('tcpgauge_identity_up{source="sockets"} 1\n', metrics)
        self.assertIn('tcpgauge_identity_up{source="proc"} 1\n', metrics)
        with open(self.names) as file:
            names = json.load(file)
        self.assertEqual(names["version"], 1)
        self.assertIn(self.testbed.link.server_address, names["shared_addresses"])
        self.assertEqual(os.stat(self.names).st_uid, NOBODY.pw_uid)
        self.assertEqual(os.listdir(self.writable), ["names.json"])
        seconds = agent.signal_and_time(signal.SIGTERM)
        self.assertIsNotNone(seconds, "it goes on running")
        self.assertLess(seconds, 1)
        self.assertEqual(agent.wait(), 0)
        done = subprocess.run([binary(), "-T", self.capture(), "--output", "json", "--identity.file", self.names],
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""), "what it wrote can be read")

    def test_names_follow_the_sockets(self):
        agent = self.agent("--identity.file", self.names)
        before = os.stat(self.names).st_ino
        conversation = Conversation(self.testbed, 443)
        conversation.client_sends(1000)
        wait_until(lambda: os.stat(self.names).st_ino != before, "another file of names", 60)
        self.assertTrue(agent.running())

    def test_off_asks_nobody(self):
        agent = self.agent("--identity", "off")
        self.assertNotIn("identity", threads(agent.pid))
        conversation = Conversation(self.testbed, 443)
        conversation.client_sends(1000)
        conversation.close()
        metrics = agent.get("/metrics")[1]
        for name in ("tcpgauge_identity_", "tcpgauge_workload_edge_", "tcpgauge_listener_", "client_workload"):
            self.assertNotIn(name, metrics)

    def test_a_folder_that_the_user_may_not_write_to_is_named(self):
        path = self.path("names.json")
        done = subprocess.run(self.testbed.server.command(
            binary(), "-i", "lo", "--web.listen-address=", "--duration", "0.1", "--user", "nobody", "--identity.file",
            path), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (ENVIRONMENT, 1), done.stderr)
        self.assertIn(f"--identity.file: cannot write '{path}': Permission denied; use a folder in which", done.stderr)
        self.assertFalse(os.path.exists(path))

    def test_folders_that_are_not_there_leave_it_running(self):
        agent = self.agent("--path.procfs", "/nonexistent", "--path.cgroup", "/nonexistent", "--path.container-logs",
                           "/nonexistent")
        metrics = agent.get("/metrics")[1]
        for source in ("proc", "cgroup", "container-logs"):
            self.assertIn('tcpgauge_identity_up{source="%s"} 0\n' % source, metrics)
