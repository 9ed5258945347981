# SPDX-License-Identifier: Apache-2.0
"""With several workers, each connection is in one worker's table, whichever worker captures its packets."""
import json
import os
import signal
import socket
import struct
import tempfile

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import BridgedTestbed, Testbed, run
from support.waiting import wait_until

CONNECTIONS = 40
WORKERS = 4
PORT = 8080
PACKETS = "tcpgauge_capture_packets_total"
UP = "tcpgauge_capture_up"

# linux/tcp.h
_TCP_REPAIR, _TCP_REPAIR_QUEUE, _TCP_QUEUE_SEQ = 19, 20, 21
_REPAIR_OFF_WITHOUT_PROBE, _RECEIVE_QUEUE, _SEND_QUEUE = -1, 1, 2

_ETHER_IPV4, _ETHER_IPV6, _ETHER_MPLS = b"\x08\x00", b"\x86\xdd", b"\x88\x47"
_TCP, _AH, _IPV6_FRAGMENT, _IPV6_HOP_BY_HOP, _IPV6_DESTINATION_OPTIONS = 6, 51, 44, 0, 60
# Nobody's, so the other end's kernel takes no part.
_LINK = b"\x02\0\0\0\xff\xee\x02\0\0\0\xff\xef"


def _sequences(client):
    """The sequence numbers that the connected socket sends next and expects next."""
    client.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, 1)
    numbers = []
    for queue in (_SEND_QUEUE, _RECEIVE_QUEUE):
        client.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR_QUEUE, queue)
        numbers.append(struct.unpack("=I", client.getsockopt(socket.IPPROTO_TCP, _TCP_QUEUE_SEQ, 4))[0])
    client.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, _REPAIR_OFF_WITHOUT_PROBE)
    return numbers


def _acknowledgments(client):
    """Two segments without payload, client to server and back, as the two ends might send them now: (ends, TCP)."""
    there = client.getsockname()[:2], client.getpeername()[:2]
    sends, expects = _sequences(client)
    segments = []
    for (source, destination), sequence, acknowledgment in ((there, sends, expects), (there[::-1], expects, sends)):
        header = struct.pack("!HHIIBBHHH", source[1], destination[1], sequence, acknowledgment, 5 << 4, 16, 1000, 0, 0)
        segments.append(((source[0], destination[0]), header))
    return segments


def _ipv4(ends, protocol, payload, options=b""):
    first = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload), 1, 0, 64, protocol, 0)
    return first + b"".join(socket.inet_pton(socket.AF_INET, end) for end in ends) + options + payload


def _ipv6(ends, protocol, payload):
    first = struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64)
    return first + b"".join(socket.inet_pton(socket.AF_INET6, end) for end in ends) + payload


def _authenticated(payload):
    return struct.pack("!BBHII", _TCP, 4, 0, 1, 1) + bytes(12) + payload


def _mpls(packet):
    return _LINK + _ETHER_MPLS + struct.pack("!I", 17 << 12 | 1 << 8 | 64) + packet


def _snap(ether_type, packet):
    return _LINK + struct.pack("!H", 8 + len(packet)) + b"\xaa\xaa\x03\0\0\0" + ether_type + packet


# Frames in which tcpgauge finds a TCP segment, and the kernel no ports. Each takes the addresses and the segment.
FRAMES = {
    "mpls": lambda ends, tcp: _mpls(_ipv4(ends, _TCP, tcp)),
    "llc_snap": lambda ends, tcp: _snap(_ETHER_IPV4, _ipv4(ends, _TCP, tcp)),
    "authentication_header": lambda ends, tcp: _LINK + _ETHER_IPV4 + _ipv4(ends, _AH, _authenticated(tcp)),
    "ipv4_options": lambda ends, tcp: _LINK + _ETHER_IPV4 + _ipv4(ends, _TCP, tcp, options=b"\x01\x01\x01\x00"),
    "provider_tag_of_priority": lambda ends, tcp: _LINK + b"\x88\xa8\0\0\x81\0\0\0" + _ETHER_IPV4 + _ipv4(ends, _TCP, tcp),
}
FRAMES_OF_IPV6 = {
    "mpls": lambda ends, tcp: _mpls(_ipv6(ends, _TCP, tcp)),
    "llc_snap": lambda ends, tcp: _snap(_ETHER_IPV6, _ipv6(ends, _TCP, tcp)),
    "authentication_header": lambda ends, tcp: _LINK + _ETHER_IPV6 + _ipv6(ends, _AH, _authenticated(tcp)),
    "fragment_header": lambda ends, tcp: _LINK + _ETHER_IPV6 + _ipv6(
        ends, _IPV6_FRAGMENT, struct.pack("!BBHI", _TCP, 0, 0, 7) + tcp),
    "hop_by_hop": lambda ends, tcp: _LINK + _ETHER_IPV6 + _ipv6(
        ends, _IPV6_HOP_BY_HOP, bytes((_TCP, 0, 1, 4, 0, 0, 0, 0)) + tcp),
    "destination_options": lambda ends, tcp: _LINK + _ETHER_IPV6 + _ipv6(
        ends, _IPV6_DESTINATION_OPTIONS, bytes((_TCP, 0, 1, 4, 0, 0, 0, 0)) + tcp),
}


