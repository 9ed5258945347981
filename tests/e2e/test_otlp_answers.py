# SPDX-License-Identifier: Apache-2.0
"""What the push over OTLP does after each kind of answer that a receiver may give."""
import threading

from support.otlp_case import DROPPED, FAILURES, OtlpCase
from support.receiver import Answer

PARTIAL_SUCCESS = b"\x0a\x0b\x08\x03\x12\x07too old"  # rejected_data_points = 3, error_message = "too old"


class AnswersTest(OtlpCase):
    def test_the_connection_stays_open(self):
        receiver = self.receiver()
        self.agent(receiver.url)
        self.assertEqual(len({request.connection for request in receiver.wait_for(5)}), 1)

    def test_what_was_pushed_is_counted(self):
        receiver = self.receiver()
        agent = self.agent(receiver.url)
        self.wait_for(agent, "tcpgauge_otlp_pushes_total", 3)
        metrics = agent.metrics()
        points = metrics.value("tcpgauge_otlp_data_points_sent_total")
        self.assertGreaterEqual(points, 3 * 80)
        self.assertEqual(metrics.value(DROPPED), 0)
        self.assertEqual(sum(metrics.find(FAILURES).values()), 0)
        agent.wait_for("tcpgauge_otlp_queue_requests", lambda value: value == 0, "an empty queue", 60)

    def test_what_is_refused_is_dropped_and_named(self):
        receiver = self.receiver(Answer(400, b"\x08\x03\x12\x0eno such tenant"))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertNotEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="rejected")
        self.assertGreater(agent.metrics().value(DROPPED), 80)
        self.assertIn('error="status 400: no such tenant"', agent.stderr())

    def test_a_redirection_on_the_same_host_is_followed_with_the_body(self):
        for status in (307, 308):
            receiver = self.receiver(Answer(status, headers={"Location": "/elsewhere"}),
                                     Answer(status, headers={"Location": "/a/b?c=d"}))
            agent = self.agent(receiver.url, OTEL_EXPORTER_OTLP_HEADERS="x-tenant=a")
            first, second, third = receiver.wait_for(3)
            self.assertEqual([first.path, second.path, third.path], ["/v1/metrics", "/elsewhere", "/a/b?c=d"])
            self.assertEqual(first.body, third.body)
            self.assertEqual(second.headers["X-Tenant"], "a")
            self.assertEqual(first.headers["Content-Type"], third.headers["Content-Type"])
            self.wait_for(agent, "tcpgauge_otlp_pushes_total", 1)
            self.assertEqual(sum(agent.metrics().find(FAILURES).values()), 0)

    def test_a_redirection_elsewhere_is_named_and_not_followed(self):
        for status, location in ((301, "/elsewhere"), (302, "https://127.0.0.1:1/"), (303, "/x"),
                                 (307, "http://localhost:1/"), (308, "https://127.0.0.1:1/x")):
            receiver = self.receiver(then=Answer(status, headers={"Location": location}))
            agent = self.agent(receiver.url)
            self.wait_for(agent, FAILURES, 1, reason="rejected")
            shown = receiver.url + location if location.startswith("/") else location
            self.assertIn(f"status {status}: redirected to {shown}; use that URL", agent.stderr())
            self.assertEqual({request.path for request in receiver.requests}, {"/v1/metrics"})

    def test_a_circle_of_redirections_ends(self):
        receiver = self.receiver(then=Answer(307, headers={"Location": "/v1/metrics"}))
        agent = self.agent(receiver.url)
        self.wait_for(agent, FAILURES, 1, reason="rejected")
        self.assertIn("status 307: redirected more than 10 times", agent.stderr())

    def test_partial_success_is_counted_and_not_repeated(self):
        receiver = self.receiver(Answer(200, PARTIAL_SUCCESS))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertNotEqual(first.body, second.body)
        self.assertEqual(self.wait_for(agent, "tcpgauge_otlp_data_points_rejected_total", 1), 3)
        self.assertIn('rejected_data_points=3 message="too old"', agent.stderr())

    def test_an_answer_that_is_not_http_is_a_broken_connection(self):
        receiver = self.receiver(Answer(raw=b"\x00\xffgarbage\n" * 20))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="connection")

    def test_an_answer_without_sense_is_an_answer(self):
        for body in (b"\xff\xff\xff<html>", bytes(10 << 20)):
            with self.subTest(len(body)):
                receiver = self.receiver(Answer(200, body))
                agent = self.agent(receiver.url)
                first, second = receiver.wait_for(2)
                self.assertNotEqual(first.body, second.body)
                self.wait_for(agent, "tcpgauge_otlp_pushes_total", 1)
                self.assertIn('message="the answer cannot be understood"', agent.stderr())

    def test_a_connection_that_breaks_within_the_answer_is_repeated(self):
        receiver = self.receiver(Answer(200, b"x" * 100, cut=True))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.assertEqual(agent.metrics().value(DROPPED), 0)

    def test_an_answer_that_takes_too_long_is_repeated(self):
        late = threading.Event()
        self.addCleanup(late.set)
        receiver = self.receiver(Answer(delay=late))
        agent = self.agent(receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT="300")
        first, second = receiver.wait_for(2)
        self.assertEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="timeout")
