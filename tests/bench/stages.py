# SPDX-License-Identifier: Apache-2.0
"""The parts `stages` and `handover`: where the nanoseconds of a packet go, and the longest pause for a reader."""
import re

from bench import KINDS, say, table


def measure_stages(bench):
    say("## Nanoseconds per packet by stage, best of the rounds\n")
    row = None
    for kind in KINDS:
        best = {}
        for _ in range(bench.rounds):
            for name, value in re.findall(r"(\S+) (-?[0-9.]+)", bench.output("stages_bench", bench.capture(kind))):
                best[name] = min(float(value), best.get(name, float("inf")))
        row = row or table("capture", *(name.replace("-", " ") for name in best))
        row(kind, *(f"{value:.1f}" for value in best.values()))
    say()


def measure_handover(bench):
    connections = 1000 if bench.options.smoke else 1000000
    for encapsulations in (0, 60000):
        more = f" in {encapsulations:,} encapsulations" if encapsulations else ""
        say(f"## Handing over to a reader: {connections:,} connections{more}\n\n```")
        say(bench.output("handover_bench", str(connections), str(encapsulations)).rstrip())
        say("```\n")
