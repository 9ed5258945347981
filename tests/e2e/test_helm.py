# SPDX-License-Identifier: Apache-2.0
"""Checks the Helm chart, as Helm 3 and Helm 4 render and install it.

What the objects must be is checked of the manifests (test_kubernetes.py); the chart is held to the same objects.
"""
import collections
import copy
import json
import os
import subprocess
import tempfile
import unittest

import yaml
from support import kube_programs, manifests, npm, shipped
from support.agent import binary
from support.kube_objects import KubeObjects
from support.manifests import charted, container_of, helm_template, of_kind, options_of, pod_of

_MONITOR = {"podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
            "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}}}
# The values that make of the chart what each overlay is.
_OVERLAYS = {
    "base": {},
    "overlays/prometheus-operator": _MONITOR,
    "overlays/scrape-annotations": {"scrapeAnnotations": {"enabled": True}},
    "overlays/opentelemetry": {"otlp": {"enabled": True}, "listen": {"address": "127.0.0.1"}},
    "overlays/secure": {**_MONITOR, "security": {"enabled": True}},
}
# Labels that a release has, and an overlay has not.
_OF_RELEASES = {"app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}

# For each value a different one, and the values without which it would say nothing.
_SECURE = {"security": {"enabled": True}, "podMonitor": {"enabled": True}}
_OTLP = {"otlp": {"enabled": True}}
_DIFFERENT = {
    "image.repository": ("example.org/copy", {}),
    "image.tag": ("1.2.3", {}),
    "image.digest": ("sha256:" + "0" * 64, {}),
    "image.pullPolicy": ("Always", {}),
    "imagePullSecrets": ([{"name": "registry"}], {}),
    "fullnameOverride": ("watcher", {}),
    "interfaces": (["eth0", "wg0"], {}),
    "filter": ("not port 22", {}),
    "listen.address": ("::1", {}),
    "listen.port": (10407, {}),
    "log.level": ("debug", {}),
    "log.format": ("logfmt", {}),
    "identity.level": ("off", {}),
    "rbac.create": (False, {"identity": {"level": "cluster"}}),
    "serviceAccount.create": (False, {}),
    "serviceAccount.name": ("account", {}),
    "serviceAccount.annotations": ({"example.com/role": "reader"}, {}),
    "security.enabled": (True, {}),
    "security.tlsSecret": ("certificate", _SECURE),
    "security.passwordSecret": ("password", _SECURE),
    "security.serverName": ("agents.example.com", _SECURE),
    "security.metricsOnly": (False, _SECURE),
    "scrapeAnnotations.enabled": (True, {}),
    "podMonitor.enabled": (True, {}),
    "podMonitor.labels": ({"release": "mine"}, {"podMonitor": {"enabled": True}}),
    "podMonitor.interval": ("15s", {"podMonitor": {"enabled": True}}),
    "podMonitor.scrapeTimeout": ("10s", {"podMonitor": {"enabled": True}}),
    "podMonitor.sampleLimit": (12000, {"podMonitor": {"enabled": True}}),
    "podMonitor.relabelings": ([{"targetLabel": "cluster", "replacement": "a"}], {"podMonitor": {"enabled": True}}),
    "podMonitor.metricRelabelings": ([{"regex": "client_pod", "action": "labeldrop"}], {"podMonitor": {"enabled": True}}),
    "prometheusRule.enabled": (True, {}),
    "prometheusRule.labels": ({"release": "mine"}, {"prometheusRule": {"enabled": True}}),
    "prometheusRule.runbookUrl": ("https://wiki.example.com/a&b/runbook", {"prometheusRule": {"enabled": True}}),
    "otlp.enabled": (True, {}),
    "otlp.endpoint": ("http://collector.observability:4318", _OTLP),
    "otlp.intervalMilliseconds": (60000, _OTLP),
    "otlp.serviceName": ("agents", _OTLP),
    "otlp.resourceAttributes": ({"k8s.cluster.name": "a,b%"}, _OTLP),
    "otlp.headersSecret.name": ("receiver", _OTLP),
    "otlp.headersSecret.key": ("token", {"otlp": {"enabled": True, "headersSecret": {"name": "receiver"}}}),
    "extraArgs": (["--metrics.edges=20"], {}),
    "extraEnv": ([{"name": "TCPGAUGE_WORKERS", "value": "2"}], {}),
    "extraVolumes": ([{"name": "more", "emptyDir": {}}], {}),
    "extraVolumeMounts": ([{"name": "proc", "mountPath": "/more"}], {}),
    "resources": ({"limits": {"memory": "1Gi"}}, {}),
    "priorityClass.create": (False, {}),
    "priorityClass.name": ("important", {}),
    "priorityClass.value": (5000, {}),
    "updateStrategy": ({"type": "OnDelete", "rollingUpdate": None}, {}),
    "nodeSelector": ({"example.com/pool": "a"}, {}),
    "tolerations": ([], {}),
    "affinity": ({"nodeAffinity": {}}, {}),
    "annotations": ({"example.com/owner": "a"}, {}),
    "podAnnotations": ({"example.com/team": "a"}, {}),
    "podLabels": ({"team": "a"}, {}),
    "terminationGracePeriodSeconds": (20, {}),
}


def merged(below, above):
    """Values as Helm merges them: maps entry by entry, all else whole."""
    result = copy.deepcopy(below)
    for name, value in above.items():
        result[name] = merged(result[name], value) if isinstance(value, dict) and isinstance(result.get(name), dict) else value
    return result


def at(path, value):
    """{a: {b: value}} of the path "a.b"."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def _paths_of(values, prefix=""):
    """Paths of the values: a map that is empty by default, or that Kubernetes defines, is one value."""
    for name, value in values.items():
        path = prefix + name
        if isinstance(value, dict) and value and path not in ("resources", "updateStrategy", "nodeSelector"):
            yield from _paths_of(value, path + ".")
        else:
            yield path


def _without_release(value):
    if isinstance(value, dict):
        return {name: _without_release(inner) for name, inner in value.items() if name not in _OF_RELEASES}
    return [_without_release(each) for each in value] if isinstance(value, list) else value


def _by_name(objects):
    return {(each["kind"], each["metadata"]["name"]): each for each in objects}


def comparable(objects):
    """{(kind, name): object}, without what only one of Helm and kustomize says, and without orders that say nothing."""
    found = _by_name(_without_release(copy.deepcopy(objects)))
    # A namespace is not of a release: it is there before, and stays.
    found.pop(("Namespace", "tcpgauge"), None)
    pod = pod_of(found.values())["spec"]
    for holder, name, key in ((pod, "volumes", "name"), (pod["containers"][0], "volumeMounts", "name"),
                              (pod["containers"][0], "env", "name")):
        holder[name] = {each[key]: each for each in holder[name]}
    return found


class ChartTest(unittest.TestCase):
    def refusal(self, values):
        done = helm_template(values)
        self.assertNotEqual(done.returncode, 0, values)
        return done.stderr

    def test_the_chart_and_kustomize_make_the_same_objects(self):
        for overlay in manifests.OVERLAYS:
            for level in manifests.LEVELS:
                with self.subTest(overlay=overlay, level=level):
                    charts = comparable(charted(merged(_OVERLAYS[overlay], {"identity": {"level": level}})))
                    kustomizes = comparable(manifests.kustomized(overlay, level))
                    self.assertEqual(sorted(charts), sorted(kustomizes))
                    for name, each in charts.items():
                        self.assertEqual(each, kustomizes[name])

    def test_both_versions_of_helm_make_the_same_objects(self):
        everything = {}
        for path, (value, context) in _DIFFERENT.items():
            everything = merged(everything, merged(context, at(path, value)))
        for values in ({}, everything):
            first, second = (charted(values, major=major) for major in kube_programs.HELMS)
            self.assertEqual(_by_name(first), _by_name(second))

    def test_helm_finds_nothing_to_complain_of(self):
        for major in kube_programs.HELMS:
            done = subprocess.run([kube_programs.helm(major), "lint", "--strict", shipped.path(manifests.CHART)],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotIn("[WARNING]", done.stdout)

    def test_every_value_says_something_that_kubernetes_understands(self):
        defaults = yaml.safe_load(shipped.read(f"{manifests.CHART}/values.yaml"))
        self.assertEqual(set(_paths_of(defaults)), set(_DIFFERENT))
        rendered = collections.defaultdict(list)
        for path, (value, context) in _DIFFERENT.items():
            before = json.dumps(context)
            if before not in rendered:
                rendered[before] = charted(context)
            objects = charted(merged(context, at(path, value)))
            self.assertNotEqual(objects, rendered[before], f"{path} says nothing")
            rendered[path] = objects
        # The compiler takes long, and many objects are the same.
        distinct = {json.dumps(each, sort_keys=True): each for objects in rendered.values() for each in objects}
        self.assertEqual(npm.check("check_manifests.mjs", given=json.dumps(list(distinct.values()))), [])

    def test_the_schema_refuses_wrong_values_by_name(self):
        wrong = {"nodeselector": {}, "identity.level": "all", "listen.port": 443, "image.digest": "sha256:12",
                 "podMonitor.interval": "30", "podMonitor.enable": True, "otlp.endpoint": "collector:4317",
                 "extraArgs": ["not port 22"], "podAnnotations": {"a": 1}, "interfaces": [],
                 "priorityClass.value": 2000000000, "security.tlsSecret": ""}
        for path, value in wrong.items():
            with self.subTest(value=path):
                self.assertIn(path.split(".")[-1], self.refusal(at(path, value)))

    def test_the_schema_knows_every_value(self):
        schema = json.loads(shipped.read(f"{manifests.CHART}/values.schema.json"))
        for path in _DIFFERENT:
            level = schema
            for name in path.split("."):
                self.assertIn(name, level["properties"], path)
                level = level["properties"][name]

    def test_the_agent_takes_the_options_of_every_value(self):
        known = subprocess.run([binary(), "--help"], capture_output=True, text=True, check=True).stdout
        for path in ("interfaces", "filter", "listen.address", "log.level", "identity.level", "security.enabled"):
            for option in options_of(container_of(charted(at(path, _DIFFERENT[path][0])))):
                self.assertRegex(known, option + " ")

    def test_without_names_nothing_of_the_node_is_mounted(self):
        pod = pod_of(charted({"identity": {"level": "off"}}))["spec"]
        self.assertNotIn("volumes", pod)
        self.assertNotIn("volumeMounts", pod["containers"][0])
        self.assertFalse(any(word.startswith("--path.") for word in pod["containers"][0]["args"]))

    def test_two_releases_have_no_object_in_common(self):
        values = {**_MONITOR, "identity": {"level": "cluster"}}
        first = set(_by_name(charted(values, release="tcpgauge")))
        second = set(_by_name(charted(values, release="east")))
        self.assertIn(("DaemonSet", "east-tcpgauge"), second)
        self.assertEqual(first & second, set())

    def test_attributes_of_the_resource_are_escaped(self):
        container = container_of(charted({"otlp": {"enabled": True, "resourceAttributes": {"k8s.cluster.name": "a,b%c"}}}))
        attributes, = (each["value"] for each in container["env"] if each["name"] == "OTEL_RESOURCE_ATTRIBUTES")
        self.assertEqual(attributes.split(",")[-1], "k8s.cluster.name=a%2Cb%25c")

    def test_alerts_link_to_the_runbook_that_is_told(self):
        url = "https://wiki.example.com/a&b/$1/runbook"
        rule = of_kind(charted({"prometheusRule": {"enabled": True, "runbookUrl": url}}), "PrometheusRule")
        alerts = [each for group in rule["spec"]["groups"] for each in group["rules"] if "alert" in each]
        self.assertGreater(len(alerts), 5)
        for alert in alerts:
            self.assertEqual(alert["annotations"]["runbook_url"], f"{url}#{alert['alert'].lower()}")


class ReleaseTest(unittest.TestCase):
    """Helm installs, upgrades and removes the chart, and the server ends with what was rendered."""

    KINDS = ("DaemonSet", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "PriorityClass", "PodMonitor",
             "PrometheusRule")

    def setUp(self):
        self.api = KubeObjects()
        self.addCleanup(self.api.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.api.write_kubeconfig(os.path.join(folder.name, "config"))
        self.environment = {**os.environ, "KUBECONFIG": os.path.join(folder.name, "config"), "HELM_CACHE_HOME": folder.name,
                            "HELM_CONFIG_HOME": folder.name, "HELM_DATA_HOME": folder.name}

    def helm(self, major, *words, values=None):
        done = subprocess.run([kube_programs.helm(major), *words, "--namespace", "monitoring"],
                              input=json.dumps(values or {}), env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def assert_there(self, values, major):
        there = self.api.objects(*self.KINDS)
        for each in there:
            marks = each["metadata"].pop("annotations")
            self.assertEqual(marks["meta.helm.sh/release-name"], "agents")
            if each["kind"] in ("PriorityClass", "ClusterRole", "ClusterRoleBinding"):
                self.assertNotIn("namespace", each["metadata"])
        self.assertEqual(_by_name(there), _by_name(charted(values, major=major, release="agents", namespace="monitoring")))

    def test_it_is_installed_upgraded_rolled_back_and_removed(self):
        first = {**_MONITOR, "image": {"tag": "1"}, "tolerations": [], "identity": {"level": "cluster"}}
        second = {"image": {"tag": "2"}, "otlp": {"enabled": True}, "security": {"enabled": True},
                  "identity": {"level": "node"}}
        chart = shipped.path(manifests.CHART)
        for major in kube_programs.HELMS:
            with self.subTest(helm=major):
                self.helm(major, "install", "agents", chart, "--create-namespace", "--values", "-", values=first)
                self.assert_there(first, major)
                self.helm(major, "upgrade", "agents", chart, "--reset-values", "--values", "-", values=second)
                self.assert_there(second, major)
                self.helm(major, "rollback", "agents", "1")
                self.assert_there(first, major)
                listed, = json.loads(self.helm(major, "list", "--output", "json"))
                self.assertEqual((listed["name"], listed["revision"], listed["status"]), ("agents", "3", "deployed"))
                self.helm(major, "uninstall", "agents")
                self.assertEqual(self.api.objects(*self.KINDS, "Secret", "ConfigMap"), [])

    def test_a_packed_chart_is_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([kube_programs.helm(4), "package", shipped.path(manifests.CHART), "-d", folder],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            packed, = os.listdir(folder)
            self.helm(4, "install", "agents", os.path.join(folder, packed), "--create-namespace", "--values", "-",
                      values=_MONITOR)
        self.assert_there(_MONITOR, 4)

    def test_notes_say_what_is_open(self):
        chart = shipped.path(manifests.CHART)
        for values, said in (({}, "Whoever reaches port 10406 of a node can read who talks to whom"),
                             ({"listen": {"address": "127.0.0.1"}}, "The agents listen on 127.0.0.1 of each node"),
                             ({"security": {"enabled": True}}, "TLS and a password protect everything but the health checks")):
            notes = self.helm(4, "install", "agents", chart, "--create-namespace", "--values", "-", values=values)
            self.assertIn(said, notes)
            self.helm(4, "uninstall", "agents")
