# SPDX-License-Identifier: Apache-2.0
"""Reads capture files of every kind, from a path and from standard input."""
import bz2
import gzip
import json
import lzma
import os
import struct
import subprocess
import tempfile
import unittest

from support.agent import binary

ETHERNET, BLUETOOTH = 1, 201
SYN, SYN_ACK, ACK, PUSH_ACK = 0x02, 0x12, 0x10, 0x18
CLIENT, SERVER = (bytes((10, 0, 0, 1)), 40000), (bytes((10, 0, 0, 2)), 80)
# A connection: who sends, sequence number, acknowledgment number, flags, payload.
CONNECTION = ((CLIENT, 1, 0, SYN, b""), (SERVER, 1, 2, SYN_ACK, b""), (CLIENT, 2, 2, ACK, b""),
              (CLIENT, 2, 2, PUSH_ACK, b"x" * 100), (SERVER, 2, 102, PUSH_ACK, b"y" * 50))


def packets():
    for sender, sequence, acknowledgment, flags, payload in CONNECTION:
        receiver = SERVER if sender is CLIENT else CLIENT
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0, sender[0], receiver[0])
        tcp = struct.pack(">HHIIBBHHH", sender[1], receiver[1], sequence, acknowledgment, 0x50, flags, 65535, 0, 0)
        yield bytes(12) + b"\x08\x00" + ip + tcp + payload


def pcap(snaplen=65535):
    records = b"".join(struct.pack("<IIII", 1700000000, i, len(packet), len(packet)) + packet
                       for i, packet in enumerate(packets()))
    return struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, ETHERNET) + records


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(*interfaces):
    """Each packet on each of the interfaces, which are (link type, name or None)."""
    contents = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link_type, name in interfaces:
        option = b"" if name is None else struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4)
        contents += block(1, struct.pack("<HHI", link_type, 0, 0) + option)
    for i, packet in enumerate(packets()):
        for interface in range(len(interfaces)):
            contents += block(6, struct.pack("<IIIII", interface, 0, i, len(packet), len(packet)) + packet)
    return contents


class FilesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "capture")

    def write(self, contents):
        with open(self.path, "wb") as file:
            file.write(contents)

    def run_on(self, contents, path, *options):
        self.write(contents)
        return subprocess.run([binary(), "-T", path, "--web.listen-address=", "--connection-log", "-", *options],
                              input=contents, capture_output=True, timeout=60)

    def connections(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check_connection(self, done, interface):
        (connection,) = self.connections(done)
        self.assertEqual((connection["client_packets"], connection["client_payload_bytes"],
                          connection["server_packets"], connection["server_payload_bytes"]), (3, 100, 2, 50))
        self.assertEqual(connection["interface"], interface)

    def test_compressed_files_are_refused_with_the_command_that_unpacks_them(self):
        for contents, command in ((gzip.compress(pcap()), "zcat"), (bz2.compress(pcap()), "bzcat"),
                                  (lzma.compress(pcap()), "xzcat"), (b"\x28\xb5\x2f\xfd\x04\x58", "zstdcat")):
            for path, unpacks in ((self.path, f"use: {command} {self.path} | tcpgauge -T -"),
                                  ("-", f"use: ... | {command} | tcpgauge -T -")):
                done = self.run_on(contents, path)
                self.assertEqual(done.returncode, 2)
                said = done.stderr.decode()
                self.assertEqual(len(said.splitlines()), 1, said)
                self.assertIn(unpacks, said)

    def test_the_command_that_unpacks_a_file_gives_a_capture(self):
        self.write(gzip.compress(pcap()))
        done = subprocess.run(f"zcat {self.path} | {binary()} -T - --web.listen-address= --connection-log -",
                              shell=True, capture_output=True, timeout=60)
        self.check_connection(done, "stdin")

    def test_a_packet_of_two_named_interfaces_is_counted_once(self):
        for first, second in ((b"eth0", b"br0"), (b"en\n\"\\0", b"lo"), (b"\\Device\\NPF_{1}", b"eth0")):
            for workers in ("1", "2"):
                for path in (self.path, "-"):
                    done = self.run_on(pcapng((ETHERNET, first), (ETHERNET, second)), path, "--workers", workers)
                    self.check_connection(done, first.decode())

    def test_interfaces_without_a_name_are_one(self):
        (connection,) = self.connections(self.run_on(pcapng((ETHERNET, None), (ETHERNET, None)), self.path))
        self.assertEqual(connection["client_packets"], 6)
        self.assertEqual(connection["interface"], self.path)

    def test_what_cannot_be_decoded_is_counted_and_named_once(self):
        for interfaces in (((ETHERNET, None), (BLUETOOTH, b"hci0")), ((BLUETOOTH, None), (ETHERNET, None))):
            done = self.run_on(pcapng(*interfaces), self.path)
            self.check_connection(done, self.path)
            self.assertEqual(done.stderr.count(b"BLUETOOTH_HCI_H4_WITH_PHDR"), 1, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            metrics = subprocess.run([binary(), "-T", self.path, "--output", "prometheus"], capture_output=True,
                                     timeout=60).stdout
            self.assertIn(b'tcpgauge_decode_errors_total{reason="unknown_link_type"} 5\n', metrics)

    def test_packets_beyond_the_snapshot_length_are_read_with_one_warning(self):
        for snaplen in (1, 40, 60):
            done = self.run_on(pcap(snaplen), self.path)
            self.check_connection(done, self.path)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn(b"longer than the snapshot length", done.stderr)


if __name__ == "__main__":
    unittest.main()
