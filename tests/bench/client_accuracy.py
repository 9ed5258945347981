#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how often the agent finds the client of a connection whose handshake was not captured.

usage: client_accuracy.py BINARY CAPTURE ...

In each connection of each capture, the end that sent the SYN is the client. The script cuts off the beginning of
connections, up to the packet after the last SYN, and compares the client that the agent infers from the rest. It
does so twice: with every connection cut, and with every second connection cut. In the second case the agent can
learn servers from the connections that are whole. For comparison, each result also shows tcptrack's rule, by which
the client has the higher port. Needs tshark and editcap.
"""
import collections
import ipaddress
import json
import os
import struct
import subprocess
import sys
import tempfile

FIELDS = ("frame.number", "tcp.stream", "tcp.flags.syn", "tcp.flags.ack", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "frame.protocols")
# How many frames or ranges of frames one call of editcap deletes.
MOST_RANGES = 512
ORDER_OF_MAGIC = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}


class Stream:
    def __init__(self):
        self.frames = []
        self.client = None
        self.server = None
        self.syn_count = 0  # of frames, up to the last SYN

    @property
    def pair(self):
        return frozenset((self.client, self.server))


def streams_of(path):
    """By tshark's number, those of which a SYN was captured."""
    command = ["tshark", "-n", "-r", path, "-Y", "tcp.stream && !icmp && !icmpv6", "-T", "fields", "-E", "separator=;",
               "-E", "occurrence=l"]
    for field in FIELDS:
        command += ["-e", field]
    streams = collections.defaultdict(Stream)
    lines = subprocess.run(command, capture_output=True, text=True, errors="replace").stdout.splitlines()
    for line in lines:
        frame, number, syn, ack, source4, target4, source6, target6, source_port, target_port, protocols = line.split(";")
        v4 = [p for p in protocols.split(":") if p in ("ip", "ipv6")][-1:] == ["ip"]
        source = (ipaddress.ip_address(source4 if v4 else source6), int(source_port))
        target = (ipaddress.ip_address(target4 if v4 else target6), int(target_port))
        stream = streams[number]
        stream.frames.append(int(frame))
        if syn == "1":
            stream.syn_count = len(stream.frames)
            if stream.client is None:
                stream.client, stream.server = (target, source) if ack == "1" else (source, target)
    return {number: stream for number, stream in streams.items() if stream.client is not None}


def write_without(path, frames, out_path):
    """Copies a capture of the old format, less those frames."""
    with open(path, "rb") as file, open(out_path, "wb") as out:
        header = file.read(24)
        order = ORDER_OF_MAGIC[header[:4]]
        out.write(header)
        number = 0
        while len(record := file.read(16)) == 16:
            number += 1
            packet = file.read(struct.unpack(order + "IIII", record)[2])
            if number not in frames:
                out.write(record + packet)


def ranges_of(frames):
    """The words that name these frames to editcap: "4", "7-9"."""
    ranges = []
    for frame in sorted(frames):
        if ranges and frame == ranges[-1][1] + 1:
            ranges[-1][1] = frame
        else:
            ranges.append([frame, frame])
    return [f"{first}-{last}" if last > first else str(first) for first, last in ranges]


def write_without_by_editcap(path, frames, out_path):
    """Copies a capture with several link types or snapshot lengths, which the old format cannot hold."""
    words = ranges_of(frames)
    if len(words) > MOST_RANGES:
        raise ValueError(f"{path}: {len(words)} ranges of frames are too many for editcap")
    subprocess.run(["editcap", "-F", "pcapng", path, out_path, *words], capture_output=True, check=True)


def clients_found(binary, path):
    """pair of endpoints → the ends that the agent took for the client"""
    run = subprocess.run([binary, "-T", path, "--web.listen-address=", "--connection-log", "-"], capture_output=True,
                         text=True, stdin=subprocess.DEVNULL)
    found = collections.defaultdict(set)
    for line in run.stdout.splitlines():
        record = json.loads(line)
        ends = [(ipaddress.ip_address(record[end]["address"]), record[end]["port"]) for end in ("client", "server")]
        if record["role"] == "inferred":
            found[frozenset(ends)].add(ends[0])
    return found


def measure(binary, path, write, streams, every, count, wrong):
    cut = [stream for i, (_, stream) in enumerate(sorted(streams.items(), key=lambda item: int(item[0])))
           if i % every == every - 1]
    clients = collections.defaultdict(set)
    for stream in streams.values():
        clients[stream.pair].add(stream.client)
    frames = {frame for stream in cut for frame in stream.frames[:stream.syn_count + 1]}
    with tempfile.NamedTemporaryFile(suffix=".pcap") as rest:
        write(path, frames, rest.name)
        found = clients_found(binary, rest.name)
    for pair in {stream.pair for stream in cut}:
        if len(clients[pair]) != 1 or len(pair) != 2 or not found.get(pair):
            continue  # either end opened one, or nothing is left of it
        client, = clients[pair]
        server, = pair - {client}
        count["connections"] += 1
        count["tcpgauge"] += found[pair] == {client}
        count["higher port"] += client[1] > server[1]
        if found[pair] != {client}:
            wrong.append(f"{client[0]}:{client[1]} > {server[0]}:{server[1]}")


def main(binary, paths):
    totals = {1: collections.Counter(), 2: collections.Counter()}
    for path in paths:
        with tempfile.NamedTemporaryFile(suffix=".pcap") as plain:
            source, write = plain.name, write_without
            if subprocess.run(["editcap", "-F", "pcap", path, plain.name], capture_output=True).returncode != 0:
                source, write = path, write_without_by_editcap
            streams = streams_of(source)
            line = []
            wrong = []
            for every, total in totals.items():
                count = collections.Counter()
                measure(binary, source, write, streams, every, count, wrong)
                total.update(count)
                line.append(f"{count['tcpgauge']}/{count['connections']} (higher port {count['higher port']})")
        print(f"{os.path.basename(path)}: all cut {line[0]}, every second cut {line[1]}"
              + (f"; wrong: {', '.join(sorted(set(wrong))[:3])}" if wrong else ""))
    for every, what in ((1, "every handshake cut off"), (2, "every second handshake cut off")):
        total = totals[every]
        known = max(total["connections"], 1)
        print(f"{what}: {total['connections']} connections, right {total['tcpgauge']} "
              f"({100 * total['tcpgauge'] / known:.2f} %), by the higher port {total['higher port']} "
              f"({100 * total['higher port'] / known:.2f} %)")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
