# SPDX-License-Identifier: Apache-2.0
"""Writes captures in which each packet of a connection is seen several times on its way, and tells the right counts.

A *stretch* is a part of the way between client and server: an interface, a direction on it and an encapsulation. On
each stretch the connection may have other addresses, another encapsulation and segments of another size. Each end's
packets are counted nearest to that end. `Capture.known` lists what is right for each connection.

Payload is left out of the captures, as with a snapshot length.
"""
import dataclasses
import ipaddress
import random
import struct
from typing import Callable, NamedTuple, Optional

FIN, SYN, RST, PUSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = True, False  # who sends
IN, OUT, UNKNOWN = "in", "out", None
START_SECONDS = 1_700_000_000
# Later than every time-out of an attempt, so that each connection that has an end is counted as closed.
SILENCE_AT_END_US = 300_000_000
LONE_CLIENT = "192.0.2.1"  # sends the last packet, which moves time forward and is a segment of no connection
_LINKTYPE_ETHERNET, _LINKTYPE_SLL2 = 1, 276
_IPV4, _IPV6, _TAG, _TRANSPARENT_BRIDGING = 0x0800, 0x86DD, 0x8100, 0x6558
_IPIP, _TCP, _UDP, _IPV6_IN_IP, _GRE = 4, 6, 17, 41, 47


class Endpoint(NamedTuple):
    address: str
    port: int


# ---- packets

class Packet(NamedTuple):
    """Headers as they are captured, and the number of bytes after them that were not captured."""
    ethertype: int
    headers: bytes
    absent: int

    def length(self):
        return len(self.headers) + self.absent

    def inside(self, ethertype, header):
        return Packet(ethertype, header + self.headers, self.absent)


def ip_packet(source, destination, protocol, contents, absent):
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    length = len(contents) + absent
    if source.version == 4:
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, protocol, 0)
        return Packet(_IPV4, header + source.packed + destination.packed + contents, absent)
    header = struct.pack(">IHBB", 6 << 28, length, protocol, 64)
    return Packet(_IPV6, header + source.packed + destination.packed + contents, absent)


def _in_ip(packet, from_client, protocol, header):
    """`packet` after `header`, between the ends of a tunnel."""
    ends = ("192.0.2.1", "192.0.2.2") if from_client else ("192.0.2.2", "192.0.2.1")
    return ip_packet(*ends, protocol, header + packet.headers, packet.absent)


def _in_udp(packet, from_client, port, header):
    length = 8 + len(header) + packet.length()
    return _in_ip(packet, from_client, _UDP, struct.pack(">HHHH", 50000, port, length, 0) + header)


def _ethernet(packet):
    return packet.inside(_TRANSPARENT_BRIDGING, bytes(12) + struct.pack(">H", packet.ethertype))


# ---- encapsulations: functions of a packet and of who sent it

def bare(packet, _):
    return packet


def vlan(tag):
    return lambda packet, _: packet.inside(_TAG, struct.pack(">HH", tag, packet.ethertype))


def vxlan(network):
    return lambda packet, sender: _in_udp(_ethernet(packet), sender, 4789, struct.pack(">II", 8 << 24, network << 8))


def geneve(network):
    return lambda packet, sender: _in_udp(_ethernet(packet), sender, 6081,
                                          struct.pack(">BBHI", 0, 0, _TRANSPARENT_BRIDGING, network << 8))


def gre(key=None):
    def wrap(packet, sender):
        header = (struct.pack(">HH", 0, packet.ethertype) if key is None else
                  struct.pack(">HHI", 0x2000, packet.ethertype, key))
        return _in_ip(packet, sender, _GRE, header)
    return wrap


def erspan(session):
    """Type II."""
    return lambda packet, sender: _in_ip(_ethernet(packet), sender, _GRE,
                                         struct.pack(">HHIHHI", 0x1000, 0x88BE, 1, 0x1000, session, 0))


def ipip(packet, sender):
    return _in_ip(packet, sender, _IPIP if packet.ethertype == _IPV4 else _IPV6_IN_IP, b"")


def gtp_u(there, back):
    """Each way has an identifier of its own."""
    return lambda packet, sender: _in_udp(packet, sender, 2152, struct.pack(">BBHI", 0x30, 255, packet.length(),
                                                                            there if sender else back))


def each_way(there, back):
    return lambda packet, sender: (there if sender else back)(packet, sender)


