#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the agent's CPU time for a push over OTLP and for a scrape of the same series, and prints a table.

usage: tests/bench/push_cost.py [--count N] [--rounds N]

The agent holds the final state of a capture, with some 5,000 series. In each round it makes N pushes (default 100)
to a receiver in this process, and answers N scrapes, each over a new connection. The ratios in the table are medians
over the rounds (default 3).
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(PROJECT, "tests", "e2e"))
os.environ.setdefault("TCPGAUGE_BINARY", os.path.join(PROJECT, "bazel-bin", "tcpgauge"))
# These imports need both.
from support.agent import Agent, ThisHost  # noqa: E402
from support.receiver import Receiver  # noqa: E402
from support.waiting import wait_until  # noqa: E402

TARGETS = ("//:tcpgauge", "//tests/bench:make_capture")
INTERVAL_MS = 100
FORMS = {"protobuf": {}, "protobuf, gzip": {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"},
         "protobuf, delta": {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"},
         "json": {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}}


class Measured:
    """An agent, and what it uses."""

    def __init__(self, capture, variables):
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith("OTEL_") and not name.lower().endswith("_proxy")}
        self.agent = Agent(ThisHost(), "-T", capture, "--metrics.connections", "520", "--metrics.edges", "20",
                           environment={**clean, **variables})
        # Until all of the file is read.
        self.series = wait_until(lambda: (lambda series: series if series > 4500 else None)(
            self.agent.metrics().value("tcpgauge_series")), "the series", 60)

    def use(self, work):
        before = self._cpu()
        count = work()
        return (self._cpu() - before) / count

    def _cpu(self):
        # Of the process: threads that have ended are in it too.
        with open(f"/proc/{self.agent.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pushes(capture, count, variables):
    receiver = Receiver()
    measured = Measured(capture, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
                                  "OTEL_METRIC_EXPORT_INTERVAL": str(INTERVAL_MS), **variables})
    try:
        receiver.wait_for(len(receiver.requests) + 1)

        def work():
            begun = len(receiver.requests)
            receiver.wait_for(begun + count, count * INTERVAL_MS / 1000 + 60)
            return len(receiver.requests) - begun
        used = measured.use(work)
        return used, measured.series, len(receiver.requests[-1].wire_body)
    finally:
        measured.agent.close()
        receiver.close()


def scrapes(capture, count, headers):
    measured = Measured(capture, {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    size = 0

    def work():
        nonlocal size
        for _ in range(count):
            request = urllib.request.Request(f"http://{measured.agent.address}/metrics", headers=headers)
            with opener.open(request, timeout=10) as answer:
                size = len(answer.read())
        return count
    try:
        used = measured.use(work)
        return used, measured.series, size
    finally:
        measured.agent.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    subprocess.run(["bazel", "build", "-c", "opt", *TARGETS], cwd=PROJECT, check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        capture = os.path.join(folder, "capture.pcap")
        subprocess.run([os.path.join(PROJECT, "bazel-bin", "tests", "bench", "make_capture"), "connections", capture,
                        "200000"], check=True)
        results = {}
        for _ in range(options.rounds):
            results.setdefault("scrape", []).append(scrapes(capture, options.count, {}))
            results.setdefault("scrape, gzip", []).append(
                scrapes(capture, options.count, {"Accept-Encoding": "gzip"}))
            for name, variables in FORMS.items():
                results.setdefault("push, " + name, []).append(pushes(capture, options.count, variables))
    print("| | CPU ms | of a scrape | samples in text | bytes |\n|---|---|---|---|---|")
    for name, rounds in results.items():
        milliseconds = [1000 * used for used, _, _ in rounds]
        ratios = [used / scrape for (used, _, _), (scrape, _, _) in zip(rounds, results["scrape"])]
        print(f"| {name} | {statistics.median(milliseconds):.1f} ({min(milliseconds):.1f}-{max(milliseconds):.1f}) | "
              f"{statistics.median(ratios):.1f} | {rounds[0][1]:.0f} | {rounds[0][2]} |")


if __name__ == "__main__":
    main()
