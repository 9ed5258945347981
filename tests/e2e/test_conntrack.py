# SPDX-License-Identifier: Apache-2.0
"""Compares the agent's counts with those of the kernel's connection tracking (netfilter).

One test has a connection of more than 4 GiB, whose sequence numbers wrap. The other has 1,000 connections, one after
the other, on one 4-tuple.
"""
import json
import os
import re
import signal
import socket
import struct
import tempfile
import threading

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process
from support.waiting import wait_until

BYTES = (4 << 30) + 123_456_789
REUSES = 1000
CLIENT_PORT, SERVER_PORT = 40000, 5001
# [DESTROY] tcp 6 src=A dst=B sport=1 dport=2 packets=N bytes=N src=B dst=A sport=2 dport=1 packets=N bytes=N [ASSURED]
_DESTROYED = re.compile(rf"\[DESTROY\] tcp .*? sport={CLIENT_PORT} dport={SERVER_PORT} packets=(\d+) bytes=(\d+) "
                        rf".*? sport={SERVER_PORT} dport={CLIENT_PORT} packets=(\d+) bytes=(\d+)\s")
_NETLINK_NETFILTER = "12"
_KEYS = ("client_packets", "client_ip_bytes", "server_packets", "server_ip_bytes")


class Truth:
    """What the kernel counted of each connection that it forgot."""

    def __init__(self, namespace):
        self._namespace = namespace
        namespace.run("sysctl", "-qw", "net.netfilter.nf_conntrack_acct=1", "net.netfilter.nf_conntrack_events=1")
        # Connections are tracked once a rule asks for it.
        namespace.run("nft", "add table ip truth; add chain ip truth out { type filter hook output priority 0; };"
                             "add rule ip truth out ct state new accept")
        self._events = Process(namespace.command("conntrack", "-E", "-e", "DESTROY", "-p", "tcp", "-b", "33554432"))
        wait_until(self._listens, "conntrack listens", 30)

    def connections(self, count):
        """Forgets all, of which there are `count` since the beginning: [packets there, bytes there, back, back] of each."""
        self._namespace.run("conntrack", "-F")
        wait_until(lambda: len(_DESTROYED.findall(self._events.stdout())) >= count,
                   f"{count} connections are forgotten", 60)
        return [list(map(int, words)) for words in _DESTROYED.findall(self._events.stdout())]

    def _listens(self):
        """Whether a socket of netfilter's family is in a group: events from before that are lost."""
        sockets = self._namespace.run("cat", "/proc/net/netlink").splitlines()[1:]
        return any(family == _NETLINK_NETFILTER and int(groups, 16) != 0
                   for _, family, _, groups, *_ in map(str.split, sockets))

    def close(self):
        self._events.close()


class ConntrackTest(NamespaceCase):
    tools = ("conntrack", "nft")

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))
        self.truth = self.own(Truth(self.testbed.client))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o777)
        self.log = os.path.join(folder.name, "log.json")
        self.agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface, "--connection-log",
                                    self.log, "--remove-after", "0.1", "--buffer-size", "65536", "tcp"))
        with self.testbed.server.entered():
            self.listener = socket.create_server((self.testbed.link.server_address, SERVER_PORT), backlog=16)
        self.own(self.listener)

    def connect(self):
        with self.testbed.client.entered():
            client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((self.testbed.link.client_address, CLIENT_PORT))
        client.settimeout(30)
        client.connect((self.testbed.link.server_address, SERVER_PORT))
        server, _ = self.listener.accept()
        server.settimeout(30)
        return client, server

    def logged(self, want):
        """The connection log's lines, once all packets that the kernel counted have come."""
        packets = sum(line[0] + line[2] for line in want)
        self.agent.wait_for("tcpgauge_capture_packets_total", lambda value: value >= packets,
                            "all packets are captured", 60, interface=self.testbed.link.client_interface,
                            protocol="tcp")
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0)
        with open(self.log) as lines:
            return [json.loads(line) for line in lines]

    def test_a_connection_of_more_than_four_gibibytes(self):
        client, server = self.connect()
        buffer = bytearray(1 << 20)
        received = 0

        def receive():
            nonlocal received
            while count := server.recv_into(buffer):
                received += count
        receiver = threading.Thread(target=receive)
        receiver.start()
        sent, chunk = 0, memoryview(bytes(1 << 20))
        while sent < BYTES:
            sent += client.send(chunk[:min(len(chunk), BYTES - sent)])
        client.shutdown(socket.SHUT_WR)
        receiver.join()
        server.close()
        self.assertEqual(client.recv(1), b"")
        client.close()
        self.assertEqual(received, BYTES)

        [want] = self.truth.connections(1)
        [got] = self.logged([want])
        print(f"  {got['client_payload_bytes']} bytes of payload, {got['client_retransmitted_segments']} segments retransmitted; "
              f"{dict(zip(_KEYS, want))}", flush=True)
        self.assertEqual([got[key] for key in _KEYS], want)
        self.assertGreater(want[1], BYTES)
        self.assertEqual(got["state"], "closed")
        if got["client_retransmitted_segments"] == 0:
            self.assertEqual(got["client_payload_bytes"], BYTES)

    def test_a_thousand_connections_on_one_four_tuple(self):
        for number in range(REUSES):
            client, server = self.connect()
            client.sendall(bytes(1 + number))
            server.sendall(bytes(2 * number + 1))
            for end, count in ((server, 1 + number), (client, 2 * number + 1)):
                while count:
                    count -= len(end.recv(count))
            # A reset leaves no TIME_WAIT behind, so that the 4-tuple is free at once.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            self.assertRaises(ConnectionResetError, server.recv, 1)
            server.close()
        want = sorted(self.truth.connections(REUSES))
        # The last one is kept for 0.1 s, and has no end before.
        self.agent.wait_for("tcpgauge_connections_closed_total", lambda count: count == REUSES, "all have ended", 60,
                            reason="reset")
        log = self.logged(want)
        got = sorted([line[key] for key in _KEYS] for line in log)
        print(f"  {len(log)} connections, {sum(line[1] + line[3] for line in got)} bytes with headers", flush=True)
        self.assertEqual(len(got), REUSES)
        self.assertEqual(got, want)
        self.assertEqual(sum(line["client_payload_bytes"] for line in log), sum(range(1, REUSES + 1)))
        self.assertEqual({line["end"] for line in log}, {"reset"})
