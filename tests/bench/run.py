#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what the agent costs beside a bare libpcap loop, softflowd, tcpdump and the code before, and prints tables.

usage: tests/bench/run.py [--against BINARY]... [--rounds N] [--packets N] [--seconds N] [--smoke] [--binaries FOLDER]
                          [PART ...]

PARTs are files, growth, workers, stages, scrape, handover and live. Without PARTs all are measured. Captures are
written to a temporary folder, of some 2 GB. Programs that are compared run by turns, so that all find the machine in the
same condition. A ratio is the median of the ratios of these turns, and its range is behind it.

Every table has the agent that somebody reads first, and the one that nobody reads beside it. --against names the binary
of another agent, such as the code before a change. It takes turns with this build in files, growth, workers, scrape and
live.

The part `live` needs root (for network namespaces), iperf3 and tcpdump. The comparison with softflowd needs softflowd.
Where something is missing, the script leaves the measurement out and says why. The part `growth` needs 5 GB of memory.

--smoke measures nothing useful: it runs everything once with little data, to see that it works. --binaries names a
bazel-bin folder in which everything is built already; without it the script builds first.
"""
import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))  # before the imports that need it

import files  # noqa: E402
import growth  # noqa: E402
import live  # noqa: E402
import scrape  # noqa: E402
import stages  # noqa: E402
import workers  # noqa: E402
from bench import PROJECT, TARGETS, Bench, say  # noqa: E402

PARTS = {"files": files.measure, "growth": growth.measure, "workers": workers.measure, "stages": stages.measure_stages,
         "scrape": scrape.measure, "handover": stages.measure_handover, "live": live.measure}


def describe_machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    say(f"Machine: {os.cpu_count()} x {model}, Linux {platform.release()}; load averages at the start {load}.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", metavar="BINARY", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--packets", type=int, default=5000000)
    parser.add_argument("--seconds", type=float, default=8, help="of each live measurement")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--binaries", metavar="FOLDER")
    parser.add_argument("parts", nargs="*", metavar="PART")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"'{unknown[0]}' is none of {', '.join(PARTS)}")
    for binary in options.against:
        if not os.access(binary, os.X_OK):
            parser.error(f"--against: '{binary}' is not a program")
    if options.smoke:
        options.rounds, options.packets, options.seconds = 1, 20000, 1
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not options.binaries:
        subprocess.run(["bazel", "build", "-c", "opt", *TARGETS], cwd=PROJECT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    describe_machine()
    say(f"Command: `run.py {' '.join(sys.argv[1:])}`.\n")
    with tempfile.TemporaryDirectory(prefix="tcpgauge-bench-") as scratch:
        bench = Bench(options, scratch)
        for part in options.parts or PARTS:
            PARTS[part](bench)


if __name__ == "__main__":
    main()
