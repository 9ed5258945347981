# SPDX-License-Identifier: Apache-2.0
"""HTTP clients that misbehave in every way.

Neither other clients nor capture suffer from them.
"""
import contextlib
import os
import random
import resource
import select
import socket
import statistics
import threading
import time

from support.agent import Agent
from support.case import NamespaceCase
from support.marks import alone, slow
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import wait_until

# ABUSE_SECONDS=60 is the run that RELIABILITY.md tells of.
SECONDS = float(os.environ.get("ABUSE_SECONDS", "6"))
SLOWLORIS_CLIENTS = 2000
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n"
MAX_GROWTH_BYTES = 64 << 20
# So many connections at once; a quarter of the crowd from which on the agent breaks those that wait the longest.
BATCH = 64


class Bystander(threading.Thread):
    """Scrapes again and again, each time by a new connection, and notes how long each scrape took.

    Before each it scrapes another agent, to which nothing is done: what that takes is this machine's doing.
    """

    def __init__(self, connect, address, other):
        super().__init__()
        self._connect, self._address, self._other = connect, address, other
        self._over = threading.Event()
        self.seconds, self.seconds_of_other, self.failures = [], [], []

    def run(self):
        while not self._over.wait(0.02):
            self.seconds_of_other.append(self._scrape(self._other))
            self.seconds.append(self._scrape(self._address))

    def _scrape(self, address):
        start = time.monotonic()
        try:
            with self._connect(address) as client:
                client.settimeout(30)
                client.sendall(REQUEST)
                answer = read_all(client)
            if not answer.startswith(b"HTTP/1.1 200") or b"tcpgauge_series " not in answer:
                self.failures.append(answer[:100])
        except OSError as error:
            self.failures.append(repr(error))
        return time.monotonic() - start

    def stop(self):
        self._over.set()
        self.join()


def address_of(agent):
    host, port = agent.address.rsplit(":", 1)
    return host, int(port)


def read_all(client):
    answer = b""
    while chunk := client.recv(65536):
        answer += chunk
    return answer


