# SPDX-License-Identifier: Apache-2.0
"""Checks the manifests, as kustomize renders them, against Kubernetes's types and against what the agent needs."""
import copy
import json
import os
import re
import subprocess
import unittest

import yaml
from support import npm, shipped
from support.agent import binary
from support.case import NamespaceCase
from support.manifests import LEVELS, OVERLAYS, container_of, every_choice, kustomized, of_kind, options_of, pod_of
from support.namespaces import Namespace
from support.processes import Process
from support.waiting import wait_until

_SERIES_LIMIT = 5000  # --metrics.series-limit, unless told otherwise


class DownwardTest(NamespaceCase):
    """What the downward API hands in, filled in as a node would."""

    FIELDS = {"spec.nodeName": "worker-7", "status.hostIP": "192.0.2.1", "metadata.name": "tcpgauge-x2x4q",
              "metadata.uid": "6f0c", "metadata.namespace": "tcpgauge"}

    def test_the_resource_of_what_is_pushed_says_where_it_comes_from(self):
        container = container_of(kustomized("overlays/opentelemetry"))
        values = {}
        for variable in container["env"]:
            value = variable.get("value") or self.FIELDS[variable["valueFrom"]["fieldRef"]["fieldPath"]]
            values[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda match: values[match.group(1)], value)
        self.assertEqual(values["OTEL_EXPORTER_OTLP_ENDPOINT"], "http://192.0.2.1:4318")
        # To standard output, and at once.
        values.update(OTEL_METRICS_EXPORTER="console", OTEL_METRIC_EXPORT_INTERVAL="100")
        namespace = self.own(Namespace())
        agent = self.own(Process(namespace.command(binary(), *container["args"]), env={**os.environ, **values}))
        wait_until(lambda: "\n" in agent.stdout() or not agent.running(), "a push", 30)
        pushed = json.loads(agent.stdout().split("\n")[0])
        attributes = {each["key"]: each["value"].get("stringValue")
                      for each in pushed["resourceMetrics"][0]["resource"]["attributes"]}
        wanted = {"service.name": "tcpgauge", "service.instance.id": "6f0c", "host.name": "worker-7",
                  "k8s.node.name": "worker-7", "k8s.pod.name": "tcpgauge-x2x4q", "k8s.pod.uid": "6f0c",
                  "k8s.namespace.name": "tcpgauge", "k8s.daemonset.name": "tcpgauge", "k8s.container.name": "tcpgauge"}
        self.assertEqual({key: attributes.get(key) for key in wanted}, wanted)