class Exchange:
    """Connections from testbed.client to `address` in testbed.server: a request of 10 bytes, an answer of 20."""

    def __init__(self, testbed, address):
        self._testbed = testbed
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with testbed.server.entered():
            self._listener = socket.create_server((address, PORT), family=self._family)

    def run(self, count, when_connected=lambda client: None):
        """Makes so many connections, one after the other."""
        with self._testbed.client.entered():
            for _ in range(count):
                with socket.socket(self._family, socket.SOCK_STREAM) as client:
                    client.settimeout(30)
                    client.connect(self._listener.getsockname()[:2])
                    server, _ = self._listener.accept()
                    with server:
                        when_connected(client)
                        client.sendall(b"q" * 10)
                        server.recv(10, socket.MSG_WAITALL)
                        server.sendall(b"a" * 20)
                        client.recv(20, socket.MSG_WAITALL)

    def close(self):
        self._listener.close()


class ConnectionOwnerCase(NamespaceCase):
    def start(self, namespace, *options):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self._log = os.path.join(folder.name, "log")
        self.agent = self.own(Agent(namespace, "--workers", str(WORKERS), "--connection-log", self._log, *options))

    def exchange(self, testbed, address):
        return self.own(Exchange(testbed, address))

    def check_log(self, count, name=""):
        """Ends the agent. Each of the `count` connections must have one line, and in it what both ends sent."""
        self.agent.wait_for("tcpgauge_connections_closed_total", lambda closed: closed >= count, "all have ended",
                            reason="fin")
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0, self.agent.stderr())
        with open(self._log) as file:
            lines = [json.loads(line) for line in file]
        connections = [line for line in lines if PORT in (line["client"]["port"], line["server"]["port"])]
        seen = [[connection[key] for key in ("role", "end", "client_payload_bytes", "server_payload_bytes")]
                for connection in connections]
        self.assertEqual(seen, [["observed", "fin", 10, 20]] * count, name)
        self.assertEqual(len({connection["client"]["port"] for connection in connections}), count, name)
        return connections


class ForgedFramesTest(ConnectionOwnerCase):
    def _check(self, frames, address_of):
        for name, frame in frames.items():
            with self.subTest(name):
                testbed = self.own(Testbed())
                self.start(testbed.server, "-i", "server0")
                exchange = self.exchange(testbed, address_of(testbed.link))
                with testbed.client.entered():
                    wire = self.own(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
                wire.bind(("client0", 0))

                def forge(client):
                    for ends, tcp in _acknowledgments(client) * 3:
                        wire.send(frame(ends, tcp))
                exchange.run(CONNECTIONS, forge)
                # The server's own packets go out of the interface, and those that were forged in its name come in. They
                # are duplicates of the connection's, and not segments of another one.
                self.agent.wait_for("tcpgauge_capture_duplicate_packets_total",
                                    lambda duplicates: duplicates == 3 * CONNECTIONS, "duplicates", kind="interface")
                for connection in self.check_log(CONNECTIONS, name):
                    # Those of the handshake, the exchange and the end, and the three that were forged.
                    self.assertGreaterEqual(connection["client_packets"], 5 + 3, name)
                    self.assertGreaterEqual(connection["server_packets"], 3, name)

    def test_a_forged_frame_of_ipv4_belongs_to_the_connection_of_its_addresses_and_ports(self):
        self._check(FRAMES, lambda link: link.server_address)

    def test_a_forged_frame_of_ipv6_belongs_to_the_connection_of_its_addresses_and_ports(self):
        self._check(FRAMES_OF_IPV6, lambda link: link.server_address6)


class OverlayTest(ConnectionOwnerCase):
    """The outer source port of VXLAN differs by connection and direction."""

    def setUp(self):
        self.testbed = self.own(Testbed())
        link = self.testbed.link
        for namespace, interface, own, other, number in (
                (self.testbed.client, "client0", link.client_address, link.server_address, 1),
                (self.testbed.server, "server0", link.server_address, link.client_address, 2)):
            try:
                namespace.run("ip", "link", "add", "overlay0", "type", "vxlan", "id", "42", "dstport", "4789", "local",
                              own, "remote", other, "dev", interface)
            except RuntimeError as error:
                self.skipTest(f"the kernel has no VXLAN: {error}")
            namespace.run("ip", "address", "add", f"10.42.0.{number}/24", "dev", "overlay0")
            namespace.run("ip", "address", "add", f"fd42::{number}/64", "dev", "overlay0", "nodad")
            namespace.run("ip", "link", "set", "overlay0", "up")

    def test_a_connection_in_an_overlay_is_logged_once_with_both_directions(self):
        for address in ("10.42.0.2", "fd42::2"):
            with self.subTest(address):
                self.start(self.testbed.server, "-i", "server0")
                self.exchange(self.testbed, address).run(CONNECTIONS)
                for connection in self.check_log(CONNECTIONS):
                    self.assertIsNotNone(connection["handshake_rtt_seconds"])
                    self.assertIn("vxlan", json.dumps(connection))

    def test_a_connection_seen_inside_and_outside_of_an_overlay_is_logged_once(self):
        for address in ("10.42.0.2", "fd42::2"):
            with self.subTest(address):
                self.start(self.testbed.server, "-i", "server0", "-i", "overlay0")
                self.exchange(self.testbed, address).run(CONNECTIONS)
                for connection in self.check_log(CONNECTIONS):
                    views = connection["views"]
                    self.assertEqual(sorted([tunnel["type"] for tunnel in view["tunnels"]] for view in views),
                                     [[], ["vxlan"]])

    def test_with_count_views_it_is_logged_once_for_each(self):
        self.start(self.testbed.server, "-i", "server0", "-i", "overlay0", "--count-views")
        self.exchange(self.testbed, "10.42.0.2").run(CONNECTIONS)
        self.agent.wait_for("tcpgauge_connections_closed_total", lambda closed: closed >= 2 * CONNECTIONS,
                            "all have ended", reason="fin")
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0, self.agent.stderr())
        with open(self._log) as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual(sorted("vxlan" in json.dumps(line) for line in lines), [False] * CONNECTIONS + [True] * CONNECTIONS)


