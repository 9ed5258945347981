# SPDX-License-Identifier: Apache-2.0
"""Writes a small capture with one connection."""
import struct

PAYLOAD_BYTES = 1000
_SYN, _SYN_ACK, _ACK = 0x02, 0x12, 0x10


def _packet(source, destination, flags, sequence, acknowledgment, payload=b""):
    ports = (40000, 80) if source < destination else (80, 40000)
    segment = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledgment, 0x50, flags, 1000, 0, 0) + payload
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 1, 0, 64, 6, 0, source, destination) + segment


def write_capture(path, rtt_us=0):
    """One connection of raw IP: the handshake, which takes `rtt_us` microseconds, and the client's payload one second
    after its first packet."""
    client, server = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
    packets = [(0, _packet(client, server, _SYN, 1000, 0)), (rtt_us // 2, _packet(server, client, _SYN_ACK, 5000, 1001)),
               (rtt_us, _packet(client, server, _ACK, 1001, 5001)),
               (10**6, _packet(client, server, _ACK, 1001, 5001, bytes(PAYLOAD_BYTES)))]
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for offset_us, packet in packets:
            seconds, microseconds = divmod(offset_us, 10**6)
            file.write(struct.pack("<IIII", 1700000000 + seconds, microseconds, len(packet), len(packet)) + packet)
