# SPDX-License-Identifier: Apache-2.0
"""/-/healthy reports a capture thread that hangs."""
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.threads import StoppedThread, capture_thread
from support.waiting import wait_until


class HealthTest(NamespaceCase):
    def test_a_capture_thread_without_progress_turns_it_red(self):
        testbed = self.own(Testbed(ipv6=False))
        agent = self.own(Agent(testbed.server, "-i", testbed.link.server_interface))
        self.assertEqual(agent.get("/-/healthy")[0], 200)
        stopped = StoppedThread(wait_until(lambda: capture_thread(agent.pid), "a thread named capture"))
        try:
            wait_until(lambda: agent.get("/-/healthy")[0] == 503, "red", 60)
        finally:
            stopped.close()
        wait_until(lambda: agent.get("/-/healthy")[0] == 200, "green again", 30)
