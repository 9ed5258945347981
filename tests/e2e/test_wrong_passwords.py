# SPDX-License-Identifier: Apache-2.0
"""1,000 wrong passwords a minute.

A client with the right password is served meanwhile, and capture loses nothing.
"""
import os
import tempfile
import threading
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.exposition import Exposition
from support.marks import alone, slow
from support.namespaces import Testbed
from support.passwords import header, write_config
from support.traffic import Conversation
from support.waiting import wait_until

# ABUSE_SECONDS=60 is the run that RELIABILITY.md tells of.
SECONDS = float(os.environ.get("ABUSE_SECONDS", "6"))
PER_SECOND = 1000 / 60
GUESSERS = 16


@alone
@slow
class WrongPasswordsTest(NamespaceCase):
    def test_capture_and_scrapes_go_on(self):
        testbed = self.own(Testbed(ipv6=False))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        config = os.path.join(folder.name, "web.yml")
        write_config(config)
        os.chmod(folder.name, 0o755)
        agent = self.own(Agent(testbed.client, "-i", testbed.link.client_interface, "--web.config.file", config))
        conversation = self.own(Conversation(testbed, 7000))

        def scrape():
            status, body = agent.get("/metrics", header(), seconds=30)
            self.assertEqual(status, 200)
            return Exposition(body)
        scrape()  # checked once, remembered from here on
        start = time.monotonic()
        answers, lock, over = [], threading.Lock(), threading.Event()

        def guess(first):
            number = first
            while not over.wait(max(0, start + number / PER_SECOND - time.monotonic())):
                user = "prometheus" if number % 2 else f"user{number}"
                status, _ = agent.get("/metrics", header(user, f"guess{number}"), seconds=120)
                with lock:
                    answers.append(status)
                number += GUESSERS
        self.addCleanup(over.set)  # also when it fails: else they would guess for ever
        guessers = [threading.Thread(target=guess, args=(first,)) for first in range(GUESSERS)]
        for guesser in guessers:
            guesser.start()
        sent, slowest, scrapes = 0, 0.0, 0

        def enough():
            return answers.count(401) > 0.5 * PER_SECOND * SECONDS and len(answers) > 0.9 * PER_SECOND * SECONDS
        # To check so many takes a slow machine longer.
        while time.monotonic() < start + SECONDS or (not enough() and time.monotonic() < start + 10 * SECONDS):
            for _ in range(10):
                conversation.client_sends(20000)
                sent += 20000
            began = time.monotonic()
            scrape()
            slowest = max(slowest, time.monotonic() - began)
            scrapes += 1
            over.wait(0.005)
        took = time.monotonic() - start
        over.set()
        for guesser in guessers:
            guesser.join()

        def captured():
            return scrape().value("tcpgauge_connection_client_payload_bytes_total", **conversation.labels)
        wait_until(lambda: captured() == sent, f"{sent} bytes are counted; now {captured()}")
        print(f"  {len(answers)} wrong passwords, {60 * len(answers) / took:.0f} a minute; {scrapes} scrapes meanwhile,"
              f" the slowest {1000 * slowest:.0f} ms; {sent} bytes captured", flush=True)
        # 503: more wait to be checked than may.
        self.assertLessEqual(set(answers), {401, 503})
        self.assertGreater(answers.count(401), 0.5 * PER_SECOND * SECONDS)
        self.assertGreater(len(answers), 0.9 * PER_SECOND * SECONDS)
        self.assertEqual(sum(scrape().find("tcpgauge_capture_dropped_packets_total").values()), 0)
