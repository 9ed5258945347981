# SPDX-License-Identifier: Apache-2.0
"""The container image.

One command builds it from a clean clone. It runs as the Kubernetes manifest says, without further rights.
"""
import json
import os
import re
import subprocess

import yaml
from bare_root import archive, run
from clean_clone import Folder, clone
from support import shipped
from support.agent import fetch
from support.case import NamespaceCase
from support.exposition import Exposition
from support.namespaces import Testbed
from support.processes import Process
from support.traffic import Conversation
from support.waiting import wait_until

_BASE = "docker.io/library/debian:bookworm-slim"
_IMAGE = "localhost/tcpgauge:test"
_NET_RAW = 1 << 13
# crun refuses to run where control groups of both versions are mounted side by side, even when it is to use none.
_PODMAN = ("unshare", "--mount", "sh", "-c", 'umount /sys/fs/cgroup/unified 2>/dev/null; exec podman "$@"', "podman")
# What lets podman run inside a machine that has neither systemd nor control groups of its own.
_HERE = ("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=32768:32768", "--cgroups=disabled", "--runtime", "crun")


class ImageTest(NamespaceCase):
    tools = ("buildah", "podman", "crun", "debootstrap")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Of its own, so that images of this machine are neither used nor touched.
        cls.folder = Folder("tcpgauge-images-")
        cls.storage = ["--root", cls.folder.path + "/root", "--runroot", cls.folder.path + "/run"]
        run(*_PODMAN, *cls.storage, "import", archive(), _BASE)
        print(run(os.path.join(clone(), "deploy/container/build.sh"), "--tool",
                  " ".join(["buildah", *cls.storage, "bud", "--isolation=chroot", "--pull-never", "--format=docker"]),
                  _IMAGE).splitlines()[-1])

    @classmethod
    def tearDownClass(cls):
        subprocess.run([*_PODMAN, *cls.storage, "rm", "--all", "--force"], capture_output=True)
        subprocess.run([*_PODMAN, *cls.storage, "rmi", "--all", "--force"], capture_output=True)
        cls.folder.close()

    def podman(self, *words):
        return run(*_PODMAN, *self.storage, *words)

    def pod(self):
        """The pod and the container of the base manifest."""
        pod = yaml.safe_load(shipped.read("deploy/kubernetes/base/daemon-set.yaml"))["spec"]["template"]["spec"]
        container, = pod["containers"]
        return pod, container

    def rights(self):
        """What the manifest gives and takes, in podman's words."""
        pod, container = self.pod()
        security = container["securityContext"]
        self.assertIs(security["readOnlyRootFilesystem"], True)
        self.assertIs(security["allowPrivilegeEscalation"], False)
        user = pod["securityContext"]
        return [*(f"--cap-drop={name}" for name in security["capabilities"]["drop"]),
                *(f"--cap-add={name}" for name in security["capabilities"]["add"]),
                "--read-only", "--security-opt=no-new-privileges", f"--user={user['runAsUser']}:{user['runAsGroup']}"]

    def container(self, namespace, name, *options, rights=None):
        class Container(Process):
            """Podman in the foreground; the container goes away with it."""

            def close(process):
                subprocess.run([*_PODMAN, *self.storage, "rm", "--force", "--time", "2", name], capture_output=True)
                super().close()

        return self.own(Container(
            [*_PODMAN, *self.storage, "run", "--name", name, *_HERE, f"--network=ns:/run/netns/{namespace.name}",
             *(self.rights() if rights is None else rights), _IMAGE, *options]))

    def healthy(self, name, **environment):
        options = [f"--env={key}={value}" for key, value in environment.items()]
        check = json.loads(self.podman("image", "inspect", _IMAGE))[0]["Healthcheck"]["Test"]
        self.assertEqual(check[0], "CMD")
        done = subprocess.run([*_PODMAN, *self.storage, "exec", *options, name, *check[1:]], capture_output=True, text=True)
        return done.returncode == 0

    def test_it_captures_with_the_rights_of_the_manifest(self):
        testbed = self.own(Testbed())
        _, manifest = self.pod()
        agent = self.container(testbed.client, "agent", *manifest["args"])
        url = "http://127.0.0.1:10406"
        try:
            wait_until(lambda: fetch(testbed.client, url + "/-/ready")[0] == 200, "the agent is ready", 30)
        except AssertionError:
            raise AssertionError(f"not ready: {agent.stdout()} {agent.stderr()}") from None
        conversation = self.own(Conversation(testbed, 443))
        conversation.client_sends(12345)

        def counted():
            metrics = Exposition(fetch(testbed.client, url + "/metrics")[1])
            found = metrics.find("tcpgauge_connection_client_payload_bytes_total", server_port="443")
            return list(found.values()) == [12345]
        wait_until(counted, "12345 bytes to port 443 in /metrics")

        pid = json.loads(self.podman("inspect", "agent"))[0]["State"]["Pid"]
        with open(f"/proc/{pid}/status") as file:
            status = dict(re.findall(r"^(\w+):\s*(.*)$", file.read(), re.MULTILINE))
        for capabilities in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
            self.assertEqual(int(status[capabilities], 16) & ~_NET_RAW, 0, capabilities)
        self.assertEqual((status["Uid"].split()[0], status["NoNewPrivs"]), ("10406", "1"))
        self.assertTrue(self.healthy("agent"))

    def test_the_health_check_fails_where_nothing_listens(self):
        testbed = self.own(Testbed())
        self.container(testbed.client, "elsewhere", "-i", testbed.link.client_interface, "--web.listen-address=:10407")
        wait_until(lambda: fetch(testbed.client, "http://127.0.0.1:10407/-/ready")[0] == 200, "the agent is ready", 30)
        self.assertTrue(self.healthy("elsewhere"), "it finds the address on the command line")
        self.container(testbed.client, "silent", "-i", testbed.link.client_interface, "--web.listen-address=")
        wait_until(lambda: "silent" in self.podman("ps", "--format", "{{.Names}}").split(), "it runs", 30)
        self.assertFalse(self.healthy("silent"))

    def test_without_the_capability_it_does_not_start(self):
        """The kernel refuses a program with a file capability that its container may not have."""
        testbed = self.own(Testbed())
        rights = [word for word in self.rights() if not word.startswith("--cap-add")]
        agent = self.container(testbed.client, "unable", "-i", testbed.link.client_interface, rights=rights)
        self.assertNotEqual(agent.wait(30), 0)
        self.assertIn("Operation not permitted", agent.stdout() + agent.stderr())

    def test_labels_say_what_it_is_made_of(self):
        labels = json.loads(self.podman("image", "inspect", _IMAGE))[0]["Labels"]
        labels = {name.removeprefix("org.opencontainers.image."): text for name, text in labels.items()}
        said = self.podman("run", "--rm", *_HERE, "--network=none", *self.rights(), _IMAGE, "--version")
        self.assertIn(labels["version"], said)
        commit = run("git", "-c", "safe.directory=*", "-C", clone(), "rev-parse", "--short=12", "HEAD").strip()
        self.assertEqual(labels["revision"], commit)
        self.assertIn(commit, said)
        self.assertEqual((labels["title"], labels["licenses"]), ("tcpgauge", "Apache-2.0"))
        # The remote of the clone is a folder of this machine, which is nobody else's business.
        self.assertNotIn("source", labels)

    def test_it_is_small(self):
        base, image = (json.loads(self.podman("image", "inspect", name))[0]["Size"] for name in (_BASE, _IMAGE))
        print(f"  {image / 1e6:.0f} MB, of which the base is {base / 1e6:.0f} MB")
        self.assertLess(image - base, 60e6)
