# SPDX-License-Identifier: Apache-2.0
"""HTTP clients that do not read, or do not finish their request: what they hold, and for how long."""
import contextlib
import os
import resource
import select
import socket
import tempfile
import time
import unittest

from support.agent import Agent, ThisHost
from support.marks import alone, slow
from support.mill import Mill
from support.scrapers import Site
from support.synthetic import CaptureWriter, Client, address
from support.waiting import POLL_SECONDS, holds_for, wait_until

# More than the agent has places, which are 512; and more than half of them.
CROWD, HALF_CROWD = 600, 400
THEIR_ADDRESS, OTHER_ADDRESS = "127.0.3.1", "127.0.3.2"
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: agent\r\n\r\n"
HALF = b"GET /metrics HTTP/1.1\r\nHost: agent\r\n"
# More answers than the kernel's buffers hold.
PIPELINED = 400
CONNECTIONS = 500
# While others wait, who has sent half a request, or reads slowly, is cut off after 5 s. A busy machine gets some more.
# Others wait as long as half of the agent's places are taken. Then half a request may take 9 s.
CUT_OFF_SECONDS = 8
LAST_CUT_OFF_SECONDS = 12
SLOW_BYTES_PER_SECOND, FAST_BYTES_PER_SECOND = 500, 40_000


def an_address(number):
    """One for each number."""
    return f"127.0.{4 + number // 250}.{number % 250 + 1}"


