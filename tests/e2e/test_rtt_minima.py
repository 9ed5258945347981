# SPDX-License-Identifier: Apache-2.0
"""Compares the least round-trip times with those that the kernels of both ends report (min_rtt of ss -ti)."""
import json
import os
import socket
import sys
import threading
import unittest

from support import precedence
from support.agent import Agent
from support.case import NamespaceCase
from support.delayed_path import DelayedTestbed
from support.marks import alone
from support.traffic import Conversation
from support.waiting import holds_for

RTT = "tcpgauge_connection_rtt_seconds"
BULK_PORT, PING_PORT = 7000, 6379
BULK_BYTES = 2_000_000
PING_SECONDS = 1
CONNECTIONS, ROUNDS = 10, 4
TCP_INFO_BYTES, TCPI_MIN_RTT = 192, 148  # struct tcp_info of linux/tcp.h: its size here, the place of tcpi_min_rtt in µs
TOLERANCE, TOLERANCE_SECONDS = 0.05, 50e-6


def min_rtt(end):
    """What ss shows as minrtt, without the cost of running it."""
    info = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
    return int.from_bytes(info[TCPI_MIN_RTT:TCPI_MIN_RTT + 4], sys.byteorder) / 1e6


def send_in_bulk(sender, receiver, count):
    thread = threading.Thread(target=sender.sendall, args=(bytes(count),))
    thread.start()
    while count:
        received = len(receiver.recv(65536))
        if not received:
            raise AssertionError("the connection ended")
        count -= received
    thread.join()


def send_both_ways(conversation):
    send_in_bulk(conversation.client, conversation.server, BULK_BYTES)
    send_in_bulk(conversation.server, conversation.client, BULK_BYTES)


@alone
@unittest.skipUnless(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun")
class RttMinimaTest(NamespaceCase):
    def setUp(self):
        precedence.take(self)

    def begin(self, seconds):
        self.testbed = self.own(DelayedTestbed(seconds))
        # Fast, so that a test need not wait for the next snapshot.
        self.agents = {name: self.own(Agent(namespace, "-f", "-i", self.testbed.link.client_interface))
                       for name, namespace in (("client", self.testbed.client), ("server", self.testbed.server))}

    def connect(self, port):
        conversation = self.own(Conversation(self.testbed, port))
        # Otherwise the queue of the device would be part of most round trips.
        for end in (conversation.client, conversation.server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, 65536)
        return conversation

    def differences(self, conversation, seconds, what):
        """What is wrong with the minimum that an agent shows, beside that of a kernel. Empty if all agree."""
        wrong = []
        for name, agent in self.agents.items():
            agent.wait_for("tcpgauge_connection_idle_seconds", lambda idle: idle > 0, "the connection is silent",
                           **conversation.labels)
            got = agent.metrics().value(RTT, **conversation.labels)
            self.assertIsNotNone(got, f"{what}, seen at the {name}")
            for end, of_kernel in (("client", conversation.client), ("server", conversation.server)):
                want = min_rtt(of_kernel)
                self.assertGreaterEqual(want, seconds)
                line = f"{what}, seen at the {name}: agent {got:.6f} s, {end}'s kernel {want:.6f} s"
                print(f"  {line}", flush=True)
                if abs(got - want) > max(TOLERANCE * want, TOLERANCE_SECONDS):
                    wrong.append(line)
        return wrong

    def check(self, seconds, what, port, talk):
        """Agents and kernels agree on a connection over which `talk` sends. The time that an end needs for its answer is in
        the one's value and not in the other's. A busy machine disturbs single answers, but no minimum rises, so the values
        meet as more is sent. A kernel that once took its time from a timestamp option keeps a value of whole milliseconds:
        so there is more than one connection."""
        for attempt in range(CONNECTIONS):
            conversation = self.connect(port + attempt)
            for _ in range(ROUNDS):
                talk(conversation)
                wrong = self.differences(conversation, seconds, what)
                if not wrong:
                    return conversation
        self.fail("; ".join(wrong))

    def ping(self, conversation):
        """Each answer comes at once, and is acknowledged with the next ping or when the kernel has waited enough."""
        def once():
            conversation.client_sends(10)
            conversation.server_sends(10)
            return True
        self.assertTrue(holds_for(once, PING_SECONDS))

    def smoothed(self, agent, conversation):
        status, body = agent.get("/api/v1/connections")
        self.assertEqual(status, 200)
        port = int(conversation.labels["client_port"])
        row, = (row for row in json.loads(body)["connections"] if row["client"]["port"] == port)
        return row["rtt_seconds"]

    def compare(self, seconds):
        self.begin(seconds)
        self.check(seconds, "bulk", BULK_PORT, send_both_ways)
        pings = self.check(seconds, "pings", PING_PORT, self.ping)
        self.assertGreater(self.smoothed(self.agents["client"], pings), seconds + 0.005,
                           "no acknowledgment was delayed, so the test shows nothing")
        # An agent that has not seen the handshakes knows the time only where the kernels' delay is not in it.
        late = self.own(Agent(self.testbed.client, "-f", "-i", self.testbed.link.client_interface))
        self.ping(pings)
        late.wait_for("tcpgauge_connection_client_payload_bytes_total", lambda count: count > 100, "the pings",
                      **pings.labels)
        self.assertIsNone(late.metrics().value(RTT, **pings.labels), "a ping's answer may be a delayed acknowledgment")

    def test_the_minimum_is_the_kernels_over_one_millisecond(self):
        self.compare(0.001)

    def test_the_minimum_is_the_kernels_over_twenty_milliseconds(self):
        self.compare(0.020)