@alone
class HttpAbuseTest(NamespaceCase):
    def setUp(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 2 * SLOWLORIS_CLIENTS:
            self.skipTest(f"no more than {hard} descriptors may be open here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (2 * SLOWLORIS_CLIENTS + 500, hard))
        self.testbed = self.own(Testbed())

    def start_agent(self, *prefix):
        # A buffer that outlasts the seconds for which a slow machine may leave the agent without a processor.
        agent = self.own(Agent(self.testbed.client, "-i", self.testbed.link.client_interface, "--buffer-size", "32768",
                               prefix=prefix))
        self.address = address_of(agent)
        return agent

    def connect(self):
        with self.testbed.client.entered():
            client = socket.socket()
        self.addCleanup(client.close)
        client.connect(self.address)
        return client

    def connect_many(self, count, bystander):
        """One after the other, and a scrape after each batch, lest a late one be who has waited the longest."""
        for number in range(1, count + 1):
            yield self.connect()
            if number % BATCH == 0:
                done = len(bystander.seconds)
                wait_until(lambda: len(bystander.seconds) > done, "a scrape meanwhile", 60)

    @contextlib.contextmanager
    def others_are_not_disturbed(self, agent):
        """Around an abuse: traffic goes on and is counted to the byte, scrapes go on, memory is bounded."""
        conversation = self.own(Conversation(self.testbed, 7000))
        sent, stop = [0], threading.Event()

        def send():
            while not stop.is_set():
                conversation.client_sends(20000)
                sent[0] += 20000
                stop.wait(0.001)
        sender = threading.Thread(target=send)
        other = self.own(Agent(self.testbed.client, "-i", "lo", "tcp port 1"))
        bystander = Bystander(self.connect_quietly, self.address, address_of(other))
        before = agent.metrics().value("process_resident_memory_bytes")
        sender.start()
        bystander.start()
        try:
            yield bystander
        finally:
            bystander.stop()
            stop.set()
            sender.join()
        self.assertEqual(bystander.failures, [])
        slowest, slowest_of_other = (statistics.quantiles(seconds, n=100)[98]
                                     for seconds in (bystander.seconds, bystander.seconds_of_other))
        metrics = agent.metrics()
        growth = metrics.value("process_resident_memory_bytes") - before
        print(f"  {len(bystander.seconds)} scrapes meanwhile, p99 {1000 * slowest:.1f} ms, of another agent"
              f" {1000 * slowest_of_other:.1f} ms; memory grew by {growth / 1e6:.1f} MB;"
              f" {sent[0] / 1e6:.0f} MB captured", flush=True)
        self.assertLess(slowest, 0.1 + slowest_of_other)
        self.assertLess(growth, MAX_GROWTH_BYTES)
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total", lambda count: count == sent[0],
                       f"{sent[0]} bytes", **conversation.labels)
        self.assertEqual(sum(metrics.find("tcpgauge_capture_dropped_packets_total").values()), 0)

    def connect_quietly(self, address=None):
        with self.testbed.client.entered():
            client = socket.socket()
        client.connect(address or self.address)
        return client

    @slow
    def test_slowloris(self):
        agent = self.start_agent()
        with self.others_are_not_disturbed(agent) as bystander:
            clients = {}
            for client in self.connect_many(SLOWLORIS_CLIENTS, bystander):
                client.send(b"GET /metrics HTTP/1.1\r\n")
                client.setblocking(False)
                clients[client.fileno()] = client
            start = time.monotonic()
            poller = select.poll()
            for client in clients.values():
                poller.register(client, select.POLLIN | select.POLLHUP)
            while clients and time.monotonic() - start < 15:
                for descriptor, _ in poller.poll(1000):
                    poller.unregister(descriptor)
                    del clients[descriptor]
                for client in list(clients.values())[:50]:
                    with contextlib.suppress(OSError):
                        client.send(b"X-A: b\r\n")
            took = time.monotonic() - start
        print(f"  the last of {SLOWLORIS_CLIENTS} was closed after {took:.1f} s", flush=True)
        self.assertEqual(len(clients), 0)
        self.assertLess(took, 11)

    @slow
    def test_a_reader_of_one_byte_a_second_and_one_that_never_reads(self):
        agent = self.start_agent()
        with self.others_are_not_disturbed(agent):
            readers = [self.connect() for _ in range(100)]
            for reader in readers:
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                reader.send(REQUEST)
                # One after the other: of many that ask at once, some are told 503, and the bystander may be.
                reader.recv(1, socket.MSG_PEEK)
            wait_until(lambda: readers[0].recv(1), "a first byte")
            deadline = time.monotonic() + SECONDS
            wait_until(lambda: time.monotonic() > deadline, "the time is over", SECONDS + 5)

    @slow
    def test_many_scrapes_at_once(self):
        agent = self.start_agent()
        deadline = time.monotonic() + SECONDS
        statuses = []

        def scrape():
            while time.monotonic() < deadline:
                with self.connect_quietly() as client:
                    client.settimeout(10)
                    client.sendall(REQUEST)
                    statuses.append(read_all(client)[9:12])
        before = agent.metrics().value("process_resident_memory_bytes")
        conversation = self.own(Conversation(self.testbed, 7000))
        threads = [threading.Thread(target=scrape) for _ in range(200)]
        for thread in threads:
            thread.start()
        sent = 0
        while time.monotonic() < deadline:
            conversation.client_sends(20000)
            sent += 20000
        for thread in threads:
            thread.join()
        self.assertLessEqual(set(statuses), {b"200", b"503"})
        metrics = agent.metrics()
        growth = metrics.value("process_resident_memory_bytes") - before
        print(f"  {len(statuses)} scrapes, {statuses.count(b'503')} of them answered 503; memory grew by {growth / 1e6:.1f} MB",
              flush=True)
        self.assertLess(growth, MAX_GROWTH_BYTES)
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total", lambda count: count == sent, f"{sent} bytes",
                       **conversation.labels)
        self.assertEqual(sum(metrics.find("tcpgauge_capture_dropped_packets_total").values()), 0)

    @slow
    def test_half_open_connections(self):
        agent = self.start_agent()
        with self.others_are_not_disturbed(agent) as bystander:
            for _ in self.connect_many(300, bystander):
                pass
            for client in self.connect_many(300, bystander):
                client.shutdown(socket.SHUT_WR)
            # Of a hundred, the last percentile would be the slowest one.
            wait_until(lambda: len(bystander.seconds) > 300, "three hundred scrapes", 120)

    def answer_to(self, request):
        """The status line, or b'' when the connection is closed without an answer."""
        with self.connect_quietly() as client:
            client.settimeout(60)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(request)
            with contextlib.suppress(ConnectionResetError):
                return read_all(client).split(b"\r\n")[0]
            return b""

    def test_malformed_requests(self):
        agent = self.start_agent()
        dice = random.Random(1)
        with self.others_are_not_disturbed(agent):
            for what, request, wanted in (
                    ("2 MB of header", b"GET / HTTP/1.1\r\nX: " + b"a" * (2 << 20) + b"\r\n\r\n", {b"431", b""}),
                    ("many headers", b"GET / HTTP/1.1\r\n" + b"X-Y: z\r\n" * 100000 + b"\r\n", {b"431", b""}),
                    ("a path of 1 MB", b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: a\r\n\r\n", {b"414", b"431", b""}),
                    ("two lengths", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
                     b"Connection: close\r\n\r\n0\r\n\r\n", {b"400"}),
                    ("lengths that differ", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n"
                     b"Connection: close\r\n\r\nhello", {b"400"}),
                    ("no number as length", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\n", {b"400", b""}),
                    ("a negative length", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", {b"400", b""}),
                    ("NULs", b"\0" * 4096 + b"\r\n\r\n", {b"400", b""}),
                    ("NUL in a header", b"GET /metrics HTTP/1.1\r\nHost: a\0b\r\nConnection: close\r\n\r\n", {b"200", b"400", b""}),
                    ("a greeting of TLS", bytes.fromhex("1603010200010001fc0303") + dice.randbytes(500), {b"400", b""}),
                    ("an unknown method", b"BREW / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {b"405"}),
                    ("a climbing path", b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {b"404"})):
                status = self.answer_to(request)
                self.assertIn(status[9:12], wanted, what)
            for _ in range(100):
                status = self.answer_to(dice.randbytes(dice.randrange(1, 3000)) + b"\r\n\r\n")
                self.assertIn(status[9:12], {b"400", b"405", b"414", b"431", b""})

    @slow
    def test_few_descriptors_and_many_clients(self):
        agent = self.start_agent("prlimit", "--nofile=32:32")
        clients = []
        for _ in range(1000):
            with self.testbed.client.entered():
                client = socket.socket()
            client.setblocking(False)
            client.connect_ex(self.address)
            clients.append(client)
        busy = [cpu_seconds(agent.pid)]
        deadline = time.monotonic() + 3
        wait_until(lambda: time.monotonic() > deadline, "the time is over")
        busy.append(cpu_seconds(agent.pid))
        for client in clients:
            client.close()
        wait_until(lambda: agent.get("/metrics")[0] == 200, "it serves again", 60)
        print(f"  {busy[1] - busy[0]:.2f} s of CPU in 3 s", flush=True)
        self.assertLess(busy[1] - busy[0], 1.0, "spins")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
