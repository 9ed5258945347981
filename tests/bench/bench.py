# SPDX-License-Identifier: Apache-2.0
"""What the parts of run.py share: its options, the programs and captures that they measure, and tables."""
import functools
import os
import subprocess

from turns import run

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGETS = ["//:tcpgauge"] + ["//tests/bench:" + name for name in (
    "make_capture", "count_packets", "stages_bench", "workers_bench", "handover_bench", "text_writer_bench",
    "short_connections")]
KINDS = {"connections": 1, "million": 1, "elephant": 1, "synflood": 0.6}  # and their share of --packets
# Only the part `files` reads these: they have cooked headers, which softflowd and the other benchmarks do not read.
TRANSLATED = {"million-translated": 1, "synflood-translated": 0.6}


def say(text=""):
    print(text, flush=True)


def table(*heads):
    """Begins a table, and returns the function that adds a row."""
    def row(*cells):
        say(f"| {' | '.join(map(str, cells))} |")
    row(*heads)
    say("|" + "---|" * len(heads))
    return row


class Bench:
    def __init__(self, options, scratch):
        self.options = options
        self.rounds = options.rounds
        self.scratch = scratch
        # The agents that are compared: their names, and their programs. The first one is this build.
        self.agents = {"this build": self.binary("tcpgauge")}
        for number, path in enumerate(options.against):
            self.agents["before" if len(options.against) == 1 else f"before {number + 1}"] = os.path.abspath(path)

    def binary(self, name):
        folder = "" if name == "tcpgauge" else "tests/bench/"
        return f"{self.options.binaries or PROJECT + '/bazel-bin'}/{folder}{name}"

    def output(self, name, *arguments):
        return subprocess.run((self.binary(name), *arguments), check=True, capture_output=True, text=True).stdout

    def packets(self, kind):
        return int(self.options.packets * {**KINDS, **TRANSLATED}[kind])

    @functools.lru_cache(maxsize=None)
    def capture(self, kind):
        path = f"{self.scratch}/{kind}.pcap"
        run(self.binary("make_capture"), kind, path, str(self.packets(kind)))
        return path
