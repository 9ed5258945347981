#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Grafana dashboards as JSON files into FOLDER, by default into dashboards/ beside this script.

usage: deploy/grafana/make_dashboards.py [FOLDER]

Panels about one node ask for the agent's own metrics. Panels about workloads ask for the recorded level "workload_edge:" and
its sums (deploy/prometheus/rules), of one reporter at a time, so that a connection counts once. All other panels ask for the
recorded level "edge:" and its sums, in which an edge that several agents see counts once. Exception: quantiles of edges ask
for the agents' own histograms, because no rule can record a quantile that is added up later.
A test fails when the committed files differ from what this script writes.
"""
import json
import os
import sys

sys.dont_write_bytecode = True
from node_dashboards import agent, node, nodes  # noqa: E402
from service_dashboards import service  # noqa: E402
from workload_dashboards import workloads_dashboard  # noqa: E402


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "dashboards")
    os.makedirs(folder, exist_ok=True)
    for made in (nodes(), node(), workloads_dashboard(), service(), agent()):
        with open(os.path.join(folder, made["uid"] + ".json"), "w") as file:
            json.dump(made, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
