#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what an attached top view costs a busy agent: CPU time of the agent and of the view, and packets dropped.

usage: attached_view.py BINARY [CONNECTIONS [SECONDS]]

Opens CONNECTIONS (default 50,000) on a veth pair between two namespaces, then sends payload on them at random. Measures
the agent's CPU time for SECONDS (default 10) without a view. Then attaches a view in a terminal of 120 columns and 40
rows, and measures again. Needs root and tmux.
"""
import os
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))

_FRAME = struct.Struct(">6s6sH" "BBHHHBBHII" "HHIIBBHHH")
_ELSEWHERE = bytes.fromhex("02000000ffee")  # nobody's: the kernel takes no part in these connections
_SERVER = 0xc6336401


def frame(number, of_client, flags, sequence, acknowledgment, payload=0):
    client, port = 0x0a000000 + number // 1000, 10000 + number % 1000
    ends = (client, _SERVER, port, 443) if of_client else (_SERVER, client, 443, port)
    return _FRAME.pack(_ELSEWHERE, _ELSEWHERE[:5] + b"\1", 0x800, 0x45, 0, 40 + payload, 0, 0, 64, 6, 0, ends[0], ends[1],
                       ends[2], ends[3], sequence, acknowledgment, 5 << 4, flags, 65000, 0, 0) + bytes(payload)


class Load(threading.Thread):
    """Opens the connections; then sends on them at random until stopped."""

    def __init__(self, testbed, connections):
        super().__init__()
        with testbed.client.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind((testbed.link.client_interface, 0))
        self._connections = connections
        self.opened, self.over = threading.Event(), threading.Event()
        self.packets = 0

    def run(self):
        for number in range(self._connections):
            for words in ((True, 2, 0, 0), (False, 18, 0, 1), (True, 16, 1, 1)):
                self._socket.send(frame(number, *words))
        self.opened.set()
        dice = random.Random(1)
        following = [1] * self._connections
        while not self.over.is_set():
            for _ in range(20):
                number = min(int(dice.paretovariate(0.5)), self._connections) - 1
                self._socket.send(frame(number, True, 24, following[number], 1, 200))
                following[number] = (following[number] + 200) & 0xffffffff
                self.packets += 1
            time.sleep(0.002)
        self._socket.close()


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(binary, connections=50000, seconds=10):
    os.environ["TCPGAUGE_BINARY"] = os.path.realpath(binary)
    from support.agent import Agent
    from support.namespaces import Testbed
    from support.terminal import Terminal
    from support.waiting import wait_until

    testbed = Testbed(ipv6=False)
    agent = Agent(testbed.server, "-i", testbed.link.server_interface)
    load = Load(testbed, int(connections))
    terminal = Terminal(testbed.server, columns=120, rows=40)
    try:
        load.start()
        load.opened.wait()
        wait_until(lambda: agent.metrics().value("tcpgauge_connections", state="established") == int(connections),
                   "all connections are tracked")

        def measure(*pids):
            before, start, packets = [cpu_seconds(pid) for pid in pids], time.monotonic(), load.packets
            time.sleep(float(seconds))
            took = time.monotonic() - start
            shares = [100 * (cpu_seconds(pid) - cpu) / took for pid, cpu in zip(pids, before)]
            return shares, (load.packets - packets) / took
        (alone,), rate = measure(agent.pid)
        view = terminal.start(os.path.realpath(binary), "--tui", "--attach", f"http://{agent.address}")
        terminal.wait_for(lambda screen: any(f"({connections})" in line for line in screen), "the attached view")
        (watched, viewing), _ = measure(agent.pid, view.pid)
        drops = sum(agent.metrics().find("tcpgauge_capture_dropped_packets_total").values())
        terminal.key("q")
    finally:
        load.over.set()
        load.join()
        for thing in (terminal, agent, testbed):
            thing.close()
    print(f"{connections} connections, {rate:.0f} packets/s: agent {alone:.1f} % of a core, {watched:.1f} % with a view attached;"
          f" view {viewing:.1f} %; {drops:.0f} packets dropped")


if __name__ == "__main__":
    main(*sys.argv[1:])
