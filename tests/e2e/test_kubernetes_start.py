# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of docs/kubernetes.md as they stand there, and then a pod of the objects that they made.

kubectl, helm, openssl and htpasswd are the real programs. An API server that only keeps what it is sent is the cluster, and
a program that writes down its words is docker. No kubelet starts the pod: the agent gets its options, its variables and the
files of its secrets here, and Prometheus gets what the PodMonitor says.
"""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import tempfile

from support import kube_programs, shipped
from support.agent import binary
from support.case import NamespaceCase
from support.kube_objects import KubeObjects
from support.manifests import container_of, of_kind, pod_of
from support.namespaces import Namespace
from support.processes import Process
from support.prometheus import Prometheus
from support.waiting import wait_until

_DOCUMENT = "docs/kubernetes.md"
_COMMON = ("1. The image", "2. The namespace")
_WAYS = {way: ("With " + way, "Are they there?", "4. TLS and a password", "Then, with " + way, "Are they there?")
         for way in ("Helm", "kustomize")}
# Forwarding a port takes a kubelet.
_NOT_FOLLOWED = {"5. Look"}
_DOCKER = '#!/bin/sh\n[ "$1" = info ] || echo "$@" >>"$HOME/docker.log"\n'
_STEP_SECONDS = 120


def blocks():
    """{heading: [block of commands, ...]}"""
    found = {}
    for section in re.split(r"^##+ ", shipped.read(_DOCUMENT), flags=re.MULTILINE)[1:]:
        heading = section.split("\n", 1)[0]
        of_section = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        if of_section:
            found[heading] = of_section
    return found


class Cluster:
    """A machine with a checkout and a cluster, on which somebody follows the document."""

    def __init__(self):
        self.api = KubeObjects()
        self.home = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self.checkout = os.path.join(self.home, "tcpgauge")
        for name in ("deploy", "src/base/version.h"):
            target = os.path.join(self.checkout, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            (shutil.copytree if os.path.isdir(shipped.path(name)) else shutil.copy)(shipped.path(name), target)
        self.bin = os.path.join(self.home, "bin")
        os.mkdir(self.bin)
        with open(os.path.join(self.bin, "docker"), "w") as file:
            file.write(_DOCKER)
        os.chmod(os.path.join(self.bin, "docker"), 0o755)
        os.symlink(kube_programs.kubectl(), os.path.join(self.bin, "kubectl"))
        os.symlink(kube_programs.helm(max(kube_programs.HELMS)), os.path.join(self.bin, "helm"))
        self.api.write_kubeconfig(os.path.join(self.home, "kubeconfig"))

    def follow(self, heading):
        for block in blocks()[heading]:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=self.checkout, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=_STEP_SECONDS,
                                  env={"HOME": self.home, "PATH": f"{self.bin}:/usr/bin:/bin",
                                       "KUBECONFIG": os.path.join(self.home, "kubeconfig")})
            print(f"  {heading}:")
            for line in block.splitlines() + ["  " + line for line in done.stdout.splitlines()[:4]]:
                print(f"    {line[:160]}")
            if done.returncode != 0 or "rror" in done.stderr:
                raise AssertionError(f"{heading}: {block}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def files(self):
        """{name: hash} of the checkout."""
        found = {}
        for folder, _, names in os.walk(self.checkout):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    found[os.path.relpath(file.name, self.checkout)] = hashlib.sha256(file.read()).hexdigest()
        return found

    def secret(self, name):
        """{key: bytes}"""
        found, = (each for each in self.api.objects("Secret") if each["metadata"]["name"] == name)
        return {key: base64.b64decode(text) for key, text in found["data"].items()}

    def project(self, volume, folder):
        """Writes the files of a projected volume of secrets, as a kubelet does."""
        for source in volume["projected"]["sources"]:
            held = self.secret(source["secret"]["name"])
            for item in source["secret"]["items"]:
                with open(os.path.join(folder, item["path"]), "wb") as file:
                    file.write(held[item["key"]])

    def close(self):
        self.api.close()
        shutil.rmtree(self.home)


class KubernetesStartTest(NamespaceCase):
    tools = ("curl", "openssl", "htpasswd", "prometheus")

    def follow(self, way):
        cluster = self.own(Cluster())
        before = cluster.files()
        for heading in (*_COMMON, *_WAYS[way]):
            cluster.follow(heading)
            if heading == "With " + way:
                first = cluster.api.objects("DaemonSet", "PodMonitor", "PrometheusRule")
                self.assertNotIn("scheme", of_kind(first, "PodMonitor")["spec"]["podMetricsEndpoints"][0])
                self.assertEqual(len(first), 3)
        self.assertEqual(cluster.files(), before, "a file of the checkout was edited")
        return cluster

    def job(self, cluster, endpoint, address):
        """What the operator makes of the PodMonitor's endpoint, for the agent on this address."""
        written = {}
        authority = endpoint["tlsConfig"]["ca"]["secret"]
        for name, where in {"ca": authority, **endpoint["basicAuth"]}.items():
            written[name] = os.path.join(cluster.home, f"prometheus-{name}")
            with open(written[name], "wb") as file:
                file.write(cluster.secret(where["name"])[where["key"]])
        with open(written["username"]) as file:
            username = file.read()
        return {"scheme": endpoint["scheme"], "metrics_path": endpoint["path"],
                "tls_config": {"ca_file": written["ca"], "server_name": endpoint["tlsConfig"]["serverName"]},
                "basic_auth": {"username": username, "password_file": written["password"]},
                "static_configs": [{"targets": [address]}]}

    def try_pod(self, cluster):
        objects = cluster.api.objects("DaemonSet", "PodMonitor")
        pod, container = pod_of(objects)["spec"], container_of(objects)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)  # the agent reads as a user without rights
        web, = (each for each in pod["volumes"] if "projected" in each)
        cluster.project(web, folder.name)
        mount, = (each["mountPath"] for each in container["volumeMounts"] if each["name"] == web["name"])
        # The paths of the node are this machine's. In a namespace of its own, the pod's port is free.
        options = [word.replace("=/host/", "=/") for word in container["args"]]
        variables = {each["name"]: each["value"].replace(mount, folder.name) for each in container["env"] if "value" in each}
        namespace = self.own(Namespace())
        agent = self.own(Process(namespace.command(binary(), *options), env={**os.environ, **variables}))
        port = container["ports"][0]["containerPort"]

        def status(path, *words):
            done = subprocess.run(namespace.command(
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", f"{cluster.home}/secrets/tls.crt", *words,
                "--connect-to", f"tcpgauge:{port}:127.0.0.1:{port}", f"https://tcpgauge:{port}{path}"),
                capture_output=True, text=True)
            return done.stdout
        probe = container["readinessProbe"]["httpGet"]
        self.assertEqual(probe["scheme"], "HTTPS")
        wait_until(lambda: status(probe["path"]) == "200" or not agent.running(), "the agent is ready", 60)
        self.assertTrue(agent.running(), agent.stderr())
        user = ("-u", f"prometheus:{cluster.secret('tcpgauge-web')['password'].decode()}")
        self.assertEqual((status("/metrics"), status("/metrics", *user)), ("401", "200"))
        self.assertEqual([status(path, *user) for path in ("/", "/api/v1/connections")], ["404", "404"], "metrics alone")

        endpoint, = of_kind(objects, "PodMonitor")["spec"]["podMetricsEndpoints"]
        job = self.job(cluster, endpoint, f"127.0.0.1:{port}")
        prometheus = self.own(Prometheus(namespace, {}, jobs=[
            {**job, "job_name": "right"}, {**job, "job_name": "without password", "basic_auth": None},
            {**job, "job_name": "without TLS", "scheme": "http", "tls_config": None}]))

        def told():
            """What the last scrape of each job came to. On a busy machine one may have run out of time."""
            return {each["labels"]["job"]: each["lastError"] or each["health"]
                    for each in prometheus.api("targets")["activeTargets"]}
        wait_until(lambda: told().get("right") == "up", "the job of the PodMonitor is up", 60)
        wait_until(lambda: "401" in told()["without password"], "a scrape without the password is refused", 60)
        self.assertNotEqual(told()["without TLS"], "up")

    def test_every_command_works_with_helm(self):
        self.try_pod(self.follow("Helm"))

    def test_every_command_works_with_kustomize(self):
        self.try_pod(self.follow("kustomize"))

    def test_every_command_of_the_document_is_run(self):
        self.assertEqual(set(blocks()) - _NOT_FOLLOWED, {*_COMMON, *(heading for way in _WAYS.values() for heading in way)})
