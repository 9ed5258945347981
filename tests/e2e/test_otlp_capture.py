# SPDX-License-Identifier: Apache-2.0
"""An OTLP receiver that hangs, is busy or cannot be reached costs the agent no packet, no scrape and no memory."""
import os
import threading
import time

from support import small_pages
from support.otlp_case import DROPPED, LiveOtlpCase
from support.receiver import Answer
from support.traffic import Conversation, bytes_sent
from support.waiting import holds_for

# ABSENT_SECONDS=600 is the run that RELIABILITY.md tells of.
ABSENT_SECONDS = float(os.environ.get("ABSENT_SECONDS", "6"))


class CaptureTest(LiveOtlpCase):
    def check_bytes(self, agent, talk):
        """They are counted to the last."""
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total",
                       lambda value: value == bytes_sent(talk.client), "all bytes", 60)
        self.assertEqual(agent.metrics().value("tcpgauge_capture_dropped_packets_total",
                                               interface=self.testbed.link.server_interface), 0)

    def check_capture(self, answer):
        """Bytes are counted and scrapes are answered, whatever the receiver does; returns it."""
        receiver = self.receiver(then=answer)
        agent = self.agent(receiver, OTEL_EXPORTER_OTLP_TIMEOUT="600000")
        receiver.wait_for(1)
        talk = self.own(Conversation(self.testbed, 7000))

        def talks_on():
            talk.client_sends(1 << 20)
            return agent.get("/metrics")[0] == 200  # long before the receiver's 600 s are over
        self.assertTrue(holds_for(talks_on, 3), "a scrape waits for nobody")
        self.check_bytes(agent, talk)
        return receiver

    def test_a_receiver_that_never_answers_costs_no_packet(self):
        forever = threading.Event()
        self.addCleanup(forever.set)
        receiver = self.check_capture(Answer(delay=forever))
        self.assertEqual(len(receiver.requests), 1, "the first push was under way all the time")

    def test_a_receiver_that_is_always_busy_costs_no_packet(self):
        self.check_capture(Answer(503))

    def test_a_receiver_that_is_away_for_long_costs_neither_memory_nor_packets(self):
        receiver = self.receiver(away=True)
        agent = self.agent(receiver, prefix=small_pages.COMMAND, OTEL_METRIC_EXPORT_INTERVAL="100")
        agent.wait_for(DROPPED, lambda value: value > 0, "a full queue", 60)
        talk = self.own(Conversation(self.testbed, 7000))
        resident, queued_bytes, before = [], [], agent.metrics().value(DROPPED)
        start = time.monotonic()

        def talks_on():
            talk.client_sends(100000)
            now = agent.metrics()
            resident.append(now.value("process_resident_memory_bytes"))
            queued_bytes.append(now.value("tcpgauge_otlp_queue_bytes"))
            return now.value("tcpgauge_otlp_queue_requests") == 100
        self.assertTrue(holds_for(talks_on, ABSENT_SECONDS), "the queue stays full, and no fuller")
        seconds = time.monotonic() - start
        # The oldest give way, one for each that is added: ten a second, each of the points that are dropped.
        lost = agent.wait_for(DROPPED, lambda value: value - before > seconds * 5 * 50, "points dropped and counted",
                              seconds + 10) - before
        self.assertLess(max(queued_bytes), 32 << 20)
        settled = resident[len(resident) // 4:]
        self.assertLess(max(settled) - settled[0], 4 << 20)
        self.check_bytes(agent, talk)
        self.assertLess(agent.stderr().count("\n"), 20 + seconds / 10)
        print(f"  away for {seconds:.0f} s: {lost:.0f} points dropped and counted, queue of 100 in "
              f"{max(queued_bytes) / 1e6:.1f} MB, resident {settled[0] / 1e6:.1f} to {max(settled) / 1e6:.1f} MB, "
              f"{bytes_sent(talk.client)} bytes captured, none lost, {agent.stderr().count(chr(10))} lines logged")
        receiver.comes()
        requests = receiver.wait_for(100, 180)  # the agent tries again every 15 to 45 s
        self.assertEqual(len({request.body for request in requests}), 100)
