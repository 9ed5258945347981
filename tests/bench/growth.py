# SPDX-License-Identifier: Apache-2.0
"""The part `growth`: time per packet and memory per connection, from one million connections to ten."""
import statistics

from bench import say, table
from files import QUIET, READ
from turns import by_turns, median, run

_CONNECTIONS = (1000000, 3000000, 10000000)


def measure(bench):
    say("## Growth\n")
    say("A file as `million`, of 4.5 packets a connection. It comes through a pipe, from a program of its own, so the times "
        "are the agent's processor times. Memory is that of the whole process.\n")
    row = table("connections", "agent", "reader", "user ns/packet", "user and system ns/packet", "MB",
                "bytes per connection")
    cases = [(agent, program, reader, words) for agent, program in bench.agents.items()
             for reader, words in (("read", READ), ("unread", QUIET))]
    for wanted in (20000,) if bench.options.smoke else _CONNECTIONS:
        packets = wanted // 2 * 9
        maker = (bench.binary("make_capture"), "million", "/dev/stdout", str(packets))

        def measure_case(case):
            _, program, _, words = case
            return run(program, "-T", "-", "--max-connections", str(wanted), *words, producer=maker)
        for (agent, _, reader, _), runs in zip(cases, by_turns(min(bench.rounds, 3), cases, measure_case)):
            resident = statistics.median(result.resident_kib for result in runs) * 1024
            row(f"{wanted:,}", agent, reader, f"{median(runs, 'user_seconds') / packets * 1e9:.0f}",
                f"{median(runs, 'cpu_seconds') / packets * 1e9:.0f}", f"{resident / 1e6:.0f}", f"{resident / wanted:.0f}")
    say()
