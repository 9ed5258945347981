# SPDX-License-Identifier: Apache-2.0
"""The last push over OTLP when the agent ends.

No receiver can hold up the end for longer than a time-out.
"""
import signal
import subprocess
import threading

from support.agent import binary
from support.otlp_case import FAILURES, ONLY_AT_THE_END, OtlpCase, environment
from support.receiver import Answer


class EndTest(OtlpCase):
    def test_the_last_push_is_made_at_the_end(self):
        receiver = self.receiver()
        agent = self.agent(receiver.url, **ONLY_AT_THE_END)
        self.assertEqual(receiver.requests, [])
        agent.signal(signal.SIGALRM)  # the end of --duration, so that a busy machine has time
        self.assertEqual(agent.wait(), 0)
        self.assertEqual(len(receiver.requests), 1)

    def test_a_file_without_anybody_to_look_is_pushed_once(self):
        receiver = self.receiver()
        done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address=", "--otlp.endpoint", receiver.url],
                              env=environment(**ONLY_AT_THE_END), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(receiver.requests), 1)

    def test_a_receiver_that_is_away_does_not_hold_the_end_up(self):
        agent = self.agent("http://127.0.0.1:1")
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.assertLess(self.stop(agent), 1)
        self.assertIn("the last metrics did not get to the OTLP receiver", agent.stderr())

    def time_with_slow_receiver(self, signal_number):
        late = threading.Event()
        self.addCleanup(late.set)
        receiver = self.receiver(then=Answer(delay=late))
        agent = self.agent(receiver.url, OTEL_METRIC_EXPORT_TIMEOUT="3000", OTEL_METRIC_EXPORT_INTERVAL="3600000")
        took = agent.signal_and_time(signal_number)
        self.assertIsNotNone(took)
        self.assertEqual(agent.wait(), 0)
        return took

    def test_a_slow_receiver_holds_the_end_up_no_longer_than_the_time_out(self):
        took = self.time_with_slow_receiver(signal.SIGALRM)  # the end of --duration
        self.assertGreater(took, 2.8)
        self.assertLess(took, 6)

    def test_a_slow_receiver_does_not_hold_sigterm_up_until_a_longer_time_out(self):
        self.assertLess(self.time_with_slow_receiver(signal.SIGTERM), 2)
