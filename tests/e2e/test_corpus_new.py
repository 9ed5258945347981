# SPDX-License-Identifier: Apache-2.0
"""Compares connection logs of further captures with the truth, to the packet and byte.

TCPGAUGE_CORPUS_NEW names the folder of the captures, which contains real/ and truth/. Without this variable it is
shared/corpus-new beside the project. score.py is in the folder of TCPGAUGE_CORPUS (see test_corpus.py). If one of them
does not exist, the test is skipped.

The truth counts the byte of a keep-alive as payload, and a late segment for its connection. The agent counts each by
itself, so its own counters must explain what is missing.
"""
import importlib.util
import os
import re
import subprocess
import unittest

from support.agent import binary
from support.harness import told

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(PROJECT), "shared")
CORPUS_NEW = told("TCPGAUGE_CORPUS_NEW") or os.path.join(SHARED, "corpus-new")
# This capture shows each packet of the client in two VLANs. The truth counts both copies, as --count-views does.
WITH_COPIES = ("arkime-pcap_oracle.pcap",)
SCORE = os.path.join(told("TCPGAUGE_CORPUS") or os.path.join(SHARED, "corpus"), "score.py")


def load_score():
    spec = importlib.util.spec_from_file_location("score", SCORE)
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    return score


def read(path, *options):
    return subprocess.run([binary(), "-T", path, "--web.listen-address=", *options], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60).stdout


def counter(exposition, name):
    return int(re.search(rf"^tcpgauge_{name}_total (\d+)$", exposition, re.MULTILINE)[1])


def missing(want, got):
    """What each end lacks of what it should have."""
    return [want.get(end, 0) - got.get(end, 0) for end in want.keys() | got.keys()]


@unittest.skipUnless(os.path.isdir(CORPUS_NEW) and os.path.isfile(SCORE), f"no corpus at {CORPUS_NEW}, or no {SCORE}")
class CorpusNewTest(unittest.TestCase):
    def test_counts_agree_with_the_truth(self):
        score = load_score()
        pairs = 0
        for name in sorted(os.listdir(os.path.join(CORPUS_NEW, "real"))):
            with self.subTest(name):
                path = os.path.join(CORPUS_NEW, "real", name)
                truth = score.read_truth(os.path.join(CORPUS_NEW, "truth", f"{name}.json"))
                counting = ["--count-views"] if name in WITH_COPIES else []
                log = score.read_log(read(path, *counting, "--connection-log", "-"))
                exposition = read(path, *counting, "--output", "prometheus")
                packets, payload = [], []
                for pair, want in truth.items():
                    if want["frag"]:
                        continue
                    self.assertIn(pair, log)
                    pairs += 1
                    packets += missing(want["packets"], log[pair]["packets"])
                    payload += missing(want["payload"], log[pair]["payload"])
                self.assertEqual(set(log) - set(truth), set())
                self.assertTrue(all(count >= 0 for count in packets + payload), "more than there is")
                # Late segments of streams that are not compared count too.
                self.assertLessEqual(sum(packets), counter(exposition, "late_segments"))
                probes = counter(exposition, "keep_alives") + counter(exposition, "window_probes")
                self.assertLessEqual(sum(payload), probes)
        self.assertGreater(pairs, 700)
