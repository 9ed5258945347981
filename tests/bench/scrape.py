# SPDX-License-Identifier: Apache-2.0
"""The part `scrape`: what a scrape costs the whole agent, and its exposition alone."""
import statistics
import time

from bench import say, table
from readings import captured, cpu_seconds
from support.agent import Agent, ThisHost
from support.waiting import wait_until
from turns import by_turns, spread

_CONNECTIONS = 10000
_LIMITS = ("--metrics.connections", str(_CONNECTIONS), "--metrics.new-connections", str(_CONNECTIONS),
           "--metrics.series-limit", "200000")
# A text is used for all scrapes of a second. A scrape that comes later has one made, as each one does that comes each
# second.
_PAUSE_SECONDS = 1.05


class _Scrapes:
    def __init__(self, milliseconds, body_bytes):
        self.milliseconds = statistics.median(milliseconds)
        self.body_bytes = body_bytes


def _measure(bench, program, headers):
    """Of an agent that holds the last snapshot of a file, so nothing else takes time meanwhile."""
    agent = Agent(ThisHost(), "-T", bench.capture("connections"), *_LIMITS, program=program)
    try:
        wait_until(lambda: captured(agent, "packets") == bench.packets("connections"), "all of the file is read", 120)
        milliseconds = []
        body = b""
        for _ in range(1 if bench.options.smoke else 5):
            time.sleep(_PAUSE_SECONDS)
            before = cpu_seconds(agent.pid)
            _, _, body = agent.get_bytes("/metrics", headers)
            milliseconds.append((cpu_seconds(agent.pid) - before) * 1000)
        return _Scrapes(milliseconds, len(body))
    finally:
        agent.close()


def measure(bench):
    say(f"## A scrape of {_CONNECTIONS:,} of 100,000 connections, whole agent\n")
    row = table("agent", "encoding", "CPU ms", "bytes")
    cases = [(agent, program, encoding, headers) for agent, program in bench.agents.items()
             for encoding, headers in (("none", {}), ("gzip", {"Accept-Encoding": "gzip"}))]
    columns = by_turns(bench.rounds, cases, lambda case: _measure(bench, case[1], case[3]))
    for (agent, _, encoding, _), runs in zip(cases, columns):
        row(agent, encoding, spread((run.milliseconds for run in runs), 1), f"{runs[0].body_bytes:,}")
    say()
    say("## An exposition alone, with 1,000, 10,000 and 100,000 exported connections\n\n```")
    arguments = ["--benchmark_min_time=0.01", "--benchmark_filter=/1000$"] if bench.options.smoke else []
    say(bench.output("text_writer_bench", *arguments).rstrip())
    say("```\n")
