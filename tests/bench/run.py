#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what the agent costs beside a bare libpcap loop, softflowd and tcpdump, and prints tables.

usage: tests/bench/run.py [--rounds N] [--packets N] [--seconds N] [--smoke] [--binaries FOLDER] [PART ...]

PARTs are files, workers, stages, scrape, handover and live. Without PARTs all are measured. Captures are written to a
temporary folder. Programs that are compared run in turns, so that both find the machine in the same condition. A ratio
is the median of the ratios of these turns.

The part `live` needs root (for network namespaces), iperf3, tcpdump and curl. The comparison with softflowd needs
softflowd. Where something is missing, the script leaves the measurement out and says why.

--smoke measures nothing useful: it runs everything once with little data, to see that it works. --binaries names a
bazel-bin folder in which everything is built already; without it the script builds first.
"""
import argparse
import functools
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
TARGETS = ["//:tcpgauge"] + ["//tests/bench:" + name for name in (
    "make_capture", "count_packets", "stages_bench", "workers_bench", "handover_bench", "text_writer_bench",
    "short_connections")]
KINDS = {"connections": 1, "million": 1, "elephant": 1, "synflood": 0.6}  # and their share of --packets
# Only the part `files` reads these: they have cooked headers, which softflowd and the other benchmarks do not read.
TRANSLATED = {"million-translated": 1, "synflood-translated": 0.6}


def say(text=""):
    print(text, flush=True)


def median_and_range(values, digits=2):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


class Finished:
    """What a program that has ended used."""

    def __init__(self, wall_seconds, usage):
        self.wall_seconds = wall_seconds
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.resident_kib = usage.ru_maxrss


def run(*command, env=None):
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env=env)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"run.py: {' '.join(command)} ended with status {child.returncode}")
    return Finished(time.monotonic() - start, usage)


class Bench:
    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch

    def binary(self, name):
        folder = "" if name == "tcpgauge" else "tests/bench/"
        return f"{self.options.binaries or PROJECT + '/bazel-bin'}/{folder}{name}"

    @functools.lru_cache(maxsize=None)
    def capture(self, kind):
        path = f"{self.scratch}/{kind}.pcap"
        run(self.binary("make_capture"), kind, path, str(self.packets(kind)))
        return path

    def packets(self, kind):
        return int(self.options.packets * {**KINDS, **TRANSLATED}[kind])

    def agent(self, kind, *more):
        return (self.binary("tcpgauge"), "-T", self.capture(kind), "--web.listen-address=", *more)

    def softflowd(self, kind):
        # Room for all flows, foreground, no control socket; it exports to nobody.
        return ("softflowd", "-d", "-r", self.capture(kind), "-m", "4000000", "-c", "none",
                "-p", f"{self.scratch}/softflowd.pid")

    def side_by_side(self, *commands):
        """Runs the commands by turns; a list of results for each. The first round only warms the caches."""
        results = [[run(*command) for command in commands] for _ in range(self.options.rounds + 1)][1:]
        return list(zip(*results))

    @staticmethod
    def ratios(these, those, digits=2):
        """How many times those took these, by wall time and (for a machine that is shared) by CPU time."""
        pairs = list(zip(these, those))
        return (median_and_range([a.wall_seconds / b.wall_seconds for a, b in pairs], digits),
                median_and_range([a.cpu_seconds / b.cpu_seconds for a, b in pairs], digits))

    def files(self):
        """The agent against the floor and a peer, reading files."""
        say("## Reading a file, one worker, default options\n")
        say("| capture | packets | bare loop s | tcpgauge s | million packets/s | times the loop | by CPU "
            "| softflowd s | times faster than softflowd | by CPU | resident MB |")
        say("|" + "---|" * 11)
        with_softflowd = shutil.which("softflowd") is not None
        for kind in (*KINDS, *TRANSLATED):
            commands = [(self.binary("count_packets"), self.capture(kind)), self.agent(kind)]
            if with_softflowd and kind in KINDS:
                commands.append(self.softflowd(kind))
            loop, agent, *peer = self.side_by_side(*commands)
            seconds = [statistics.median(r.wall_seconds for r in runs) for runs in (loop, agent, *peer)]
            slower, slower_cpu = self.ratios(agent, loop)
            faster, faster_cpu = self.ratios(peer[0], agent, 1) if peer else ("", "")
            say(f"| {kind} | {self.packets(kind)} | {seconds[0]:.3f} | {seconds[1]:.3f} "
                f"| {self.packets(kind) / seconds[1] / 1e6:.1f} | {slower} | {slower_cpu} "
                f"| {f'{seconds[2]:.2f}' if peer else 'not here'} | {faster} | {faster_cpu} "
                f"| {max(r.resident_kib for r in agent) / 1024:.0f} |")
        say()
        empty = run(self.binary("tcpgauge"), "--version").resident_kib
        full = min(run(*self.agent("million")).resident_kib for _ in range(self.options.rounds))
        tracked = min(1000000, self.packets("million") // 9 * 2)
        say(f"Memory: {full} kB with {tracked} connections tracked, all told {full * 1024 / tracked:.1f} bytes each "
            f"(of which {empty} kB are the program and its libraries before it opens anything).\n")

    def workers(self):
        """Several workers behind one reader, and with packets of their own."""
        say(f"## Workers, reading a file; {os.cpu_count()} processors\n")
        say("| capture | --workers 1 s | 2 | 3 | times faster with 2 | with 3 |\n|---|---|---|---|---|---|")
        for kind in KINDS:
            runs = self.side_by_side(*(self.agent(kind, f"--workers={n}") for n in (1, 2, 3)))
            walls = [[r.wall_seconds for r in column] for column in runs]
            ratios = [median_and_range([a / b for a, b in zip(walls[0], column)]) for column in walls[1:]]
            say(f"| {kind} | {' | '.join(f'{statistics.median(w):.3f}' for w in walls)} | {' | '.join(ratios)} |")
        say()
        say("With packets of their own, as live, from memory; then with the memory of records resident beforehand:\n")
        say("| capture | one worker s | two | times faster | with resident memory one s | two | times faster |")
        say("|" + "---|" * 7)
        for kind in KINDS:
            # The program runs them by turns itself, and leaves out a first round.
            text = self.output("workers_bench", self.capture(kind), "2", str(self.options.rounds))
            cells = []
            for memory in ("growing", "resident"):
                rounds = re.findall(rf"^{memory} +1 worker (\S+) s  2 workers (\S+) s, (\S+) times faster$", text, re.M)
                one, two, ratios = ([float(value) for value in column] for column in zip(*rounds))
                cells += [f"{statistics.median(one):.3f}", f"{statistics.median(two):.3f}", median_and_range(ratios)]
            say(f"| {kind} | {' | '.join(cells)} |")
        say()

    def output(self, name, *arguments):
        return subprocess.run((self.binary(name), *arguments), check=True, capture_output=True, text=True).stdout

    def stages(self):
        """Where the nanoseconds go."""
        say("## Nanoseconds per packet by stage, best of the rounds\n")
        names = None
        for kind in KINDS:
            best = {}
            for _ in range(self.options.rounds):
                for name, value in re.findall(r"(\S+) (-?[0-9.]+)", self.output("stages_bench", self.capture(kind))):
                    best[name] = min(float(value), best.get(name, float("inf")))
            if names is None:
                names = list(best)
                say("| capture | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 1))
            say(f"| {kind} | " + " | ".join(f"{best[name]:.1f}" for name in names) + " |")
        say()

    def scrape(self):
        """One exposition: our writer, compression, and a copy of the same text."""
        say("## One scrape, with 1,000, 10,000 and 100,000 exported connections\n\n```")
        arguments = ["--benchmark_min_time=0.01", "--benchmark_filter=/1000$"] if self.options.smoke else []
        say(self.output("text_writer_bench", *arguments).rstrip())
        say("```\n")

    def handover(self):
        """The longest pause."""
        connections = "1000" if self.options.smoke else "1000000"
        say(f"## Handing over: the longest step of a pass, {connections} connections\n\n```")
        say(self.output("handover_bench", connections).rstrip())
        say("```\n")
        say("The same with 60,000 encapsulations:\n\n```")
        say(self.output("handover_bench", connections, "60000").rstrip())
        say("```\n")

    def live(self):
        sys.path.insert(0, HERE)
        import live
        live.measure(self.binary("tcpgauge"), self.binary("short_connections"), self.options.seconds,
                     1 if self.options.smoke else self.options.rounds, say)


PARTS = ("files", "workers", "stages", "scrape", "handover", "live")


def machine():
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
    if options.smoke:
        options.rounds, options.packets, options.seconds = 1, 20000, 1
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not options.binaries:
        subprocess.run(["bazel", "build", "-c", "opt", *TARGETS], cwd=PROJECT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    machine()
    with tempfile.TemporaryDirectory(prefix="tcpgauge-bench-") as scratch:
        bench = Bench(options, scratch)
        for part in options.parts or PARTS:
            getattr(bench, part)()


if __name__ == "__main__":
    main()
