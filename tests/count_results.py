#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases of the targets that `bazel test` has run.

usage: count_results.py TESTLOGS_FOLDER < OUTPUT_OF_BAZEL_TEST

Prints 'PASSED FAILED SKIPPED'. For each target that Bazel names, counts the cases in the target's test.xml. A target
that did not build counts as one failed test. So does a target that failed without a failed case, for example by a
time-out.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

# "//tests/net:ip_address_test    (cached) PASSED in 0.0s", "//tests/net:x_test    FAILED TO BUILD"
RESULT = re.compile(r"^//(\S*):(\S+)\s+(?:\(cached\) )?(PASSED|FAILED|TIMEOUT|FLAKY|NO STATUS)(.*)")


def count_cases(path):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.get("result") == "skipped" or case.find("skipped") is not None:
            skipped += 1
        elif case.get("status") != "notrun":
            passed += 1
    return passed, failed, skipped


def count(lines, testlogs):
    total = [0, 0, 0]
    for line in lines:
        match = RESULT.match(line)
        if not match:
            continue
        package, name, status, rest = match.groups()
        cases = (0, 1, 0)
        if not (status == "NO STATUS" or "TO BUILD" in rest):
            try:
                cases = count_cases(f"{testlogs}/{package}/{name}/test.xml")
            except (OSError, ElementTree.ParseError):
                cases = (1, 0, 0) if status == "PASSED" else (0, 1, 0)
            if status != "PASSED" and cases[1] == 0:
                cases = (cases[0], 1, cases[2])
        total = [a + b for a, b in zip(total, cases)]
    return total


if __name__ == "__main__":
    print(*count(sys.stdin, sys.argv[1]))