def nested(*wraps):
    """The innermost first."""
    def wrap(packet, sender):
        for one in wraps:
            packet = one(packet, sender)
        return packet
    return wrap


# ---- translations: functions of the client's and the server's endpoint

def unchanged(client, server):
    return client, server


def dnat(backend):
    return lambda client, _: (client, backend)


def snat(address, port_offset=0):
    return lambda client, server: (Endpoint(address, client.port + port_offset), server)


def both(*translations):
    def translate(client, server):
        for one in translations:
            client, server = one(client, server)
        return client, server
    return translate


# ---- ways and connections

@dataclasses.dataclass
class Stretch:
    interface: int = 1
    direction: Optional[str] = UNKNOWN  # of the client's packets; the server's have the other one
    translate: Callable = unchanged     # from the endpoints at the client to those on this stretch
    wrap: Callable = bare
    mss: int = 65535                    # larger values in SYNs are lowered to this
    cut: int = 65535                    # longer segments are cut into pieces of this payload
    loss: float = 0                     # of the packets that leave this stretch
    delay_us: int = 15                  # before the packet is seen here
    carries: Callable = lambda sender, time_us: True  # which packets pass here at all


@dataclasses.dataclass
class Conversation:
    """What the ends of one connection do. `rounds` are (who sends, bytes, microseconds of silence before)."""
    client: Endpoint
    server: Endpoint  # as the client addresses it
    start_us: int = 0
    rounds: tuple = ((CLIENT, 300, 0), (SERVER, 20_000, 0), (CLIENT, 9000, 0))
    client_isn: int = 0
    server_isn: int = 0
    client_clock: Optional[int] = 0  # of the timestamps; None: the client offers none
    server_clock: int = 0
    options: tuple = ("mss", "sack", "ts", "nop", "scale")
    segment_bytes: int = 1448
    # For each SYN that the client sends, after 0, 1, 3 and 7 seconds: the number of stretches after which the SYN is
    # lost, or None. Only the last SYN is answered.
    syns: tuple = (None,)
    syn_acks: tuple = (None,)  # as `syns`, of the server; the stretch nearest the server is the first
    late_fin_us: Optional[int] = None  # how long after the end the server repeats its FIN, which is acknowledged
    end: Optional[str] = "fin"  # as the connection log names it; None: still open


_numbers = random.Random(19)


def conversation(client, server, **more):
    """A Conversation with numbers of its own."""
    numbers = {name: _numbers.getrandbits(32) for name in ("client_isn", "server_isn", "client_clock", "server_clock")}
    return Conversation(client, server, **{**numbers, **more})


@dataclasses.dataclass
class Known:
    """What is right for one connection."""
    clients: frozenset  # the endpoints of which one is right to show
    servers: frozenset
    end: Optional[str]
    midstream: bool = False
    packets: dict = dataclasses.field(default_factory=lambda: {CLIENT: 0, SERVER: 0})
    payload: dict = dataclasses.field(default_factory=lambda: {CLIENT: 0, SERVER: 0})
    retransmitted: dict = dataclasses.field(default_factory=lambda: {CLIENT: 0, SERVER: 0})
    round_times_us: list = dataclasses.field(default_factory=list)


class _Record(NamedTuple):
    time_us: int
    number: int
    interface: int
    direction: Optional[str]
    packet: Packet


