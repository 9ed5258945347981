#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Grafana dashboards as JSON files into FOLDER, by default into dashboards/ beside this script.

usage: deploy/grafana/make_dashboards.py [--bits] [FOLDER]

With --bits, rates of payload are in bits a second, and otherwise in bytes a second: no variable of Grafana can choose a
unit.

Panels about one node ask for the agent's own metrics. Panels about workloads ask for the recorded level "workload_edge:" and
its sums (deploy/prometheus/rules), of one reporter at a time, so that a connection counts once. All other panels ask for the
recorded level "edge:" and its sums, in which an edge that several agents see counts once. Exception: quantiles of edges ask
for the agents' own histograms, because no rule can record a quantile that is added up later.
A test fails when the committed files differ from what this script writes.
"""
import argparse
import json
import os
import sys

sys.dont_write_bytecode = True  # before the imports: otherwise they leave files in the checkout
from dashboard_model import in_bits  # noqa: E402
from node_dashboards import agent, node, nodes  # noqa: E402
from service_dashboards import client, service, services_dashboard  # noqa: E402
from workload_dashboards import workloads_dashboard  # noqa: E402


def main():
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dashboards")
    options = argparse.ArgumentParser(description="Writes the Grafana dashboards as JSON files.")
    options.add_argument("--bits", action="store_true", help="rates of payload in bits a second")
    options.add_argument("folder", nargs="?", default=beside, help="where to write them [%(default)s]")
    given = options.parse_args()
    os.makedirs(given.folder, exist_ok=True)
    for made in (nodes(), node(), workloads_dashboard(), services_dashboard(), service(), client(), agent()):
        with open(os.path.join(given.folder, made["uid"] + ".json"), "w") as file:
            json.dump(in_bits(made) if given.bits else made, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
