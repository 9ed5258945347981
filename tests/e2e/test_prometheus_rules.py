# SPDX-License-Identifier: Apache-2.0
"""Checks scrape configurations, recording rules and alerts with promtool and with a real Prometheus."""
import os
import re
import shutil
import subprocess
import sys
import unittest

import yaml
from support import shipped
from support.case import NamespaceCase
from support.namespaces import Namespace
from support.prometheus import Prometheus
from support.waiting import wait_until

_MAKER = "deploy/kubernetes/make_prometheus_rule.py"
_OPERATORS = "deploy/kubernetes/overlays/prometheus-operator/prometheus-rule.yaml"


def alerts():
    groups = yaml.safe_load(shipped.read(shipped.RULE_FILES[1]))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@unittest.skipUnless(shutil.which("promtool"), "promtool (Debian's prometheus) is missing")
class PromtoolTest(unittest.TestCase):
    def promtool(self, *words):
        done = subprocess.run(["promtool", *words], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_rules_are_valid_and_do_not_repeat(self):
        self.promtool("check", "rules", *map(shipped.path, shipped.RULE_FILES))

    def test_rules_say_what_their_cases_expect(self):
        folder = shipped.path("tests/deploy/prometheus")
        self.promtool("test", "rules", *(os.path.join(folder, name) for name in sorted(os.listdir(folder))))

    def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(self):
        cases = yaml.safe_load(shipped.read("tests/deploy/prometheus/alerts.test.yml"))["tests"]
        silent, firing = set(), set()
        for case in cases:
            instances = set(re.findall(r'instance="?(\w+)', " ".join(each["series"] for each in case["input_series"])))
            for check in case["alert_rule_test"]:
                expected = check["exp_alerts"]
                if expected:
                    firing.add(check["alertname"])
                if not expected or instances - {each["exp_labels"].get("instance") for each in expected}:
                    silent.add(check["alertname"])
        names = {alert["alert"] for alert in alerts()}
        # Two interfaces of one agent: one stays down, one comes back.
        self.assertEqual(names - firing, set(), "never fires")
        self.assertEqual(names - silent - {"TcpgaugeCaptureDown"}, set(), "never stays silent")

    def test_the_configuration_for_hosts_is_valid(self):
        self.promtool("check", "config", shipped.path("deploy/prometheus/scrape/host.yml"))


class AlertsTest(unittest.TestCase):
    _RUNBOOK = ("{{ with $externalLabels.tcpgauge_runbook }}{{ . }}"
                "{{ else }}file:///usr/share/doc/tcpgauge/runbook.md{{ end }}")

    def test_every_runbook_link_leads_somewhere(self):
        for alert in alerts():
            document, anchor = alert["annotations"]["runbook_url"].split("#")
            self.assertEqual(document, self._RUNBOOK)
            self.assertIn(anchor, shipped.anchors("docs/runbook.md"), alert["alert"])
            self.assertEqual(anchor, alert["alert"].lower())

    def test_the_runbook_is_about_the_alerts_that_exist(self):
        headings = set(re.findall(r"^## (Tcpgauge\w+)$", shipped.read("docs/runbook.md"), re.MULTILINE))
        self.assertEqual(headings, {alert["alert"] for alert in alerts()})

    def test_the_package_installs_the_runbook_where_the_links_lead(self):
        # tests/install looks at the package itself.
        self.assertIn("dh_compress --exclude=.md ", shipped.read("deploy/debian/package/rules"))
        self.assertIn("debian/documents/*.md\n", shipped.read("deploy/debian/package/tcpgauge.docs"))

    def test_alerts_of_services_name_the_service(self):
        of_services = [alert for alert in alerts() if alert["alert"].startswith("TcpgaugeService")]
        self.assertEqual(len(of_services), 5)
        for alert in of_services:
            self.assertIn('$labels.server_address }}:{{ $labels.server_port }}', alert["annotations"]["summary"])

    def test_metrics_are_those_of_the_catalog(self):
        for name in shipped.RULE_FILES:
            expressions = re.sub(r"(record|alert|summary|description|runbook_url): .*|#.*", "", shipped.read(name))
            used = set(re.findall(r"(?<![\w:])tcpgauge_\w+(?!:)\b", expressions))
            self.assertEqual(used - shipped.metric_names(), set(), name)

    def test_the_rule_for_the_operator_says_the_same(self):
        rule = yaml.safe_load(shipped.read(_OPERATORS))
        want = [group for name in shipped.RULE_FILES for group in yaml.safe_load(shipped.read(name))["groups"]]
        self.assertEqual(rule["spec"]["groups"], want, "stale: run deploy/kubernetes/make_prometheus_rule.py")

    def test_the_rule_for_the_operator_can_link_to_another_runbook(self):
        runbook = "https://wiki.example.com/a&b/runbook"
        text = subprocess.run([sys.executable, shipped.path(_MAKER), "--runbook", runbook], capture_output=True, text=True,
                              check=True).stdout
        self.assertEqual(yaml.safe_load(text)["kind"], "PrometheusRule")
        self.assertEqual(text.count(f'runbook_url: "{runbook}#'), len(alerts()))
        self.assertNotIn("externalLabels", text)


class KubernetesDiscoveryTest(NamespaceCase):
    """Debian's Prometheus knows nothing of Kubernetes, so that its labels come from a list here."""

    tools = ("prometheus",)
    _POD = {"__meta_kubernetes_pod_annotation_prometheus_io_scrape": "true",
            "__meta_kubernetes_pod_annotation_prometheus_io_port": "10406",
            "__meta_kubernetes_pod_annotation_prometheus_io_path": "/metrics"}

    def targets(self, pods):
        """{instance: URL} that the shipped job makes of these pods."""
        job, = yaml.safe_load(shipped.read("deploy/prometheus/scrape/kubernetes.yml"))["scrape_configs"]
        del job["kubernetes_sd_configs"]
        job["static_configs"] = [{"targets": [pod["__meta_kubernetes_pod_ip"] + ":80"], "labels": pod} for pod in pods]
        prometheus = self.own(Prometheus(self.own(Namespace()), {}, jobs=[job]))
        found = wait_until(lambda: prometheus.api("targets")["activeTargets"], "targets", 30)
        return {target["labels"]["instance"]: target["scrapeUrl"] for target in found}

    def test_pods_with_the_annotations_are_scraped_and_named_after_their_nodes(self):
        found = self.targets([
            dict(self._POD, __meta_kubernetes_pod_ip="192.0.2.7", __meta_kubernetes_pod_node_name="worker-7"),
            dict(self._POD, __meta_kubernetes_pod_ip="2001:db8::8", __meta_kubernetes_pod_node_name="worker-8"),
            {"__meta_kubernetes_pod_ip": "192.0.2.9", "__meta_kubernetes_pod_node_name": "worker-9"}])
        self.assertEqual(found, {"worker-7": "http://192.0.2.7:10406/metrics",
                                 "worker-8": "http://[2001:db8::8]:10406/metrics"})