class Capture:
    def __init__(self, begins_us=0):
        self._begins_us = begins_us  # packets before this time are not captured
        self._records = []
        self.known = []

    @property
    def segments(self):
        """The number of captured segments, all copies included."""
        return len(self._records)

    def carry(self, talk, *stretches, **expected):
        """Adds `talk`, which passes `stretches` from the client to the server. `expected` replaces fields of Known."""
        known = _Journey(self, talk, stretches).run()
        known = dataclasses.replace(known, **expected)
        self.known.append(known)
        return known

    def add(self, time_us, interface, direction, packet):
        """Whether the packet is captured."""
        if time_us < self._begins_us:
            return False
        self._records.append(_Record(time_us, len(self._records), interface, direction, packet))
        return True

    def _in_order(self, block_us=0):
        """Sorted by time, or in blocks of this length, in each of which one interface comes after the other."""
        records = sorted(self._records, key=lambda r: (r.time_us // block_us, r.interface, r.time_us, r.number)
                         if block_us else (r.time_us, r.number))
        last = max(record.time_us for record in records)
        lone = ip_packet(LONE_CLIENT, "192.0.2.2", _TCP, struct.pack(">HHIIBBHHH", 9, 9, 1, 1, 0x50, ACK, 502, 0, 0), 0)
        return records + [_Record(last + SILENCE_AT_END_US, 0, records[0].interface, IN, lone)]

    def cooked(self):
        """As from the interface `any`."""
        def frame(record):
            packet_type = 4 if record.direction == OUT else 0
            return struct.pack(">HHIHBB8s", record.packet.ethertype, 0, record.interface, 1, packet_type, 6, bytes(8))
        return self._pcap(_LINKTYPE_SLL2, frame)

    def ethernet(self):
        """As from one interface, which tells no direction."""
        return self._pcap(_LINKTYPE_ETHERNET, lambda record: bytes(12) + struct.pack(">H", record.packet.ethertype))

    def pcapng(self, block_us=0):
        """Ethernet on interfaces with the names if1, if2 and so on."""
        out = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
        for interface in range(1 + max(record.interface for record in self._records)):
            name = f"if{interface}".encode()
            out.append(_block(1, struct.pack("<HHI", _LINKTYPE_ETHERNET, 0, 0) + _option(2, name)))
        flags = {IN: _option(2, struct.pack("<I", 1)), OUT: _option(2, struct.pack("<I", 2)), UNKNOWN: b""}
        for record in self._in_order(block_us):
            frame = bytes(12) + struct.pack(">H", record.packet.ethertype) + record.packet.headers
            time_us = START_SECONDS * 1_000_000 + record.time_us
            header = struct.pack("<IIIII", record.interface, time_us >> 32, time_us & 0xFFFFFFFF, len(frame),
                                 len(frame) + record.packet.absent)
            out.append(_block(6, header + frame + bytes(-len(frame) % 4) + flags[record.direction]))
        return b"".join(out)

    def _pcap(self, link_type, link_header):
        out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type)]
        for record in self._in_order():
            frame = link_header(record) + record.packet.headers
            seconds, microseconds = divmod(record.time_us, 1_000_000)
            out.append(struct.pack("<IIII", START_SECONDS + seconds, microseconds, len(frame),
                                   len(frame) + record.packet.absent) + frame)
        return b"".join(out)


def _block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def _option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


