# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of a folder side by side, each in a process of its own, and prints a line for each test.

usage: python3 -m support.runner FOLDER [--all] [--jobs N] [WORD ...]

With WORDs, runs the tests whose names contain one of them. Without WORDs, runs all tests except the slow ones; --all
includes these. N tests run at once, by default two for each processor, because most of them wait most of the time. The
tests with the mark "alone" run after the others, one at a time. Those with the mark "long" begin first, and go on beside
all others.

With --jobs 1 all tests run in this process, in the order of their names. What one test has made and cached, the next
one can use.
"""
import argparse
import json
import os
import signal
import sys
import tempfile
import time
import unittest

from support import cleanup  # Before anything is made: it arranges that everything goes away.
from support import marks


class LineResult(unittest.TestResult):
    """Prints "PASS name (seconds)", "FAIL name" with the reason, or "SKIP name: why"."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.failed = 0
        self._start = 0.0
        self._subtest_failed = False

    def counts(self):
        return self.passed, self.failed, len(self.skipped)

    def startTest(self, test):
        super().startTest(test)
        self._start = time.monotonic()
        self._subtest_failed = False

    def addSuccess(self, test):
        if self._subtest_failed:
            return
        self.passed += 1
        self._say("PASS", test, f" ({time.monotonic() - self._start:.1f} s)")

    def addFailure(self, test, error):
        self.failed += 1
        self._say("FAIL", test, "\n" + self._exc_info_to_string(error, test))

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error is None:
            return
        # However many of its cases fail, a test counts once.
        self.failed += not self._subtest_failed
        self._subtest_failed = True
        self._say("FAIL", subtest, "\n" + self._exc_info_to_string(error, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say("SKIP", test, f": {reason}")

    def _say(self, word, test, rest):
        print(f"{word} {test.id()}{rest}", flush=True)


class Child:
    """A process that runs one test. What the test prints is kept until it has ended."""

    def __init__(self, test):
        self._test = test
        self._output = tempfile.TemporaryFile("w+", errors="replace")
        self._counts = tempfile.TemporaryFile("w+")
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._become_the_test()

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)

    def tell(self, status):
        """Prints what the test printed, once its process has ended with `status`; returns (passed, failed, skipped)."""
        self._output.seek(0)
        print(self._output.read(), end="", flush=True)
        self._counts.seek(0)
        counts = self._counts.read()
        self._output.close()
        self._counts.close()
        if not counts:
            print(f"FAIL {self._test.id()}\nits process ended with status {status}", flush=True)
            return 0, 1, 0
        return tuple(json.loads(counts))

    def _become_the_test(self):
        try:
            for descriptor in (1, 2):
                os.dup2(self._output.fileno(), descriptor)
            result = LineResult()
            unittest.TestSuite([self._test]).run(result)
            json.dump(result.counts(), self._counts)
            self._counts.flush()
        except KeyboardInterrupt:
            pass
        finally:
            cleanup.close_all()
            sys.stdout.flush()
            os._exit(0)


def run_side_by_side(tests, jobs):
    """(passed, failed, skipped) of the tests, of which `jobs` run at once, beside the long ones. However this ends, no
    child is left."""
    running = {}
    sums = (0, 0, 0)

    def start(test):
        child = Child(test)
        running[child.pid] = child
        return child.pid

    def wait_for_one():
        nonlocal sums
        pid, status = os.wait()
        child = running.pop(pid, None)
        if child is not None:
            sums = tuple(map(sum, zip(sums, child.tell(status))))
        return pid

    def marked(*names):
        return [test for test in tests if any(marks.is_marked(test, name) for name in names)]
    try:
        for test in marked("long"):
            start(test)
        others = [test for test in tests if test not in marked("long", "alone")]
        for some, at_once in ((others, jobs), (marked("alone"), 1)):
            waiting, now = list(reversed(some)), set()
            while waiting or now:
                while waiting and len(now) < at_once:
                    now.add(start(waiting.pop()))
                now.discard(wait_for_one())
        while running:
            wait_for_one()
    finally:
        for child in running.values():
            child.stop()
        for pid in running:
            os.waitpid(pid, 0)
    return sums


def run_in_this_process(tests):
    result = LineResult()
    try:
        unittest.TestSuite(tests).run(result)
    finally:
        cleanup.close_all()  # before Python waits for threads: some end only when they are closed
    return result.counts()


def _cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


def _chosen(tests, words, with_slow):
    if words:
        return [test for test in tests if any(word in test.id() for word in words)]
    return [test for test in tests if with_slow or not marks.is_marked(test, "slow")]


def main():
    parser = argparse.ArgumentParser(prog="run.sh", add_help=False)
    parser.add_argument("folder")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--jobs", type=int, default=2 * os.cpu_count())
    parser.add_argument("words", nargs="*")
    options = parser.parse_intermixed_args()
    start = time.monotonic()
    suite = unittest.defaultTestLoader.discover(options.folder, pattern="test_*.py", top_level_dir=options.folder)
    tests = _chosen(_cases(suite), options.words, options.all)
    if options.jobs == 1:
        passed, failed, skipped = run_in_this_process(tests)
    else:
        passed, failed, skipped = run_side_by_side(tests, options.jobs)
    print(f"took {time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
