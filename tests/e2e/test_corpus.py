# SPDX-License-Identifier: Apache-2.0
"""Reads the captures of other projects' test suites.

The agent ends by itself, does not crash, and counts as tshark counts.

TCPGAUGE_CORPUS names the folder of the captures, which contains real/, truth/ and score.py. Without this variable it is
shared/corpus beside the project. If that does not exist, the tests are skipped.

TCPGAUGE_SANITIZED_BINARY names a build with the address and undefined-behaviour sanitizers, which reads every file too.
"""
import os
import subprocess
import sys
import unittest

from support.agent import binary

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.environ.get("TCPGAUGE_CORPUS") or os.path.join(os.path.dirname(PROJECT), "shared", "corpus")
# Its interfaces have different link types.
MIXED = "ng-multi-if-sll-eth.pcapng"
REQUIRED_PERCENT = "100"
# Statuses of a reading that ends in order: done, or the file's own fault named.
IN_ORDER = (0, 1, 2)
SECONDS_PER_FILE = 120
SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "runtime error")


def read(program, path, stdin=subprocess.DEVNULL):
    return subprocess.run([program, "-T", path, "--web.listen-address=", "--connection-log", "-"], stdin=stdin,
                          capture_output=True, text=True, errors="replace", timeout=SECONDS_PER_FILE)


@unittest.skipUnless(os.path.isdir(CORPUS), f"no corpus at {CORPUS}")
class CorpusTest(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.join(CORPUS, "real")
        self.files = sorted(os.listdir(self.folder))

    def check_ends_in_order(self, program):
        wrong = []
        for name in self.files:
            try:
                done = read(program, os.path.join(self.folder, name))
            except subprocess.TimeoutExpired:
                wrong.append(f"{name}: no end after {SECONDS_PER_FILE} s")
                continue
            if done.returncode not in IN_ORDER or any(word in done.stderr for word in SANITIZER_WORDS):
                wrong.append(f"{name}: status {done.returncode}: {done.stderr[-1000:]}")
            elif done.returncode and len(done.stderr.splitlines()) != 1:
                wrong.append(f"{name}: an error in more than one line: {done.stderr[-1000:]}")
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_every_file_ends_by_itself(self):
        self.check_ends_in_order(binary())

    def test_every_file_is_clean_under_the_sanitizers(self):
        program = os.environ.get("TCPGAUGE_SANITIZED_BINARY")
        if not program:
            self.skipTest("TCPGAUGE_SANITIZED_BINARY names no binary")
        self.check_ends_in_order(program)

    def test_counts_agree_with_the_truth(self):
        score = subprocess.run(
            [sys.executable, os.path.join(CORPUS, "score.py"), binary(), "--corpus", CORPUS,
             "--require", REQUIRED_PERCENT], capture_output=True, text=True)
        self.assertEqual(score.returncode, 0, score.stdout + score.stderr)

    def test_standard_input_reads_as_the_file_does(self):
        for name in ("eth-tfo.pcap", MIXED):
            path = os.path.join(self.folder, name)
            with open(path, "rb") as file:
                from_input = read(binary(), "-", file)
            from_pipe = subprocess.run(f"cat '{path}' | '{binary()}' -T - --web.listen-address= --connection-log -",
                                       shell=True, capture_output=True, text=True, timeout=SECONDS_PER_FILE)
            from_file = read(binary(), path)
            self.assertEqual((from_input.returncode, from_pipe.returncode, from_file.returncode), (0, 0, 0))
            self.assertEqual(from_input.stdout.count("\n"), from_file.stdout.count("\n"))
            self.assertEqual(from_pipe.stdout, from_input.stdout)
            self.assertGreater(from_file.stdout.count("\n"), 0)