class _Journey:
    """Plays one connection on its way."""

    def __init__(self, capture, talk, stretches):
        self._capture = capture
        self._talk = talk
        self._stretches = {CLIENT: stretches, SERVER: stretches[::-1]}
        self._now = talk.start_us
        self._isn = {CLIENT: talk.client_isn, SERVER: talk.server_isn}
        self._sent = {CLIENT: 0, SERVER: 0}      # sequence space that each end has used
        self._received = {CLIENT: 0, SERVER: 0}  # of the other end, without a gap
        self._clock = {CLIENT: talk.client_clock, SERVER: talk.server_clock}
        self._counts = True
        self._random = random.Random(talk.client_isn)
        client, _ = stretches[0].translate(talk.client, talk.server)
        _, server = stretches[-1].translate(talk.client, talk.server)
        self._known = Known(frozenset([client]), frozenset([server]), talk.end)

    def run(self):
        if self._shake_hands():
            for sender, count, silence_us in self._talk.rounds:
                self._now += silence_us
                self._known.round_times_us.append(self._now)
                self._transfer(sender, count)
            self._finish()
        return self._known

    def _shake_hands(self):
        for i, lost_after in enumerate(self._talk.syns):
            self._now = self._talk.start_us + (2**i - 1) * 1_000_000
            self._send(CLIENT, SYN, sequence=0, lost_after=lost_after)
        self._sent[CLIENT] = 1
        if self._talk.end == "handshake_timeout":
            return False
        self._turn()
        self._received[SERVER] = 1
        if self._talk.end == "refused":
            self._send(SERVER, RST | ACK, sequence=-self._isn[SERVER])
            return False
        begin_us = self._now
        for i, lost_after in enumerate(self._talk.syn_acks):
            self._now = begin_us + (2**i - 1) * 1_000_000
            self._send(SERVER, SYN | ACK, sequence=0, lost_after=lost_after)
        self._sent[SERVER] = 1
        self._turn()
        self._received[CLIENT] = 1
        self._send(CLIENT, ACK)
        return True

    def _transfer(self, sender, count):
        """Sends until all has come. The other end acknowledges each second segment."""
        waiting, end = [], self._sent[sender]
        while count > 0:
            size = min(count, self._talk.segment_bytes)
            waiting.append((end, size))
            end, count = end + size, count - size
        self._sent[sender] = end
        again = False
        while waiting:
            missing = []
            for i, (sequence, size) in enumerate(waiting):
                if not self._send(sender, PUSH | ACK, sequence, size, again, may_be_lost=True):
                    missing.append((sequence, size))
                if i % 2 == 1 or i == len(waiting) - 1:
                    not_received = missing + waiting[i + 1:]
                    self._received[not sender] = not_received[0][0] if not_received else end
                    self._turn()
                    self._send(not sender, ACK, may_be_lost=True)
                    self._turn()
            waiting, again = missing, True

    def _finish(self):
        self._turn()
        if self._talk.end == "reset":
            self._send(CLIENT, RST | ACK)
        elif self._talk.end == "fin":
            for sender in (CLIENT, SERVER):
                self._send(sender, FIN | ACK)
                self._sent[sender] += 1
                self._received[not sender] += 1
                self._turn()
            self._send(CLIENT, ACK)
            if self._talk.late_fin_us is not None:
                self._now += self._talk.late_fin_us
                self._counts = False
                self._send(SERVER, FIN | ACK, sequence=self._sent[SERVER] - 1)
                self._turn()
                self._send(CLIENT, ACK)

    def _turn(self):
        """Time passes until what was sent has come to the other end."""
        self._now += 20 + sum(stretch.delay_us for stretch in self._stretches[CLIENT])

    def _send(self, sender, flags, sequence=None, payload=0, again=False, may_be_lost=False, lost_after=None):
        """Whether the segment comes to the other end."""
        self._now += 10
        time_us = self._now
        stretches = [stretch for stretch in self._stretches[sender] if stretch.carries(sender, time_us)]
        if sequence is None:
            sequence = self._sent[sender]
        for i, stretch in enumerate(stretches):
            time_us += stretch.delay_us
            for at in range(0, payload, stretch.cut) if payload else (0,):
                size = min(stretch.cut, payload - at)
                packet = self._packet(stretch, sender, flags, sequence + at, size)
                direction = stretch.direction
                if sender == SERVER and direction is not UNKNOWN:
                    direction = OUT if direction == IN else IN
                seen = self._capture.add(time_us, stretch.interface, direction, packet)
                if i == 0 and seen and self._counts:
                    self._known.packets[sender] += 1
                    self._known.payload[sender] += size
                    self._known.retransmitted[sender] += again
            if lost_after == i + 1 or (may_be_lost and self._random.random() < stretch.loss):
                return False
        return True

    def _packet(self, stretch, sender, flags, sequence, payload):
        client, server = stretch.translate(self._talk.client, self._talk.server)
        source, destination = (client, server) if sender else (server, client)
        options = self._options(stretch, sender, flags)
        acknowledgment = self._isn[not sender] + self._received[sender] if flags & ACK else 0
        window = 64240 if flags & SYN else 0 if flags & RST else 502
        tcp = struct.pack(">HHIIBBHHH", source.port, destination.port, (self._isn[sender] + sequence) & 0xFFFFFFFF,
                          acknowledgment & 0xFFFFFFFF, (20 + len(options)) // 4 << 4, flags, window, 0, 0) + options
        return stretch.wrap(ip_packet(source.address, destination.address, _TCP, tcp, payload), sender)

    def _options(self, stretch, sender, flags):
        kinds = self._talk.options if flags & SYN else () if flags & RST else ("nop", "nop", "ts")
        if self._talk.client_clock is None:
            kinds = [kind for kind in kinds if kind != "ts"]
        options = b""
        for kind in kinds:
            if kind == "mss":
                options += struct.pack(">BBH", 2, 4, min(1460, stretch.mss))
            elif kind == "sack":
                options += b"\4\2"
            elif kind == "nop":
                options += b"\1"
            elif kind == "scale":
                options += b"\3\3\7"
            elif kind == "ts":
                value = (self._clock[sender] + self._now // 1000) & 0xFFFFFFFF
                echo = (self._clock[not sender] + self._now // 1000) & 0xFFFFFFFF if flags & ACK else 0
                options += struct.pack(">BBII", 8, 10, value, echo)
        return options + bytes(-len(options) % 4)
