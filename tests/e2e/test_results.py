# SPDX-License-Identifier: Apache-2.0
"""Checks what tests/count_results.py and tests/common.sh tell of failures."""
import os
import re
import subprocess
import tempfile
import unittest

from support import shipped

_TWO_CASES = """<testsuites><testsuite>
<testcase name="Passes" status="run" result="completed" classname="X"/>
<testcase name="IsSkipped" status="run" result="skipped" classname="X"><skipped message="no"/></testcase>
{}</testsuite></testsuites>"""
_FAILED_CASE = """<testcase name="Fails" status="run" result="completed" classname="X">
<failure message="tests/x_test.cc:7&#x0A;Expected equality&#x0A;  1&#x0A;  2" type=""/></testcase>"""
# What Bazel writes for a test that has written nothing itself.
_BROKEN_OFF = """<testsuites><testsuite>
<testcase name="tests/net/x_test" status="run"><error message="exited with error code 1"></error></testcase>
</testsuite></testsuites>"""
_LOG = """[ RUN      ] X.Passes
[       OK ] X.Passes (0 ms)
[ RUN      ] X.Breaks
==5==ERROR: AddressSanitizer: heap-use-after-free on address 0x1
"""


class CountResultsTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)

    def write(self, target, **files):
        folder = os.path.join(self._folder.name, "tests/net", target)
        os.makedirs(folder)
        for name, text in files.items():
            with open(os.path.join(folder, "test." + name), "w") as file:
                file.write(text)

    def count(self, *output):
        done = subprocess.run([shipped.path("tests/count_results.py"), self._folder.name], input="\n".join(output) + "\n",
                              capture_output=True, text=True, check=True)
        sums, *lines = done.stdout.splitlines()
        return sums, lines

    def test_cases_are_counted(self):
        self.write("x_test", xml=_TWO_CASES.format(""))
        self.assertEqual(self.count("INFO: 1 process", "//tests/net:x_test    (cached) PASSED in 0.0s"), ("1 0 1 1 0", []))

    def test_failed_case_is_named_with_its_reason_in_one_line(self):
        self.write("x_test", xml=_TWO_CASES.format(_FAILED_CASE))
        self.assertEqual(self.count("//tests/net:x_test    FAILED in 0.1s"),
                         ("1 1 1 1 0", ["//tests/net:x_test: X.Fails: tests/x_test.cc:7 Expected equality 1 2"]))

    def test_target_that_broke_off_is_named_with_its_last_case_and_the_sanitizer(self):
        self.write("x_test", xml=_BROKEN_OFF, log=_LOG)
        self.assertEqual(self.count("//tests/net:x_test    FAILED in 0.1s"), (
            "0 1 0 1 0", ["//tests/net:x_test: FAILED in 0.1s in X.Breaks "
                          "==5==ERROR: AddressSanitizer: heap-use-after-free on address 0x1"]))

    def test_target_that_timed_out_is_named_with_its_last_case(self):
        self.write("x_test", log="[ RUN      ] X.Hangs\n")
        self.assertEqual(self.count("//tests/net:x_test    TIMEOUT in 300.0s"),
                         ("0 1 0 1 0", ["//tests/net:x_test: TIMEOUT in 300.0s in X.Hangs"]))

    def test_target_that_failed_after_its_cases_passed_is_named(self):
        self.write("x_test", xml=_TWO_CASES.format(""))
        self.assertEqual(self.count("//tests/net:x_test    FAILED in 0.1s"),
                         ("1 1 1 1 0", ["//tests/net:x_test: FAILED in 0.1s"]))

    def test_targets_that_did_not_build_or_have_no_result_are_named_before_the_errors(self):
        self.assertEqual(
            self.count("ERROR: /p/tests/net/BUILD:3:8: Compiling tests/net/x_test.cc failed",
                       "tests/net/x_test.cc:4:8: error: expected ';'",
                       "//tests/net:x_test    FAILED TO BUILD", "//tests/net:y_test    NO STATUS"),
            ("0 2 0 2 0", ["//tests/net:x_test: FAILED TO BUILD", "//tests/net:y_test: NO STATUS",
                           "ERROR: /p/tests/net/BUILD:3:8: Compiling tests/net/x_test.cc failed",
                           "tests/net/x_test.cc:4:8: error: expected ';'"]))

    def test_target_that_bazel_could_not_analyse_is_a_failure_though_it_is_not_among_the_results(self):
        self.assertEqual(
            self.count("ERROR: /p/BUILD:2:8: no such package '@boost//': boost is missing",
                       "WARNING: errors encountered while analyzing target '//tests/net:x_test': it will not be built"),
            ("0 1 0 1 0", ["//tests/net:x_test: Bazel could not analyse it",
                           "ERROR: /p/BUILD:2:8: no such package '@boost//': boost is missing"]))

    def test_passed_target_without_a_readable_file_is_one_case_and_is_told(self):
        self.write("x_test", xml="<testsuites>")
        self.assertEqual(self.count("//tests/net:x_test  PASSED in 0.1s", "//tests/net:y_test  PASSED in 0.1s"),
                         ("2 0 0 2 2", []))


