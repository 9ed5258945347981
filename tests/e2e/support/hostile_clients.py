# SPDX-License-Identifier: Apache-2.0
"""Hundreds of HTTP clients that misbehave in five ways, in a process of their own.

Each client has a thread. A client that is cut off connects again. All clients together keep to the rates below, so that
they leave the agent a processor on a machine with two; from elsewhere on a network they would take none.

Half of the clients come from CROWDED_ADDRESS. Each of the others has an address of its own.
"""
import collections
import itertools
import json
import os
import random
import resource
import socket
import ssl
import struct
import sys
import threading
import time

from support.passwords import PASSWORD, USER, header
from support.processes import Process
from support.waiting import wait_until

CROWDED_ADDRESS = "127.0.1.1"

CONNECTS_PER_SECOND = 300
BATCHES_PER_SECOND = 20  # of the clients that pipeline and read
DEAR_PER_SECOND = 60
# A client that is not cut off begins anew after this time.
LIFE_SECONDS = 30
_PIPELINED = 25
_NARROW_BYTES = 4096
# As many terms as fit into a header, and some that are few enough to be served.
_HUGE_FILTER = "+".join(["!z"] * 10500)
_LONG_FILTER = "+".join(["!z"] * 60)


class HostileClients(Process):
    """Runs `count` clients in `namespace` until closed, against `address` (host, port). Each has connected, or tried to,
    when the constructor returns.

    With `ca_file` they speak TLS. With `passwords` they know the right one, except those that guess.
    """

    def __init__(self, namespace, address, count, ca_file=None, passwords=False):
        super().__init__(namespace.command(sys.executable, "-m", __name__, *map(str, address), str(count),
                                           ca_file or "", "passwords" if passwords else ""))
        try:
            wait_until(lambda: "\n" in self.stdout() and self.report()["connects"] >= count,
                       "every hostile client has connected", 120)
        except AssertionError:
            self.close()
            raise

    def report(self):
        """What they have done up to a second ago: counts by name."""
        if not self.running():
            raise AssertionError(f"the hostile clients ended with status {self.wait()}: {self.stderr()}")
        # The last line may not be complete.
        return json.loads(self.stdout().rsplit("\n", 2)[-2])


class _Pace:
    """Lets at most so many a second pass, evenly."""

    def __init__(self, per_second):
        self._interval = 1 / per_second
        self._lock = threading.Lock()
        self._next = time.monotonic()

    def wait(self):
        with self._lock:
            self._next = max(self._next, time.monotonic()) + self._interval
            pause = self._next - time.monotonic()
        time.sleep(pause)


