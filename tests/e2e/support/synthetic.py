# SPDX-License-Identifier: Apache-2.0
"""Writes captures of made-up TCP segments as pcap files."""
import ipaddress
import struct

SYN, ACK, FIN = 2, 16, 1
_LINKTYPE_RAW = 101
# Big-endian throughout, which pcap may be: record header (seconds, microseconds, captured and wire length), IPv4, TCP.
_PACKET = struct.Struct(">IIII" "BBHHHBBHII" "HHIIBBHHH")
_HEADER_BYTES = 40


class CaptureWriter:
    """Packets of raw IPv4, a microsecond apart unless time passes()."""

    def __init__(self, path):
        self._file = open(path, "wb", buffering=1 << 20)
        self._file.write(struct.pack(">IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, _LINKTYPE_RAW))
        self._start_seconds = 1_700_000_000
        self._time_microseconds = 0
        self.packets = 0

    def passes(self, seconds):
        """The next packet comes so much later."""
        self._time_microseconds += round(1_000_000 * seconds)

    def segment(self, source, source_port, destination, destination_port, flags, sequence, acknowledgment=0, payload=0):
        """Addresses are numbers; the payload is left out of the capture, as with a snapshot length."""
        self.packets += 1
        self._time_microseconds += 1
        seconds, microseconds = divmod(self._time_microseconds, 1_000_000)
        length = _HEADER_BYTES + payload
        self._file.write(_PACKET.pack(
            self._start_seconds + seconds, microseconds, _HEADER_BYTES, length,
            0x45, 0, length, 0, 0, 64, 6, 0, source, destination,
            source_port, destination_port, sequence, acknowledgment, 5 << 4, flags, 65000, 0, 0))

    def close(self):
        self._file.close()


class Client:
    """The client's end of one connection; sequence numbers begin at zero."""

    def __init__(self, writer, address, port, server, server_port):
        self._writer = writer
        self._there = (address, port, server, server_port)
        self._back = (server, server_port, address, port)
        self._next = 1
        self.payload_bytes = 0

    def connects(self):
        self._writer.segment(*self._there, SYN, 0)
        self._writer.segment(*self._back, SYN | ACK, 0, 1)
        self._writer.segment(*self._there, ACK, 1, 1)

    def sends(self, payload):
        self._writer.segment(*self._there, ACK, self._next, 1, payload)
        self._next += payload
        self.payload_bytes += payload

    def closes(self):
        self._writer.segment(*self._there, FIN | ACK, self._next, 1)
        self._writer.segment(*self._back, FIN | ACK, 1, self._next + 1)
        self._writer.segment(*self._there, ACK, self._next + 1, 2)


def address(text):
    return int(ipaddress.ip_address(text))
