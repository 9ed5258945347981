# SPDX-License-Identifier: Apache-2.0
"""What the push over OTLP queues, and what it loses, while the receiver cannot be reached."""
from support import namespaces
from support.otlp_case import DROPPED, FAILURES, OtlpCase
from support.waiting import wait_until


class AwayTest(OtlpCase):
    def test_a_receiver_that_comes_late_gets_what_was_queued_in_order(self):
        receiver = self.receiver(away=True)
        agent = self.agent(receiver.url)
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.wait_for(agent, "tcpgauge_otlp_queue_requests", 5)
        receiver.comes()
        receiver.wait_for(6)
        self.wait_for(agent, "tcpgauge_otlp_pushes_total", 6)
        wait_until(lambda: "the OTLP receiver takes metrics again" in agent.stderr(), "the log says so")
        self.assertEqual(agent.metrics().value(DROPPED), 0)
        bodies = [request.body for request in receiver.requests]
        self.assertEqual(len(set(bodies)), len(bodies))

    def test_the_queue_is_bounded_and_what_is_lost_is_counted(self):
        agent = self.agent("http://127.0.0.1:1", OTEL_METRIC_EXPORT_INTERVAL="100")
        self.wait_for(agent, DROPPED, 1)
        self.assertEqual(agent.metrics().value("tcpgauge_otlp_queue_requests"), 100)
        self.assertLess(agent.metrics().value("tcpgauge_otlp_queue_bytes"), 32 << 20)

    def test_nothing_to_be_found_by_that_name_is_a_broken_connection(self):
        namespaces.require()
        nowhere = self.own(namespaces.Namespace())  # where no server of names can be reached, and so none is slow
        agent = self.agent("http://nothing.invalid:4318", host=nowhere)
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.stop(agent)
