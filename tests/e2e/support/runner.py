# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of this folder, or those whose names hold one of the words given, and prints a line for each."""
import sys
import time
import unittest

from support import cleanup  # noqa: F401  Before anything is made: it arranges that everything goes away.


class LineResult(unittest.TestResult):
    """Prints "PASS name (seconds)", "FAIL name" with the reason, or "SKIP name: why"."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.failed = 0
        self._start = 0.0
        self._subtest_failed = False

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


def _chosen(suite, words):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield unittest.TestSuite(_chosen(test, words))
        elif not words or any(word in test.id() for word in words):
            yield test


def main():
    folder, words = sys.argv[1], sys.argv[2:]
    result = LineResult()
    start = time.monotonic()
    suite = unittest.defaultTestLoader.discover(folder, pattern="test_*.py", top_level_dir=folder)
    unittest.TestSuite(_chosen(suite, words)).run(result)
    print(f"took {time.monotonic() - start:.0f} s")
    print(f"{result.passed} passed, {result.failed} failed, {len(result.skipped)} skipped", flush=True)
    return 1 if result.failed else 0


if __name__ == "__main__":
    sys.exit(main())
