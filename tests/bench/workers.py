# SPDX-License-Identifier: Apache-2.0
"""The part `workers`: several workers behind one reader of a file, and with packets of their own."""
import os
import re
import statistics

from bench import KINDS, say, table
from files import QUIET, READ
from turns import by_turns, median, ratio, run, spread

_NUMBERS = (1, 2, 3)


def measure(bench):
    _reading_a_file(bench)
    _with_packets_of_their_own(bench)


def _reading_a_file(bench):
    say(f"## Workers, reading a file; {os.cpu_count()} processors\n")
    row = table("capture", "agent", "reader", "--workers 1 s", "2", "3", "times faster with 2", "with 3")
    cases = [(agent, program, reader, words) for agent, program in bench.agents.items()
             for reader, words in (("read", READ), ("unread", QUIET))]
    for kind in KINDS:
        commands = [(program, "-T", bench.capture(kind), *words, f"--workers={number}")
                    for _, program, _, words in cases for number in _NUMBERS]
        columns = by_turns(bench.rounds + 1, commands, lambda command: run(*command))
        columns = [column[1:] for column in columns]  # the first round only warms the caches
        for agent, _, reader, _ in cases:
            runs, columns = columns[:len(_NUMBERS)], columns[len(_NUMBERS):]
            row(kind, agent, reader, *(f"{median(column, 'wall_seconds'):.2f}" for column in runs),
                *(ratio(runs[0], column, "wall_seconds") for column in runs[1:]))
    say()


def _with_packets_of_their_own(bench):
    say("With packets of their own, as live, from memory; then with the memory of records resident beforehand. Read: each "
        "worker copies its table for readers each second.\n")
    row = table("capture", "reader", "one worker s", "two", "times faster", "with resident memory one s", "two",
                "times faster")
    for kind in KINDS:
        # The program runs them by turns itself, and leaves out a first round.
        text = bench.output("workers_bench", bench.capture(kind), "2", str(bench.rounds))
        for reader in ("read", "unread"):
            cells = []
            for memory in ("growing", "resident"):
                found = re.findall(rf"^{reader} {memory} 1 worker (\S+) s  2 workers (\S+) s, (\S+) times faster$", text,
                                   re.M)
                one, two, ratios = ([float(value) for value in column] for column in zip(*found))
                cells += [f"{statistics.median(one):.3f}", f"{statistics.median(two):.3f}", spread(ratios)]
            row(kind, reader, *cells)
    say()
