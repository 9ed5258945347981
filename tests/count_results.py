#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases of the targets that `bazel test` has run, and names what failed.

usage: count_results.py TESTLOGS_FOLDER < OUTPUT_OF_BAZEL_TEST

The first line is 'PASSED FAILED SKIPPED TARGETS UNREADABLE'. For each target that Bazel names, the cases in the
target's test.xml are counted. A target counts as one failed test if it was not analysed or did not build. So does a
target that failed without a failed case, for example by a time-out. UNREADABLE is how many targets passed without a
readable test.xml. Each of them counts as one passed test.

A line 'TARGET: CASE: reason' follows for each failed case, and a line 'TARGET: reason' for each target that failed
without one. If a target was not analysed or did not build, the errors of Bazel and of the compiler follow.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

# "//tests/net:ip_address_test    (cached) PASSED in 0.0s", "//tests/net:x_test    FAILED TO BUILD"
RESULT = re.compile(r"^//(\S*):(\S+)\s+(?:\(cached\) )?(PASSED|FAILED|TIMEOUT|FLAKY|NO STATUS)(.*)")
# Bazel does not list such a target among the results.
NOT_ANALYSED = re.compile(r"^WARNING: errors encountered while analyzing target '(//\S+)': it will not be built")
# "ERROR: /x/BUILD:4:8: Compiling src/x.cc failed", "src/x.cc:4:8: error: expected ';'"
BUILD_ERROR = re.compile(r"^(?:ERROR: .*|\S+:\d+:\d+: (?:fatal )?error: .*)")
# What a sanitizer writes into a test's log before it ends the test.
SANITIZER = re.compile(r".*(?:ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:).*")
BUILD_ERRORS = 6  # of each run; the first ones cause the others


def one_line(text, limit=240):
    return " ".join(text.split())[:limit]


class Cases:
    """The cases in a test.xml."""

    def __init__(self, path):
        self.passed = self.skipped = 0
        self.failures = []  # (name, reason)
        for case in ElementTree.parse(path).iter("testcase"):
            failure = case.find("failure")
            if failure is None:
                failure = case.find("error")
            if failure is not None:
                name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
                self.failures.append((name, one_line(failure.get("message") or failure.text or "")))
            elif case.get("result") == "skipped" or case.find("skipped") is not None:
                self.skipped += 1
            elif case.get("status") != "notrun":
                self.passed += 1


def how_it_broke_off(path):
    """From the log of a test: the case that was under way, and what a sanitizer found. Empty if the log has neither."""
    case = found = ""
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                if line.startswith("[ RUN      ] "):
                    case = line[13:]
                elif re.match(r"\[ +(OK|FAILED|SKIPPED) +\] ", line):
                    case = ""
                elif not found and SANITIZER.match(line):
                    found = line
    except OSError:
        pass
    return one_line(" ".join(filter(None, (case and f"in {case.strip()}", found))))


class Results:
    """The sums, and a line for each failure."""

    def __init__(self, testlogs):
        self._testlogs = testlogs
        self.passed = self.failed = self.skipped = self.targets = self.unreadable = 0
        self.lines = []
        self._build_errors = []

    def read(self, output):
        is_built = True
        for line in output:
            if match := NOT_ANALYSED.match(line):
                is_built = False
                self.targets += 1
                self._fail(match[1], "Bazel could not analyse it")
            elif BUILD_ERROR.match(line):
                self._build_errors.append(one_line(line))
            elif match := RESULT.match(line):
                self.targets += 1
                package, name, status, rest = match.groups()
                if status == "NO STATUS" or "TO BUILD" in rest:
                    is_built = False
                    self._fail(f"//{package}:{name}", (status + rest).strip())
                else:
                    self._add(package, name, status, (status + rest).strip())
        if not is_built:
            self.lines += list(dict.fromkeys(self._build_errors))[:BUILD_ERRORS]

    def _add(self, package, name, status, result):
        label, folder = f"//{package}:{name}", f"{self._testlogs}/{package}/{name}"
        try:
            cases = Cases(f"{folder}/test.xml")
        except (OSError, ElementTree.ParseError):
            if status == "PASSED":
                self.passed += 1
                self.unreadable += 1
            else:
                self._fail(label, f"{result} {how_it_broke_off(folder + '/test.log')}".strip())
            return
        self.passed += cases.passed
        self.skipped += cases.skipped
        for case, reason in cases.failures:
            # Bazel writes a test.xml whose only case is the target, if the test itself came to no end.
            if case.endswith(f"/{name}") or case == name:
                self._fail(label, f"{result} {how_it_broke_off(folder + '/test.log')}".strip())
            else:
                self._fail(label, f"{case}: {reason}")
        if status != "PASSED" and not cases.failures:
            self._fail(label, f"{result} {how_it_broke_off(folder + '/test.log')}".strip())

    def _fail(self, label, reason):
        self.failed += 1
        self.lines.append(f"{label}: {reason}")


if __name__ == "__main__":
    results = Results(sys.argv[1])
    results.read(sys.stdin)
    print(results.passed, results.failed, results.skipped, results.targets, results.unreadable)
    for each in results.lines:
        print(each)