class KubernetesTest(unittest.TestCase):
    def complaints(self, objects):
        return npm.check("check_manifests.mjs", given=json.dumps(objects))

    def test_every_field_is_known_and_of_its_type(self):
        # Most objects are the same in all choices, and the compiler takes long.
        distinct = {json.dumps(each, sort_keys=True): each for _, _, objects in every_choice() for each in objects}
        self.assertEqual(self.complaints(list(distinct.values())), [])

    def test_wrong_fields_would_be_noticed(self):
        objects = kustomized("overlays/prometheus-operator")
        changes = {
            "hostNetwrk": ("DaemonSet", lambda spec: spec["template"]["spec"].update(hostNetwrk=True)),
            "'name'": ("DaemonSet", lambda spec: spec["template"]["spec"]["containers"][0].pop("name")),
            "terminationGracePeriodSeconds":
                ("DaemonSet", lambda spec: spec["template"]["spec"].update(terminationGracePeriodSeconds="ten")),
            "samplLimit": ("PodMonitor", lambda spec: spec.update(samplLimit=1)),
        }
        changed = []
        for kind, change in changes.values():
            changed.append(copy.deepcopy(of_kind(objects, kind)))
            change(changed[-1]["spec"])
        said = "\n".join(self.complaints(changed))
        for name in changes:
            self.assertIn(name, said)

    def test_the_agent_may_capture_and_nothing_else(self):
        for overlay, level, objects in every_choice():
            with self.subTest(overlay=overlay, level=level):
                pod = pod_of(objects)["spec"]
                container, = pod["containers"]
                security = container["securityContext"]
                self.assertEqual(security["capabilities"], {"drop": ["ALL"], "add": ["NET_RAW"]})
                self.assertTrue(security["readOnlyRootFilesystem"])
                self.assertFalse(security["allowPrivilegeEscalation"])
                self.assertTrue(pod["securityContext"]["runAsNonRoot"])
                self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertFalse(security["privileged"])
                self.assertTrue(pod["hostNetwork"])
                self.assertNotIn("hostPID", pod)
                self.assertNotIn("hostIPC", pod)
                self.assertIn("memory", container["resources"]["limits"])

    def test_each_level_may_ask_the_api_for_what_it_needs_and_for_nothing_else(self):
        for overlay, level, objects in every_choice():
            with self.subTest(overlay=overlay, level=level):
                self.assertEqual(pod_of(objects)["spec"]["automountServiceAccountToken"], level != "local")
                asked = set()
                roles = {each["metadata"]["name"]: each for each in objects if each["kind"] == "ClusterRole"}
                bindings = [each for each in objects if each["kind"] == "ClusterRoleBinding"]
                self.assertEqual({each["roleRef"]["name"] for each in bindings}, set(roles))
                for binding in bindings:
                    subject, = binding["subjects"]
                    account = of_kind(objects, "ServiceAccount")["metadata"]
                    self.assertEqual((subject["kind"], subject["name"], subject["namespace"]),
                                     ("ServiceAccount", account["name"], account["namespace"]))
                for rule in (rule for role in roles.values() for rule in role["rules"]):
                    self.assertEqual(rule["verbs"], ["list", "watch"])
                    asked.update((group, resource) for group in rule["apiGroups"] for resource in rule["resources"])
                self.assertEqual(asked, LEVELS[level])
                self.assertFalse({"Role", "RoleBinding"} & {each["kind"] for each in objects})

    def test_the_agent_is_told_its_level_and_its_node(self):
        for overlay, level, objects in every_choice():
            with self.subTest(overlay=overlay, level=level):
                container = container_of(objects)
                env = {each["name"]: each for each in container["env"]}
                self.assertEqual(env["NODE_NAME"]["valueFrom"]["fieldRef"]["fieldPath"], "spec.nodeName")
                # Without the variable, the level is the default, which is local.
                self.assertEqual(env.get("TCPGAUGE_IDENTITY", {"value": "local"})["value"], level)

    def test_paths_of_the_node_are_mounted_where_the_options_name_them_and_only_to_be_read(self):
        wanted = {"--path.procfs": "/proc", "--path.cgroup": "/sys/fs/cgroup",
                  "--path.container-logs": "/var/log/containers"}
        for overlay, level, objects in every_choice():
            with self.subTest(overlay=overlay, level=level):
                pod = pod_of(objects)["spec"]
                container, = pod["containers"]
                told = dict(word.split("=", 1) for word in container["args"] if word.startswith("--path."))
                on_node = {each["name"]: each["hostPath"]["path"] for each in pod["volumes"] if "hostPath" in each}
                mounts = {each["mountPath"]: on_node.get(each["name"]) for each in container["volumeMounts"]}
                self.assertEqual({option: mounts[path] for option, path in told.items()}, wanted)
                self.assertEqual(sorted(on_node.values()), sorted(wanted.values()))
                for each in container["volumeMounts"]:
                    self.assertTrue(each["readOnly"], each["name"])
                    self.assertNotIn("mountPropagation", each)

    def test_what_documents_say_of_a_kustomization_of_ones_own_has_that_effect(self):
        level, = re.findall(r"^```yaml\n(components:\n.*?)^```$", shipped.read("docs/identity.md"), re.DOTALL | re.MULTILINE)
        endpoint, = re.findall(r"^```yaml\n(patches:\n.*?)^```$", shipped.read("docs/opentelemetry.md"), re.DOTALL | re.MULTILINE)
        more = yaml.safe_load(level + endpoint)
        container = container_of(kustomized("overlays/opentelemetry", settings=more))
        told = {each["name"]: each.get("value") for each in container["env"]}
        self.assertEqual(told["TCPGAUGE_IDENTITY"], "cluster")
        self.assertEqual(told["OTEL_EXPORTER_OTLP_ENDPOINT"], "http://collector.observability:4318")

    def test_every_object_is_in_the_namespace_that_lets_it_in(self):
        for overlay, level, objects in every_choice():
            with self.subTest(overlay=overlay, level=level):
                namespace = of_kind(objects, "Namespace")["metadata"]
                self.assertEqual(namespace["labels"]["pod-security.kubernetes.io/enforce"], "privileged")
                for each in objects:
                    if each["kind"] not in ("Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding"):
                        self.assertEqual(each["metadata"]["namespace"], namespace["name"], each["kind"])

    def test_variables_are_used_after_they_are_defined(self):
        for overlay, level, objects in every_choice():
            container = container_of(objects)
            defined = set()
            for variable in container["env"]:
                used = set(re.findall(r"\$\((\w+)\)", variable.get("value", "")))
                self.assertEqual(used - defined, set(), f"{overlay}, {level}: {variable['name']}")
                defined.add(variable["name"])

    def test_probes_and_scrapes_ask_where_the_agent_listens(self):
        for overlay in OVERLAYS:
            with self.subTest(overlay=overlay):
                objects = kustomized(overlay)
                container = container_of(objects)
                host, port = re.search(r"--web\.listen-address=(.*):(\d+)", " ".join(container["args"])).groups()
                self.assertEqual(container["ports"][0]["containerPort"], int(port))
                for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                    self.assertEqual(container[probe]["httpGet"].get("host", ""), host)
                annotations = pod_of(objects)["metadata"].get("annotations", {})
                self.assertEqual(annotations.get("prometheus.io/port", port), port)

    def test_the_sample_limit_is_above_ours(self):
        limit = of_kind(kustomized("overlays/prometheus-operator"), "PodMonitor")["spec"]["sampleLimit"]
        self.assertGreater(limit, _SERIES_LIMIT)
        for name in ("host", "kubernetes"):
            job, = yaml.safe_load(shipped.read(f"deploy/prometheus/scrape/{name}.yml"))["scrape_configs"]
            self.assertGreater(job["sample_limit"], _SERIES_LIMIT)

    def test_the_agent_takes_the_arguments(self):
        """All of them are options that --help knows, and so are the variables that stand for options."""
        known = subprocess.run([binary(), "--help"], capture_output=True, text=True, check=True).stdout
        for _, _, objects in every_choice():
            for option in options_of(container_of(objects)):
                self.assertRegex(known, option + " ")