class LateInterfaceTest(ConnectionOwnerCase):
    """The first worker captures an interface alone that was created again, or that it had to wait for."""

    def _make_port(self):
        run("ip", "link", "add", "server0", "netns", self.testbed.server.name, "type", "veth", "peer", "name",
            "port-server", "netns", self.testbed.bridge.name)
        self.testbed.bridge.run("ip", "link", "set", "port-server", "master", "bridge0", "up")
        self.testbed.server.run("ip", "address", "add", self.testbed.link.server_address + "/24", "dev", "server0")
        self.testbed.server.run("ip", "link", "set", "server0", "up")

    def _delete_port(self):
        self.testbed.bridge.run("ip", "link", "del", "port-server")

    def _check(self, *options, is_there_at_the_start):
        self.testbed = self.own(BridgedTestbed())
        if not is_there_at_the_start:
            self._delete_port()
        self.start(self.testbed.bridge, "-i", "port-client", "-i", "port-server", *options, "tcp port 8080")
        if is_there_at_the_start:
            self._delete_port()
        self.agent.wait_for(UP, lambda up: up == 0, "it is gone", interface="port-server")
        self._make_port()
        self.agent.wait_for(UP, lambda up: up == 1, "it is captured", interface="port-server")
        exchange = self.exchange(self.testbed, self.testbed.link.server_address)
        exchange.run(CONNECTIONS)
        connections = self.check_log(CONNECTIONS)
        packets = sum(connection["client_packets"] + connection["server_packets"] for connection in connections)
        self.assertGreaterEqual(packets, 8 * CONNECTIONS)

    def test_what_crosses_an_interface_that_was_created_again_is_logged_once(self):
        self._check(is_there_at_the_start=True)

    def test_what_crosses_an_interface_that_was_waited_for_is_logged_once(self):
        self._check("--wait", is_there_at_the_start=False)

    def test_each_interface_counts_what_was_captured_there(self):
        self.testbed = self.own(BridgedTestbed())
        self.start(self.testbed.bridge, "-i", "port-client", "-i", "port-server", "tcp port 8080")
        self._delete_port()
        self.agent.wait_for(UP, lambda up: up == 0, "it is gone", interface="port-server")
        self._make_port()
        self.agent.wait_for(UP, lambda up: up == 1, "it is captured", interface="port-server")
        self.exchange(self.testbed, self.testbed.link.server_address).run(CONNECTIONS)
        self.agent.wait_for("tcpgauge_connections_closed_total", lambda closed: closed >= CONNECTIONS, "all have ended",
                            reason="fin")

        def settled():
            metrics = self.agent.metrics()
            captured = [metrics.value(PACKETS, interface=name, protocol="tcp") for name in ("port-client", "port-server")]
            duplicates = sum(metrics.find("tcpgauge_capture_duplicate_packets_total").values())
            return captured[0] == captured[1] == duplicates and captured[0] >= 8 * CONNECTIONS
        wait_until(settled, "both interfaces have every packet, and half of them are duplicates")
