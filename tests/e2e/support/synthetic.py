"""Captures made up of whole TCP connections, written as pcap files."""
import ipaddress
import struct

SYN, ACK, FIN = 2, 16, 1
_LINKTYPE_RAW = 101


class CaptureWriter:
    """Packets of raw IPv4, a microsecond apart."""

    def __init__(self, path):
        self._file = open(path, "wb")
        self._file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, _LINKTYPE_RAW))
        self._time = 1_700_000_000_000_000

    def segment(self, source, source_port, destination, destination_port, flags, sequence, acknowledgment=0, payload=0):
        """Addresses are numbers; the payload is left out of the capture, as with a snapshot length."""
        self._time += 1
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40 + payload, 0, 0, 64, 6, 0, source, destination)
        tcp = struct.pack(">HHIIBBHHH", source_port, destination_port, sequence, acknowledgment, 5 << 4, flags, 65000, 0, 0)
        self._file.write(struct.pack("<IIII", self._time // 1_000_000, self._time % 1_000_000, 40, 40 + payload) + ip + tcp)

    def connection(self, client, client_port, server, server_port, payload):
        """A handshake, and `payload` bytes from the client in one segment."""
        self.segment(client, client_port, server, server_port, SYN, 1)
        self.segment(server, server_port, client, client_port, SYN | ACK, 1, 2)
        self.segment(client, client_port, server, server_port, ACK, 2, 2, payload)

    def close(self):
        self._file.close()


def address(text):
    return int(ipaddress.ip_address(text))
