#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the rules of deploy/prometheus as a PrometheusRule, the form in which the Prometheus Operator takes them.

usage: deploy/kubernetes/make_prometheus_rule.py [--runbook URL]

Without --runbook, it writes the file of the overlay prometheus-operator, and the groups that the Helm chart puts into its
own. A test fails when the committed files are stale. Prometheus's external label tcpgauge_runbook says where the links of
the alerts lead, as in deploy/prometheus/rules/tcpgauge.alerts.yml.

With --runbook, it prints a PrometheusRule whose links lead to the runbook at URL, and writes no file. An overlay of your
own can take it as a patch.
"""
import argparse
import os
import re

_HERE = os.path.dirname(os.path.abspath(__file__))
_RULES = ("tcpgauge.recording.yml", "tcpgauge.alerts.yml")
_RUNBOOK = re.compile(r"\{\{ with \$externalLabels\.tcpgauge_runbook \}\}.*?\{\{ end \}\}")
_ORIGIN = "# Made from deploy/prometheus/rules by deploy/kubernetes/make_prometheus_rule.py.\n"
_HEAD = """apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: tcpgauge
spec:
  groups:
"""


def groups():
    text = ""
    for name in _RULES:
        with open(os.path.join(_HERE, "../prometheus/rules", name)) as file:
            text += file.read().split("\ngroups:\n", 1)[1]
    return text


def indented(text, spaces):
    return re.sub(r"^(?=.)", " " * spaces, text, flags=re.MULTILINE)


def write(name, text):
    with open(os.path.join(_HERE, name), "w") as file:
        file.write(_ORIGIN + text)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--runbook", metavar="URL")
    runbook = parser.parse_args().runbook
    if runbook:
        print(_HEAD + _RUNBOOK.sub(lambda _: runbook, indented(groups(), 2)), end="")
        return
    write("overlays/prometheus-operator/prometheus-rule.yaml", _HEAD + indented(groups(), 2))
    write("../helm/tcpgauge/files/rule-groups.yaml", groups())


if __name__ == "__main__":
    main()
