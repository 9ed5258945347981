# SPDX-License-Identifier: Apache-2.0
"""Programs that are compared run by turns, so that all of them find the machine in the same condition. Part of run.py."""
import os
import statistics
import subprocess
import time


class Finished:
    """What a program that has ended used."""

    def __init__(self, wall_seconds, usage):
        self.wall_seconds = wall_seconds
        self.user_seconds = usage.ru_utime
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.resident_kib = usage.ru_maxrss


def run(*command, producer=None):
    """Runs `command` to its end. `producer` is a command whose output it reads; what that uses does not count."""
    source = subprocess.Popen(producer, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) if producer else None
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=source.stdout if source else subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    if source:
        source.stdout.close()  # so that the producer ends when the child does
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if source:
        source.wait()
    if child.returncode != 0:
        raise SystemExit(f"run.py: {' '.join(command)} ended with status {child.returncode}")
    return Finished(time.monotonic() - start, usage)


def by_turns(rounds, things, measure):
    """measure(thing) for each thing, and again in each round; a list of results for each thing."""
    results = [[measure(thing) for thing in things] for _ in range(rounds)]
    return [list(column) for column in zip(*results)]


def median(results, what):
    return statistics.median(getattr(result, what) for result in results)


def spread(values, digits=2):
    """The median of values, with their range."""
    values = list(values)
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def ratio(these, those, what, digits=2):
    """How many times as much of `what` these took as those that ran in the same rounds: the median, with the range."""
    return spread((getattr(a, what) / max(getattr(b, what), 1e-3) for a, b in zip(these, those)), digits)
