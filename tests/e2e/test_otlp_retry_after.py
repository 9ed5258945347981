# SPDX-License-Identifier: Apache-2.0
"""A busy OTLP receiver says in Retry-After when it wants the next attempt, and the agent waits until then."""
import email.utils
import time

from support.otlp_case import DROPPED, FAILURES, OtlpCase
from support.receiver import Answer


class RetryAfterTest(OtlpCase):
    def test_busy_with_retry_after_is_waited_for_and_repeated(self):
        for status, reason in ((503, "unavailable"), (429, "throttled")):
            with self.subTest(status):
                receiver = self.receiver(Answer(status, headers={"Retry-After": "2"}))
                agent = self.agent(receiver.url)
                first, second = receiver.wait_for(2)
                waited = second.received_seconds - first.received_seconds
                self.assertGreaterEqual(waited, 2, "it was not asked to come so soon")
                self.assertLess(waited, 10)
                self.assertEqual(first.body, second.body)
                self.assertEqual(agent.metrics().value(FAILURES, reason=reason), 1)
                self.assertEqual(agent.metrics().value(DROPPED), 0)

    def test_retry_after_may_be_a_date(self):
        date = int(time.time()) + 3
        date_seconds = time.monotonic() + (date - time.time())
        receiver = self.receiver(Answer(503, headers={"Retry-After": email.utils.formatdate(date, usegmt=True)}))
        self.agent(receiver.url)
        second = receiver.wait_for(2)[1]
        self.assertGreaterEqual(second.received_seconds, date_seconds, "it was not asked to come so soon")

    def test_a_retry_after_does_not_outlive_its_answer(self):
        receiver = self.receiver(Answer(503, headers={"Retry-After": "8"}), Answer(503))
        self.agent(receiver.url)
        _, second, third = receiver.wait_for(3)
        waited = third.received_seconds - second.received_seconds
        self.assertLess(waited, 8, "the second wait is its own: 2 s and chance")