class EndOfTheOutputTest(unittest.TestCase):
    def end_of(self, commands):
        done = subprocess.run(["bash", "-c", f"set -euo pipefail; source '{shipped.path('tests/common.sh')}'\n{commands}",
                               "some.sh"], capture_output=True, text=True)
        return done.returncode, [re.sub(r", in \d+ s$", ", in N s", line) for line in done.stdout.splitlines()]

    def test_names_failures_of_a_script_before_the_sums(self):
        output = ("PASS a.A.one (0.1 s)\\nFAIL a.A.two\\nTraceback\\n  at line 1\\nAssertionError: 1 != 2\\n\\n"
                  "  printed by a.A.three\\nSKIP a.A.three: no\\nFAIL b.B.four\\nits process ended with status 9\\ntook 3 s\\n"
                  "1 passed, 2 failed, 1 skipped\\n")
        self.assertEqual(self.end_of(f"printf '{output}' >$scratch/x; add_counted 'end to end' $scratch/x 1"), (1, [
            "end to end: 1 passed, 2 failed, 1 skipped, in N s", "FAILED end to end: a.A.two: AssertionError: 1 != 2",
            "FAILED end to end: b.B.four: its process ended with status 9", "1 passed, 2 failed, 1 skipped"]))

    def test_repeats_what_a_script_of_its_own_kind_named(self):
        output = "FAILED lint: format: src/x.cc:1:2\\n4 passed, 1 failed, 0 skipped\\n"
        self.assertEqual(self.end_of(f"printf '{output}' >$scratch/x; add_counted lint $scratch/x 1")[1], [
            "lint: 4 passed, 1 failed, 0 skipped, in N s", "FAILED lint: format: src/x.cc:1:2", "4 passed, 1 failed, 0 skipped"])

    def test_names_a_part_that_came_to_no_end(self):
        self.assertEqual(self.end_of("echo 'no space left' >$scratch/x; add_counted lint $scratch/x 2")[1][1:], [
            "FAILED lint: came to no end; status 2, last line: no space left", "0 passed, 1 failed, 0 skipped"])

    def test_names_a_script_that_broke_off(self):
        self.assertEqual(self.end_of("add 3 0 0 0; (exit 7); add 1 0 0 0"), (1, [
            "FAILED some.sh: a command failed with status 7, so the rest did not run", "3 passed, 1 failed, 0 skipped"]))

    def test_shows_forty_failures_and_the_number_of_the_others(self):
        _, lines = self.end_of("seq 43 | failure fuzzing; add 0 43 0 1")
        self.assertEqual(lines, [f"FAILED fuzzing: {n}" for n in range(1, 41)] +
                         ["FAILED: 3 more", "0 passed, 43 failed, 0 skipped"])