class _Crowd:
    def __init__(self, address, tls, passwords):
        self.address = address
        self.tls = tls
        self.passwords = passwords
        self.connects = _Pace(CONNECTS_PER_SECOND)
        self.batches = _Pace(BATCHES_PER_SECOND)
        self.dear = _Pace(DEAR_PER_SECOND)
        self.counts = collections.Counter()
        self.connected = set()

    def run(self, number):
        """One client, for ever."""
        kind = _KINDS[number % len(_KINDS)]
        mine = number // len(_KINDS)
        source = CROWDED_ADDRESS if mine % 2 else f"127.0.{2 + number // 250}.{number % 250 + 1}"
        dice = random.Random(number)
        name = kind.__name__.strip("_")
        while True:
            self.connects.wait()
            self.counts["connects"] += 1
            try:
                with socket.socket() as plain:
                    plain.settimeout(10)
                    if kind in (_never_reads, _reads_slowly):
                        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_BYTES)
                        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _NARROW_BYTES)
                    plain.bind((source, 0))
                    plain.connect(self.address)
                    self.connected.add(number)
                    kind(self, plain, mine // 2, dice)
                self.counts[f"{name} gave up"] += 1
            except OSError:
                self.counts[f"{name} was cut off"] += 1
            self.connected.discard(number)

    def secured(self, plain):
        """The connection to talk on."""
        return self.tls.wrap_socket(plain, server_hostname=self.address[0]) if self.tls else plain

    def request(self, path, wrong=None, gzip=False):
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
        if self.passwords:
            words = (USER, PASSWORD) if wrong is None else (f"user{wrong}" if wrong % 2 else USER, f"guess{wrong}")
            lines += [f"{name}: {value}" for name, value in header(*words).items()]
        if gzip:
            lines.append("Accept-Encoding: gzip")
        return "\r\n".join([*lines, "", ""]).encode()


def _lives():
    """Seconds that go by in a client's life."""
    end = time.monotonic() + LIFE_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(1)


def _never_reads(crowd, plain, mine, dice):
    """Sends requests for metrics as long as the agent takes them in."""
    client = crowd.secured(plain)
    requests = crowd.request("/metrics", gzip=mine % 3 == 0) * _PIPELINED
    left = requests
    client.settimeout(1)
    for _ in _lives():
        try:
            for _ in range(100):
                left = left[client.send(left):] or requests
        except TimeoutError:
            pass


def _reads_slowly(crowd, plain, mine, dice):
    """From a byte to a kilobyte a second."""
    client = crowd.secured(plain)
    client.sendall(crowd.request("/metrics"))
    count = int(10 ** dice.uniform(0, 3))
    for _ in _lives():
        if not client.recv(count):
            raise ConnectionResetError


def _pipelines(crowd, plain, mine, dice):
    """Sends many requests at once, and reads all that comes."""
    client = crowd.secured(plain)
    requests = crowd.request("/metrics", gzip=mine % 2 == 0) * _PIPELINED
    while True:
        crowd.batches.wait()
        client.sendall(requests)
        answers = 0
        while answers < _PIPELINED:
            chunk = client.recv(1 << 18)
            if not chunk:
                raise ConnectionResetError
            answers += chunk.count(b"HTTP/1.1 ")
        crowd.counts["answers to pipelined requests"] += answers


def _sends_half(crowd, plain, mine, dice):
    """Never ends the handshake, or the header; some send a line a second, some no byte at all."""
    if crowd.tls and mine % 2 == 0:
        greeting = ssl.MemoryBIO()
        with_greeting = crowd.tls.wrap_bio(ssl.MemoryBIO(), greeting, server_hostname=crowd.address[0])
        try:
            with_greeting.do_handshake()
        except ssl.SSLWantReadError:
            pass
        words = greeting.read()
        plain.sendall(words[:len(words) // 2] if mine % 4 == 0 else words)
        client, line = plain, b""
    else:
        client, line = crowd.secured(plain), b"X-A: b\r\n"
        if mine % 4 != 3:
            client.sendall(crowd.request("/metrics")[:-2])
        else:
            line = b""
    client.settimeout(0.01)
    for _ in _lives():
        if line:
            client.send(line)
        try:
            # The rest of a handshake may come; what tells is the end.
            while client.recv(4096):
                pass
            raise ConnectionResetError
        except TimeoutError:
            pass


def _asks_dearly(crowd, plain, mine, dice):
    """Listings with long filters, and wrong passwords. Some leave before the answer comes."""
    client = crowd.secured(plain)
    for number in itertools.count():
        crowd.dear.wait()
        way = (mine + number) % 5
        if way == 0:
            client.sendall(crowd.request(f"/api/v1/connections?limit=0&filter={_HUGE_FILTER}"))
            if mine % 2:
                # A reset, so that the agent can know it.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
                return
        elif way == 1 and crowd.passwords:
            client.sendall(crowd.request("/metrics", wrong=dice.randrange(1 << 30)))
        else:
            limit = (0, 100, 10000)[way % 3]
            client.sendall(crowd.request(f"/api/v1/connections?limit={limit}&sort=client&filter={_LONG_FILTER}"))
        status = _read_answer(client)
        crowd.counts[f"dear requests answered {status}"] += 1


def _read_answer(client):
    """The status, once the whole answer has come."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _some(client)
    head, _, body = answer.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    left = lengths[0] - len(body) if lengths else 0
    while left > 0:
        left -= len(_some(client))
    return int(head[9:12])


def _some(client):
    chunk = client.recv(1 << 18)
    if not chunk:
        raise ConnectionResetError
    return chunk


_KINDS = (_never_reads, _reads_slowly, _pipelines, _sends_half, _asks_dearly)


def _main(host, port, count, ca_file, passwords):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # whatever precedence the test has
    threading.stack_size(256 << 10)
    tls = ssl.create_default_context(cafile=ca_file) if ca_file else None
    crowd = _Crowd((host, int(port)), tls, bool(passwords))
    for number in range(int(count)):
        threading.Thread(target=crowd.run, args=(number,), daemon=True).start()
    while True:
        time.sleep(0.5)
        times = os.times()
        print(json.dumps({"connected": len(crowd.connected), "cpu seconds": round(times.user + times.system, 1),
                          **dict(sorted(crowd.counts.items()))}), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
