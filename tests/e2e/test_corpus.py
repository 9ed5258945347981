# SPDX-License-Identifier: Apache-2.0
"""Reads the captures of other projects' test suites.

The agent ends by itself, does not crash, and counts as tshark counts.

TCPGAUGE_CORPUS names the folder of the captures, which contains real/, truth/ and score.py. Without this variable it is
shared/corpus beside the project. If that does not exist, the tests are skipped.

TCPGAUGE_SANITIZED_BINARY names a build with the address and undefined-behaviour sanitizers, which reads every file too.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

from support.agent import binary
from support.harness import told

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = told("TCPGAUGE_CORPUS") or os.path.join(os.path.dirname(PROJECT), "shared", "corpus")
# Its interfaces have different link types.
MIXED = "ng-multi-if-sll-eth.pcapng"
REQUIRED_PERCENT = "100"
# These captures show each packet several times, as it passed an interface in and out, or in several tunnels or VLANs.
# The truth counts each of these copies, as --count-views does.
WITH_COPIES = ("sll-rtsp-retrans.pcap", "vlan-collisions.pcap", "vxlan-overlap.pcap")
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
        program = told("TCPGAUGE_SANITIZED_BINARY")
        if not program:
            self.skipTest("TCPGAUGE_SANITIZED_BINARY names no binary")
        self.check_ends_in_order(program)

    def check_score(self, program, *files):
        score = subprocess.run(
            [sys.executable, os.path.join(CORPUS, "score.py"), program, *files, "--corpus", CORPUS,
             "--require", REQUIRED_PERCENT], capture_output=True, text=True)
        self.assertEqual(score.returncode, 0, score.stdout + score.stderr)

    def test_counts_agree_with_the_truth(self):
        self.assertLessEqual(set(WITH_COPIES), set(self.files))
        self.check_score(binary(), *(name for name in self.files if name not in WITH_COPIES))

    def test_counts_of_each_view_agree_with_the_truth(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "tcpgauge")
            with open(program, "w") as file:
                file.write(f'#!/bin/sh\nexec {shlex.quote(binary())} --count-views "$@"\n')
            os.chmod(program, 0o755)
            self.check_score(program)

    def test_copies_in_tunnels_and_vlans_are_counted_once(self):
        for name in ("vlan-collisions.pcap", "vxlan-overlap.pcap"):
            with self.subTest(name):
                logged = [json.loads(line) for line in read(binary(), os.path.join(self.folder, name)).stdout.splitlines()]
                self.assertEqual([[connection[f"{end}_{what}"] for end in ("client", "server")
                                   for what in ("packets", "payload_bytes", "retransmitted_segments")]
                                  for connection in logged], [[7, 136, 0, 7, 5007, 0]])
                self.assertEqual(len(logged[0]["views"]), 3)

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