@alone
@slow
class StalledClientsTest(unittest.TestCase):
    def setUp(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(folder.cleanup)
        self.capture = os.path.join(folder.name, "connections.pcap")
        writer = CaptureWriter(self.capture)
        for number in range(CONNECTIONS):
            client = Client(writer, address("10.0.0.1") + number, 10000, address("198.51.100.1"), 443)
            client.connects()
            client.sends(100)
        writer.close()

    def start(self, *options):
        agent = Agent(ThisHost(), "-T", self.capture, *options)
        self.addCleanup(agent.close)
        host, port = agent.address.rsplit(":", 1)
        self.address = (host, int(port))
        self.site = Site(ThisHost(), self.address)

    def connect(self, source):
        client = socket.socket()
        self.addCleanup(client.close)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.bind((source, 0))
        client.connect(self.address)
        client.setblocking(False)
        return client

    def ask_and_never_read(self, count, source):
        """`source` is a function from the client's number to its address."""
        clients = [self.connect(source(number)) for number in range(count)]
        for client in clients:
            with contextlib.suppress(OSError):  # A full buffer, or it is cut off already.
                client.send(REQUEST * PIPELINED)
        return clients

    def check_served(self, rounds):
        """From the clients' address and from another one."""
        refused = []
        for _ in range(rounds):
            for source in (THEIR_ADDRESS, OTHER_ADDRESS):
                for path in ("/metrics", "/-/healthy"):
                    try:
                        status, _ = self.site.get(path, source)
                        what = f"answered {status}"
                    except OSError as error:
                        status, what = 0, repr(error)
                    if status != 200:
                        refused.append(f"{path} from {source}: {what}")
        self.assertEqual(len(refused), 0, f"of {4 * rounds}: {refused[:3]}")

    def test_four_that_never_read_at_64_mebibytes(self):
        self.start("--max-memory", "64M")
        self.ask_and_never_read(4, lambda _: THEIR_ADDRESS)
        self.check_served(25)

    def test_many_of_one_address_that_never_read(self):
        self.start()
        self.ask_and_never_read(CROWD, lambda _: THEIR_ADDRESS)
        self.check_served(25)

    def test_many_of_many_addresses_that_never_read(self):
        self.start()
        self.ask_and_never_read(CROWD, an_address)
        self.check_served(25)

    def test_many_of_many_addresses_that_never_read_at_64_mebibytes(self):
        self.start("--max-memory", "64M")
        self.ask_and_never_read(CROWD, an_address)
        self.check_served(25)

    def test_half_requests_are_cut_off_while_others_wait(self):
        self.start()
        clients, seconds = {}, []
        poller = select.poll()
        start = time.monotonic()
        for number in range(CROWD):
            client = self.connect(an_address(number))
            with contextlib.suppress(OSError):
                client.send(HALF)
            clients[client.fileno()] = client
            poller.register(client, select.POLLIN | select.POLLRDHUP)
        while clients and time.monotonic() - start < 30:
            for descriptor, _ in poller.poll(100):
                poller.unregister(descriptor)
                clients.pop(descriptor).close()
                seconds.append(time.monotonic() - start)
        print(f"  of {CROWD}, half were cut off after {sorted(seconds)[CROWD // 2 - 1]:.1f} s, the last after {seconds[-1]:.1f} s",
              flush=True)
        self.assertFalse(clients)
        self.assertLess(sorted(seconds)[CROWD // 2 - 1], CUT_OFF_SECONDS)
        self.assertLess(seconds[-1], LAST_CUT_OFF_SECONDS)

    def reads(self, client, bytes_per_second):
        """A function that reads at that rate whenever it is called; returns whether the connection lives."""
        start, got = time.monotonic(), [0]

        def read():
            want = int((time.monotonic() - start) * bytes_per_second) - got[0]
            if want <= 0:
                return True
            try:
                chunk = client.recv(want)
            except BlockingIOError:
                return True
            except OSError:
                return False
            got[0] += len(chunk)
            return bool(chunk)
        return read

    def reads_fast(self, client):
        """Reads in a thread of its own, so that no work of the test makes the reader slow. Returns a function that tells
        whether the connection lives."""
        read, lives = self.reads(client, FAST_BYTES_PER_SECOND), [True]

        def go_on():
            lives[0] = lives[0] and read()
        self.addCleanup(Mill(go_on, POLL_SECONDS).close)
        return lambda: lives[0]

    def check_fast_and_slow_reader(self, crowd_size, slow_is_cut_off):
        """Beside so many that never read and that come again when they are cut off."""
        self.start()
        [fast] = self.ask_and_never_read(1, lambda _: THEIR_ADDRESS)
        [slow_one] = self.ask_and_never_read(1, lambda _: OTHER_ADDRESS)
        fast_lives = self.reads_fast(fast)
        read_slow = self.reads(slow_one, SLOW_BYTES_PER_SECOND)
        # Who has read for longer than a second keeps its place before those who have just come.
        self.assertTrue(holds_for(fast_lives, 2))
        crowd = []
        while len(crowd) < crowd_size:
            crowd += self.ask_and_never_read(25, lambda number: an_address(len(crowd) + number))
            self.assertTrue(fast_lives(), "who reads fast is cut off while the others come")
        start = time.monotonic()

        def slow_one_is_gone():
            for number, client in enumerate(crowd):
                try:
                    client.send(b"\r\n")
                except BlockingIOError:
                    pass
                except OSError:
                    client.close()
                    [crowd[number]] = self.ask_and_never_read(1, lambda _, number=number: an_address(number))
            self.assertTrue(fast_lives(), f"who reads fast is cut off after {time.monotonic() - start:.1f} s")
            return not read_slow()
        if slow_is_cut_off:
            wait_until(slow_one_is_gone, "who reads slowly is cut off", 60)
            print(f"  cut off after {time.monotonic() - start:.1f} s", flush=True)
            self.assertLess(time.monotonic() - start, 2 * CUT_OFF_SECONDS)
        self.assertTrue(holds_for(lambda: slow_one_is_gone() or True, CUT_OFF_SECONDS))

    def test_a_slow_reader_is_cut_off_while_others_wait_and_a_fast_one_is_not(self):
        self.check_fast_and_slow_reader(HALF_CROWD, slow_is_cut_off=True)

    def test_a_fast_reader_is_not_cut_off_when_all_places_are_taken(self):
        self.check_fast_and_slow_reader(CROWD, slow_is_cut_off=False)

    def test_nobody_waits_so_a_slow_reader_is_served(self):
        self.start()
        [client] = self.ask_and_never_read(1, lambda _: THEIR_ADDRESS)
        self.assertTrue(holds_for(self.reads(client, SLOW_BYTES_PER_SECOND), 2 * CUT_OFF_SECONDS))
