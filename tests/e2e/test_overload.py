# SPDX-License-Identifier: Apache-2.0
"""More packets than the agent can take: a reader that was stopped, and a flood of SYNs.

Lost packets are counted exactly, and real connections stay exact.
"""
import json
import os
import re
import signal
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.injector import Injector
from support.marks import alone, slow
from support.namespaces import Testbed
from support.traffic import Conversation, bytes_sent
from support.waiting import holds_for, wait_until

STOPPED_SECONDS = 2
SEGMENTS, SEGMENTS_PER_SECOND = 1_000_000, 250_000

# FLOOD_SECONDS=60 is the run that RELIABILITY.md tells of.
FLOOD_SECONDS = float(os.environ.get("FLOOD_SECONDS", "8"))
FLOOD_PER_SECOND = 300_000
CONNECTIONS = 100
ROUND_PAUSE_SECONDS = 0.04  # so that the flood has a processor on a machine with two
MEMORY_BYTES = 128 << 20


def received_by(testbed, interface):
    """What the kernel counts at the interface."""
    [link] = json.loads(testbed.server.run("ip", "-json", "-statistics", "link", "show", interface))
    return link["stats64"]["rx"]["packets"]


def captured(metrics):
    return sum(metrics.find("tcpgauge_capture_packets_total").values())


def dropped(metrics):
    return sum(metrics.find("tcpgauge_capture_dropped_packets_total").values())


@alone
@slow
class OverloadTest(NamespaceCase):
    def setUp(self):
        self.injector = self.own(Injector())
        self.testbed = self.own(Testbed(ipv6=False))
        self.link = self.testbed.link

    def test_a_reader_that_was_stopped_counts_what_the_kernel_dropped(self):
        agent = self.own(Agent(self.testbed.server, "-i", self.link.server_interface))
        before = received_by(self.testbed, self.link.server_interface)
        flow = self.own(self.injector.start(self.testbed.client, self.link.client_interface, "segments", SEGMENTS,
                                            SEGMENTS_PER_SECOND))
        agent.wait_for("tcpgauge_capture_packets_total", lambda value: value > 10000, "packets come",
                       interface=self.link.server_interface, protocol="tcp")
        agent.signal(signal.SIGSTOP)
        self.assertTrue(holds_for(flow.running, STOPPED_SECONDS), "the load ended too early")
        agent.signal(signal.SIGCONT)
        self.assertEqual(flow.wait(), 0)
        sent = int(flow.stdout())
        self.assertEqual(sent, SEGMENTS)
        self.assertEqual(received_by(self.testbed, self.link.server_interface) - before, sent, "lost on the way")

        metrics = wait_until(lambda: (lambda now: now if captured(now) + dropped(now) >= sent else None)(agent.metrics()),
                             "every packet is counted")
        print(f"  {sent} packets, {captured(metrics):.0f} captured, {dropped(metrics):.0f} dropped by the kernel", flush=True)
        self.assertEqual(captured(metrics) + dropped(metrics), sent)
        self.assertGreater(dropped(metrics), 0.5 * STOPPED_SECONDS * SEGMENTS_PER_SECOND, "hardly anything was dropped")
        warnings = re.findall(r'level=warn msg="the kernel dropped packets.*packets=(\d+)', agent.stderr())
        self.assertEqual(len(warnings), 1, agent.stderr())
        self.assertLessEqual(int(warnings[0]), dropped(metrics))
        self.assertEqual(agent.get("/-/healthy")[0], 200)

    def test_a_flood_of_syns_leaves_real_connections_exact(self):
        agent = self.own(Agent(
            self.testbed.client, "-i", self.link.client_interface, "--max-memory", str(MEMORY_BYTES),
            "--buffer-size", "65536", "--metrics.connections", str(2 * CONNECTIONS), "tcp"))
        conversations = [self.own(Conversation(self.testbed, 5000 + number)) for number in range(CONNECTIONS)]
        for conversation in conversations:
            conversation.client_sends(1000)
        flood = self.own(self.injector.start(self.testbed.client, self.link.client_interface, "flood", FLOOD_SECONDS,
                                             FLOOD_PER_SECOND))
        start = time.monotonic()
        rounds = 0
        while flood.running():
            for number, conversation in enumerate(conversations):
                conversation.client_sends(100 + number)
                conversation.server_sends(1000 + rounds % 500)
            rounds += 1
            holds_for(flood.running, ROUND_PAUSE_SECONDS)
        seconds = time.monotonic() - start
        self.assertEqual(flood.wait(), 0)
        syns = int(flood.stdout())

        want = {conversation.labels["server_port"]: (bytes_sent(conversation.client), bytes_sent(conversation.server))
                for conversation in conversations}

        def got():
            return {row["server"]["port"]: (row["client_payload_bytes"], row["server_payload_bytes"])
                    for row in json.loads(agent.get(f"/api/v1/connections?limit={CONNECTIONS}&sort=bytes")[1])["connections"]}
        wait_until(lambda: sum(map(sum, got().values())) >= sum(map(sum, want.values())), "all bytes are counted")

        def opened(metrics):
            return metrics.value("tcpgauge_connections_opened_total", origin="handshake")
        # The flood may outlast the last round; its own last SYNs come when they come.
        metrics = wait_until(
            lambda: (lambda now: now if opened(now) + dropped(now) >= syns + CONNECTIONS else None)(agent.metrics()),
            "every SYN is counted")
        evicted = metrics.value("tcpgauge_connections_closed_total", reason="evicted")
        timed_out = metrics.value("tcpgauge_connections_closed_total", reason="handshake_timeout")
        tracked = sum(metrics.find("tcpgauge_connections").values())
        with open(f"/proc/{agent.pid}/status") as status:
            resident = 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
        print(f"  {syns} SYNs in {seconds:.1f} s ({syns / seconds:.0f}/s), {dropped(metrics):.0f} packets dropped; {rounds} rounds on "
              f"{CONNECTIONS} connections, {sum(map(sum, want.values()))} bytes; {tracked:.0f} tracked, {evicted:.0f} "
              f"evicted, {timed_out:.0f} timed out; {resident / 2**20:.1f} MiB at most", flush=True)
        self.assertEqual(dropped(metrics), 0, "the kernel's buffer was too small for this machine")
        self.assertEqual(got(), {int(port): sums for port, sums in want.items()})
        self.assertEqual(opened(metrics), syns + CONNECTIONS)
        self.assertEqual(tracked + evicted + timed_out, syns + CONNECTIONS)
        self.assertGreater(evicted, 0)
        self.assertLessEqual(resident, MEMORY_BYTES)
