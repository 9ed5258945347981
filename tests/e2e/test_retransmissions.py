# SPDX-License-Identifier: Apache-2.0
"""Compares retransmissions and round-trip times with those that the sender's kernel reports (ss -ti)."""
import json
import re
import socket
import statistics
import sys
import time

from support import impairment, precedence
from support.agent import Agent
from support.case import NamespaceCase
from support.marks import alone
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import wait_until

PORT = 7000
SAMPLE_SECONDS = 0.1
SETTLED_SECONDS = 2  # since the start: the queue has filled
TCP_INFO_BYTES, TCPI_RTT = 192, 68  # struct tcp_info of linux/tcp.h: its size here, the place of tcpi_rtt in microseconds


@alone
class RetransmissionsTest(NamespaceCase):
    tools = ("ethtool", "nft", "ss", "tc")

    def setUp(self):
        precedence.take(self)
        self.testbed = self.own(Testbed())
        impairment.segments_are_packets(self.testbed)
        # Fast, because what is compared with the kernel moves many times a second.
        self.agent = self.own(Agent(self.testbed.client, "-f", "-i", self.testbed.link.client_interface))

    def connect(self, window_bytes):
        conversation = self.own(Conversation(self.testbed, PORT))
        # Named, because a machine's default may be bbr, which paces by itself.
        conversation.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
        conversation.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, window_bytes)
        return conversation

    def sender_says(self, conversation, pattern):
        """The first group of `pattern` in what the sender's kernel tells of its end; 0 when it is not there."""
        told = self.testbed.client.run("ss", "-tinH", "src", conversation.client_endpoint)
        match = re.search(pattern, told)
        return float(match.group(1)) if match else 0.0

    def rtt_of_sender(self, conversation):
        """What ss shows as rtt, without the cost of running it."""
        info = conversation.client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
        return int.from_bytes(info[TCPI_RTT:TCPI_RTT + 4], sys.byteorder) / 1e6

    def rtt_of_agent(self):
        """The smoothed value, which the metrics do not have."""
        row, = json.loads(self.agent.get("/api/v1/connections")[1])["connections"]
        return row["rtt_seconds"]

    def test_retransmitted_segments_agree_with_the_sender(self):
        impairment.slow_down(self.testbed, "50mbit")
        impairment.lose(self.testbed, PORT, 2)
        conversation = self.connect(window_bytes=65536)
        conversation.client_sends_in_bulk(20_000_000, lambda: None)
        wait_until(lambda: self.sender_says(conversation, r"bytes_acked:(\d+)") > 20_000_000, "all is acknowledged",
                   30)
        want = self.sender_says(conversation, r"retrans:\d+/(\d+)")
        self.assertGreater(want, 100, "too little loss to compare")
        sent = self.sender_says(conversation, r"bytes_sent:(\d+)")
        self.agent.wait_for("tcpgauge_connection_client_payload_bytes_total", lambda count: count == sent,
                            f"{sent:.0f} bytes, retransmitted ones included", 30, **conversation.labels)
        got = self.agent.metrics().value("tcpgauge_connection_client_retransmitted_segments_total",
                                         **conversation.labels)
        self.assert_near(got, want, 0.02, "retransmitted segments")

    def test_smoothed_rtt_agrees_with_the_sender(self):
        impairment.slow_down(self.testbed, "20mbit")
        conversation = self.connect(window_bytes=65536)
        self.check_rtt(conversation, 16_000_000)

    def test_smoothed_rtt_agrees_with_the_sender_under_loss(self):
        impairment.slow_down(self.testbed, "5mbit")
        impairment.lose(self.testbed, PORT, 1)
        conversation = self.connect(window_bytes=65536)
        self.check_rtt(conversation, 6_000_000)

    def check_rtt(self, conversation, count):
        """Both follow the queue, which rises and falls within each round trip: what is compared is the mean of each over the
        run. The sender's is looked at with every chunk, lest the looks keep step with the queue."""
        sender, agent = [], []
        settled = due = time.monotonic() + SETTLED_SECONDS

        def sample():
            nonlocal due
            now = time.monotonic()
            if now < settled:
                return
            sender.append(self.rtt_of_sender(conversation))
            if now >= due:
                due = now + SAMPLE_SECONDS
                agent.append(self.rtt_of_agent())
        # Twice, for the agent's samples are few and scatter; and each has a time-out of its own.
        for _ in range(2):
            conversation.client_sends_in_bulk(count, sample)
        self.assertGreater(len(agent), 10)
        self.assertNotIn(None, agent)
        want, got = statistics.mean(sender), statistics.mean(agent)
        self.assertGreater(want, 0.002, "no queue to speak of")
        print(f"  mean of the smoothed RTT: agent {got:.6f} s, sender {want:.6f} s", flush=True)
        self.assertLessEqual(abs(got - want), 0.1 * want, f"agent {got:.6f} s, sender {want:.6f} s: {agent}")
