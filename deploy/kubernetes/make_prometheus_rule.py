#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the rules of deploy/prometheus as a PrometheusRule, the form in which the Prometheus Operator takes them.

usage: deploy/kubernetes/make_prometheus_rule.py [--runbook URL]

The file is overlays/prometheus-operator/prometheus-rule.yaml. A test fails when the committed file is stale. With --runbook
the links of the alerts lead to the runbook at URL. Otherwise Prometheus's external label tcpgauge_runbook says where it is,
as in deploy/prometheus/rules/tcpgauge.alerts.yml.
"""
import argparse
import os
import re

_HERE = os.path.dirname(os.path.abspath(__file__))
_RULES = ("tcpgauge.recording.yml", "tcpgauge.alerts.yml")
_RUNBOOK = re.compile(r"\{\{ with \$externalLabels\.tcpgauge_runbook \}\}.*?\{\{ end \}\}")
_HEAD = """# Made from deploy/prometheus/rules by deploy/kubernetes/make_prometheus_rule.py.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: tcpgauge
spec:
  groups:
"""


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--runbook", metavar="URL")
    runbook = parser.parse_args().runbook
    text = _HEAD
    for name in _RULES:
        with open(os.path.join(_HERE, "../prometheus/rules", name)) as file:
            groups = file.read().split("\ngroups:\n", 1)[1]
        text += re.sub(r"^(?=.)", "  ", groups, flags=re.MULTILINE)
    if runbook:
        text = _RUNBOOK.sub(lambda _: runbook, text)
    with open(os.path.join(_HERE, "overlays/prometheus-operator/prometheus-rule.yaml"), "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
