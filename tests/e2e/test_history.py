# SPDX-License-Identifier: Apache-2.0
"""The history: what the agent tells of the time before anybody looked."""
import json
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import wait_until

# A counter of the history, and of the totals of /api/v1/edges.
_COUNTERS = ("client_payload_bytes", "server_payload_bytes", "segments", "retransmitted_segments", "out_of_order_segments",
             "syn_retransmissions", "connections_opened", "connections_refused", "connections_timed_out", "responses",
             "handshake_rtts")


class HistoryTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed())

    def start(self, *options):
        self.agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, *options))

    def get(self, path):
        status, body = self.agent.get(path)
        self.assertEqual(status, 200, body[:300])
        return json.loads(body)

    def send_for(self, talk, seconds):
        """Sends 100 bytes ten times a second, and returns how many were sent."""
        end = time.monotonic() + seconds
        sent = 0

        def send():
            nonlocal sent
            talk.client_sends(100)
            sent += 100
            return time.monotonic() > end
        wait_until(send, "the traffic was sent", pause=0.1)
        return sent

    def test_tells_what_came_before_anybody_looked(self):
        self.start()
        talk = self.own(Conversation(self.testbed, 7000))
        other = self.own(Conversation(self.testbed, 7001))
        other.server_sends(5000)
        sent = self.send_for(talk, 4)

        def complete():
            history = self.get(f"/api/v1/history?server={talk.server_endpoint}")
            return history if sum(history["matching"]["client_payload_bytes"]) == sent else None
        history = wait_until(complete, "the history has all bytes")
        self.assertEqual([edge["client"]["address"] for edge in history["edges"]], [talk.labels["client_address"]])
        self.assertEqual(history["edges"][0]["server"]["port"], 7000)
        self.assertGreaterEqual(sum(count > 0 for count in history["matching"]["client_payload_bytes"]), 4)
        self.assertEqual(sum(history["totals"]["client_payload_bytes"]), sent)
        self.assertEqual(sum(history["totals"]["server_payload_bytes"]), 5000)
        self.assertEqual(sum(history["totals"]["connections_opened"]), 2)
        self.assertEqual(history["totals"]["connections"][-1], 2)
        begins = [history["begin_time"]] + history["end_times"][:-1]
        lengths = [end - begin for begin, end in zip(begins, history["end_times"])]
        self.assertEqual(len(lengths), len(history["totals"]["segments"]))
        self.assertGreater(min(lengths), 0)
        self.assertEqual([count for edge in self.get("/api/v1/history?limit=100")["edges"]
                          for count in [sum(filter(None, edge.get("server_payload_bytes", [])))] if count], [5000])

    def test_never_tells_more_than_a_snapshot_that_is_read_later(self):
        self.start("--workers", "2")
        talks = [self.own(Conversation(self.testbed, 7000 + number)) for number in range(4)]
        seen = set()

        def look():
            for talk in talks:
                talk.client_sends(1000)
                talk.server_sends(10)
            history = self.get("/api/v1/history")
            totals = self.get("/api/v1/edges?limit=0")["totals"]
            for name in _COUNTERS:
                told = history["before"][name] + sum(history["totals"][name])
                self.assertLessEqual(told, totals[name], name)
            seen.update(history["end_times"])
            return len(seen) > 3
        wait_until(look, "several seconds were told")

    def test_tells_only_what_is_new(self):
        self.start()
        talk = self.own(Conversation(self.testbed, 7000))
        talk.client_sends(1000)
        first = wait_until(lambda: (lambda h: h if sum(h["totals"]["client_payload_bytes"]) else None)(
            self.get("/api/v1/history")), "the bytes are told")
        since = first["end_times"][-1]
        talk.client_sends(50)

        def new():
            history = self.get(f"/api/v1/history?since={since}")
            return history if sum(history["totals"]["client_payload_bytes"]) else None
        history = wait_until(new, "the new bytes are told")
        self.assertAlmostEqual(history["begin_time"], since, places=3)
        self.assertEqual(sum(history["totals"]["client_payload_bytes"]), 50)
        self.assertEqual(history["before"]["client_payload_bytes"], 1000)
