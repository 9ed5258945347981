# SPDX-License-Identifier: Apache-2.0
"""The part `files`: the agent against a bare libpcap loop, the agent before, and softflowd, reading files."""
import shutil
import statistics

from bench import KINDS, TRANSLATED, say, table
from turns import by_turns, median, ratio, run, spread

# How the agent reads a file for somebody, and for nobody. Without an output it keeps no rates, ranking and edges.
QUIET = ("--web.listen-address=",)
READ = (*QUIET, "--output", "prometheus")


def measure(bench):
    say("## Reading a file, one worker\n")
    say("Read: `--output prometheus`. Unread: no listener and no output. User time is that of all threads.\n")
    columns = {}
    for kind in (*KINDS, *TRANSLATED):
        loop = (bench.binary("count_packets"), bench.capture(kind))
        commands = {"loop": loop}
        for agent, program in bench.agents.items():
            commands[agent, "read"] = (program, "-T", bench.capture(kind), *READ)
            commands[agent, "unread"] = (program, "-T", bench.capture(kind), *QUIET)
        if shutil.which("softflowd") and kind in KINDS:
            commands["softflowd"] = _softflowd(bench, kind)
        # The first round only warms the caches.
        runs = by_turns(bench.rounds + 1, list(commands.values()), lambda command: run(*command))
        columns[kind] = {name: column[1:] for name, column in zip(commands, runs)}
    _beside_the_loop(bench, columns)
    if len(bench.agents) > 1:
        _beside_the_code_before(bench, columns)
    _beside_softflowd(bench, columns)
    _memory(bench, columns["million"])


def _beside_the_loop(bench, columns):
    row = table("capture", "agent", "read s", "times the loop", "by user time", "unread s", "times the loop",
                "by user time", "read / unread", "by user time")
    for kind, runs in columns.items():
        for agent in bench.agents:
            read, unread = runs[agent, "read"], runs[agent, "unread"]
            cells = [ratio(read, unread, "wall_seconds"), ratio(read, unread, "user_seconds")]
            for column in (unread, read):
                cells = [f"{median(column, 'wall_seconds'):.2f}", ratio(column, runs["loop"], "wall_seconds"),
                         ratio(column, runs["loop"], "user_seconds"), *cells]
            row(kind, agent, *cells)
    say()


def _beside_the_code_before(bench, columns):
    say("Times of this build as parts of the times before, in the same rounds:\n")
    row = table("capture", "agent before", "read", "by user time", "unread", "by user time")
    now, *before = bench.agents
    for kind, runs in columns.items():
        for agent in before:
            row(kind, agent, *(ratio(runs[now, reader], runs[agent, reader], what)
                               for reader in ("read", "unread") for what in ("wall_seconds", "user_seconds")))
    say()


def _softflowd(bench, kind):
    # Room for all flows, foreground, no control socket; it exports to nobody.
    return ("softflowd", "-d", "-r", bench.capture(kind), "-m", "4000000", "-c", "none",
            "-p", f"{bench.scratch}/softflowd.pid")


def _beside_softflowd(bench, columns):
    if not shutil.which("softflowd"):
        say("Left out: softflowd is missing.\n")
        return
    row = table("capture", "softflowd s", "times as long as read", "by user time", "times as long as unread",
                "by user time")
    agent = next(iter(bench.agents))
    for kind in KINDS:
        runs = columns[kind]
        row(kind, f"{median(runs['softflowd'], 'wall_seconds'):.2f}",
            *(ratio(runs["softflowd"], runs[agent, reader], what, 1)
              for reader in ("read", "unread") for what in ("wall_seconds", "user_seconds")))
    say()


def _memory(bench, runs):
    tracked = min(1000000, bench.packets("million") // 9 * 2)
    say(f"Memory of the whole process with {tracked} connections, in MB of 10^6 bytes:\n")
    row = table("agent", "read", "bytes per connection", "unread", "bytes per connection")
    for agent in bench.agents:
        cells = []
        for reader in ("read", "unread"):
            resident = [result.resident_kib * 1024 for result in runs[agent, reader]]
            cells += [spread((value / 1e6 for value in resident), 0), f"{statistics.median(resident) / tracked:.0f}"]
        row(agent, *cells)
    say()
