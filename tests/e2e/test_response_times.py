# SPDX-License-Identifier: Apache-2.0
"""Response times against the servers' own books, live and in a replay of the same packets."""
import collections
import concurrent.futures
import contextlib
import itertools
import json
import math
import os
import random
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from support import impairment, precedence, protobuf_exposition, timed_clients
from support.agent import Agent, ThisHost, binary
from support.case import NamespaceCase
from support.certificate import write_certificate
from support.marks import alone
from support.namespaces import Testbed
from support.processes import Process
from support.timed_clients import Http, PostgresSleep, RedisSleep, Task
from support.timed_servers import (BACKEND, DATABASE, KEPT_BACKEND, REDIS, REDIS_TLS, WEB, WEB_TLS12, WEB_TLS13,
                                   WEB_TLS13_RETRY, Backend, TimedNginx, TimedPostgres, TimedRedis)
from support.traffic import Conversation
from support.waiting import wait_until

# Who asks by which way: each has an address of its own, so that it is an edge of its own.
KEEPING, CLOSING, TLS_KEEPING, TLS_CLOSING = (f"192.0.2.{number}" for number in (1, 3, 4, 5))
SERVER = "192.0.2.2"
_AT_LEAST = 0.020
_SHARE, _SECONDS = 0.10, 0.002
_COUNT, _SUM = "tcpgauge_edge_response_seconds_count", "tcpgauge_edge_response_seconds_sum"
_DISTRIBUTION = "tcpgauge_edge_response_distribution_seconds"


def edge_labels(edge):
    client, server, port = edge
    return {"client_address": client, "server_address": server, "server_port": str(port)}


def receive(end, count):
    while count > 0:
        piece = end.recv(min(count, 65536))
        if not piece:
            raise AssertionError(f"the connection ended {count} bytes before")
        count -= len(piece)


def quantile(values, share):
    """By nearest rank."""
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def rows():
    """See timed_clients.run()."""
    dice = random.Random(22)

    def task(protocol, client, port, count, per_connection, is_tls=False):
        # Evenly spread, so that one exchange more or less above a quantile hardly changes it.
        milliseconds = [25 + 75 * number // count for number in range(count)]
        dice.shuffle(milliseconds)
        return Task(protocol, client, SERVER, port, is_tls, per_connection, tuple(milliseconds))
    made = []
    for _ in range(4):
        made += [[task(Http, KEEPING, WEB, 25, 25)],
                 [task(Http, CLOSING, WEB, 25, 1)],
                 [task(Http, TLS_KEEPING, WEB_TLS12, 25, 25, True)],
                 [task(Http, TLS_CLOSING, WEB_TLS12, 25, 1, True)],
                 [task(Http, TLS_KEEPING, WEB_TLS13, 26, 26, True)],
                 [task(Http, TLS_CLOSING, WEB_TLS13, 5, 1, True)],
                 [task(Http, TLS_KEEPING, WEB_TLS13_RETRY, 26, 26, True)],
                 [task(PostgresSleep, KEEPING, DATABASE, 25, 25)],
                 [task(PostgresSleep, CLOSING, DATABASE, 20, 1)],
                 [task(PostgresSleep, TLS_KEEPING, DATABASE, 25, 25, True)],
                 [task(PostgresSleep, TLS_CLOSING, DATABASE, 20, 1, True)]]
    # Redis sleeps for one client at a time.
    made.append([task(RedisSleep, KEEPING, REDIS, 40, 40), task(RedisSleep, CLOSING, REDIS, 40, 1),
                 task(RedisSleep, TLS_KEEPING, REDIS_TLS, 41, 41, True)])
    return made


def sessions(tasks):
    """{edge: how many exchanges it has that are not logged}: with one, a session of PostgreSQL begins. It is that of the
    parameters, or of the request for TLS. The parameters that follow a TLS handshake are its first request."""
    counts = collections.Counter()
    for task in tasks:
        if task.protocol is PostgresSleep:
            counts[task.client, task.server, task.port] += math.ceil(len(task.milliseconds) / task.per_connection)
    return counts


class Capture(Process):
    """tcpdump, whose file is whole once it was ended."""

    def __init__(self, namespace, interface, path):
        super().__init__(namespace.command("tcpdump", "-i", interface, "-w", path, "-s", "256", "-B", "32768",
                                           "--immediate-mode", "-Z", "root", "tcp"))
        wait_until(lambda: "listening on" in self.stderr(), "tcpdump captures", 60)

    def end(self):
        self.signal(signal.SIGINT)
        if self.wait() != 0 or "\n0 packets dropped by kernel" not in self.stderr():
            raise AssertionError(f"tcpdump lost packets: {self.stderr()}")


@alone
class ServersBooksTest(NamespaceCase):
    tools = ("openssl", "protoc", "tcpdump")

    def setUp(self):
        precedence.take(self)
        for service in (TimedNginx, TimedRedis, TimedPostgres):
            if service.why_not():
                self.skipTest(service.why_not())
        self.testbed = self.own(Testbed(ipv6=False))
        for address in (CLOSING, TLS_KEEPING, TLS_CLOSING):
            self.testbed.client.run("ip", "address", "add", address + "/24", "dev", "client0")
        self.own(Backend(self.testbed.client, KEEPING))
        server = self.testbed.server
        self.services = [self.own(TimedNginx(server, SERVER, KEEPING)), self.own(TimedRedis(server, SERVER, TLS_KEEPING)),
                         self.own(TimedPostgres(server, SERVER, "192.0.2.0/24"))]

    def books(self, tasks):
        """Those of all servers, once they have logged all that was asked."""
        def read():
            return {edge: seconds for service in self.services for edge, seconds in service.books().items()}

        def are_whole():
            books = read()
            asked = sum(len(task.milliseconds) for task in tasks if task.protocol is Http)
            return (len(books[SERVER, KEEPING, BACKEND]) + len(books[SERVER, KEEPING, KEPT_BACKEND]) == asked and
                    sum(len(books[edge]) for edge in books if edge[2] == DATABASE) ==
                    sum(len(task.milliseconds) for task in tasks if task.protocol is PostgresSleep))
        wait_until(are_whole, "the servers have logged every exchange", 30)
        return read()

    def test_quantiles_of_edges_are_those_of_the_logs(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "capture")
        capture = self.own(Capture(self.testbed.server, "server0", path))
        agent = self.own(Agent(self.testbed.server, "-i", "server0"))
        given = rows()
        timed_clients.run(self.testbed.client, given)
        tasks = [task for row in given for task in row]
        books = self.books(tasks)
        # Its books are empty: each of its connections has one exchange.
        books[TLS_CLOSING, SERVER, WEB_TLS13] = []
        self.check("live", agent, books, sessions(tasks))
        capture.end()
        replay = self.own(Agent(ThisHost(), "-T", path))
        self.check("replay", replay, books, sessions(tasks))
        log = subprocess.run([binary(), "-T", path, "--web.listen-address=", "--connection-log", "-"], check=True,
                             capture_output=True, text=True).stdout
        self.assertEqual(sum(json.loads(line)["responses"] for line in log.splitlines()),
                         replay.metrics().value("tcpgauge_response_seconds_count"), "the connection log alone")

    def check(self, when, agent, books, others):
        def is_all_counted():
            metrics = agent.metrics()
            return all((metrics.value(_COUNT, **edge_labels(edge)) or 0) >= len(seconds) + others[edge]
                       for edge, seconds in books.items())
        with contextlib.suppress(AssertionError):  # check_edge() tells of which edge some lack
            wait_until(is_all_counted, f"{when}: all exchanges are counted", 10)
        exposition = protobuf_exposition.scrape(agent)
        for edge, seconds in sorted(books.items(), key=lambda each: each[0][2]):
            with self.subTest(when=when, edge=edge):
                self.check_edge(when, exposition, edge, seconds, others[edge])
        counts = [value for (name, _), value in exposition.samples.items() if name == _COUNT]
        self.assertEqual(sum(counts), exposition.samples["tcpgauge_response_seconds_count", frozenset()],
                         f"{when}: edges add up to the total")

    def check_edge(self, when, exposition, edge, seconds, others):
        key = frozenset(edge_labels(edge).items())
        count = exposition.samples[_COUNT, key]
        distribution = exposition.native[_DISTRIBUTION, key]
        quantiles = {share: (quantile(seconds, share), distribution.quantile(share, _AT_LEAST))
                     for share in (0.5, 0.95) if seconds}
        print(f"  {when:6} {' '.join(map(str, edge)):27} {len(seconds)} logged, {count:.0f} seen" + "".join(
            f"; p{100 * share:.0f}: {1000 * want:.1f} ms logged, {1000 * got:.1f} seen"
            for share, (want, got) in quantiles.items()))
        self.assertEqual(count, len(seconds) + others)
        self.assertEqual(distribution.count, count)
        # Sleeps are longer: other short exchanges could only be of a handshake.
        self.assertLessEqual(distribution.below(_AT_LEAST), others)
        for share, (want, got) in quantiles.items():
            self.assertLessEqual(abs(got - want), max(_SHARE * want, _SECONDS), f"quantile {share}")


@alone
class ExchangesTest(NamespaceCase):
    """What is an exchange, and what is none. Each connection has a port, and so an edge, of its own."""

    tools = ("nft", "openssl")

    def setUp(self):
        precedence.take(self)
        self.testbed = self.own(Testbed(ipv6=False))
        self.agent = self.own(Agent(self.testbed.server, "-i", "server0"))
        self.expected = {}  # (what, port) → seconds of each exchange
        self.conversations = []
        self.ports = itertools.count(7000)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        write_certificate(folder.name)
        self.trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.trusting.check_hostname, self.trusting.verify_mode = False, ssl.CERT_NONE
        self.certificate = [os.path.join(folder.name, name) for name in ("cert.pem", "key.pem")]

    def converse(self, what):
        """A connection, and the list of the exchanges that it is to have."""
        port = next(self.ports)
        seconds = self.expected[what, port] = []
        self.conversations.append(self.own(Conversation(self.testbed, port)))
        return self.conversations[-1], seconds

    def served(self, server, received, seconds, answer=10, until_end=False):
        """The server receives so much, or until the client has sent all, works for so long, and answers. Returns how long
        that was."""
        receive(server, received)
        if until_end and server.recv(1):
            raise AssertionError("more than was to come")
        begin = time.monotonic()
        time.sleep(seconds)  # the server's work
        taken = time.monotonic() - begin
        server.sendall(bytes(answer))
        return taken

    def exchange(self, client, server, seconds, request=100, answer=10):
        client.sendall(bytes(request))
        taken = self.served(server, request, seconds, answer)
        receive(client, answer)
        return taken

    def talk(self):
        talk, seconds = self.converse("the server speaks unasked")
        for _ in range(3):
            talk.server_sends(100)
        talk.client.close()

        talk, seconds = self.converse("the server speaks unasked between exchanges")
        for _ in range(2):
            seconds.append(self.exchange(talk.client, talk.server, 0.03))
            for _ in range(3):
                talk.server_sends(1000)

        talk, seconds = self.converse("a long poll with keep-alives")
        talk.client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        talk.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        seconds.append(self.exchange(talk.client, talk.server, 1.5))

        talk, seconds = self.converse("a half-closed request")
        talk.client.sendall(bytes(100))
        talk.client.shutdown(socket.SHUT_WR)
        seconds.append(self.served(talk.server, 100, 0.1, until_end=True))

        talk, seconds = self.converse("a request that ends with a later FIN")
        talk.client.sendall(bytes(100))
        time.sleep(0.06)  # the client's work
        talk.client.shutdown(socket.SHUT_WR)
        seconds.append(self.served(talk.server, 100, 0.05, until_end=True))

        talk, seconds = self.converse("a request in two parts")
        talk.client.sendall(bytes(100))
        time.sleep(0.06)  # the client's work
        talk.client.sendall(bytes(100))
        seconds.append(self.served(talk.server, 200, 0.04))

        talk, seconds = self.converse("three requests at once, which are one")
        for _ in range(3):
            talk.client.sendall(bytes(100))
        seconds.append(self.served(talk.server, 100, 0.03))
        for _ in range(2):
            self.served(talk.server, 100, 0.03)

        talk, seconds = self.converse("a request that its server lets go on")
        seconds.append(self.exchange(talk.client, talk.server, 0.02))
        seconds.append(self.exchange(talk.client, talk.server, 0.05))

        talk, seconds = self.converse("requests without an answer")
        talk.client_sends(100)
        talk.client_sends(100)

        talk, seconds = self.converse("an upload and a download")
        sent = threading.Thread(target=talk.client.sendall, args=(bytes(1_000_000),))
        sent.start()
        seconds.append(self.served(talk.server, 1_000_000, 0.05))
        sent.join()
        talk.client.recv(100)
        talk.client.sendall(bytes(100))
        received = threading.Thread(target=receive, args=(talk.client, 1_000_000))
        received.start()
        seconds.append(self.served(talk.server, 100, 0.03, answer=1_000_000))
        received.join()

        talk, seconds = self.converse("a request that is sent again")
        impairment.swallow(self.testbed, int(talk.labels["server_port"]))
        begin = time.monotonic()
        talk.client.sendall(bytes(100))
        impairment.lose_no_more(self.testbed)
        self.served(talk.server, 100, 0.03)
        talk.client.recv(10)
        seconds.append(time.monotonic() - begin)

    def shake_hands(self):
        tls12, tls13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
        for name, version, curve in (("TLS 1.2", tls12, None), ("TLS 1.3", tls13, None),
                                     ("TLS 1.3 with a second ClientHello", tls13, "secp521r1")):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            context.minimum_version = context.maximum_version = version
            if curve:
                context.set_ecdh_curve(curve)
            talk, _ = self.converse(f"only a handshake of {name}")
            with self.shaken(context, talk):
                pass
            talk, _ = self.converse(f"{name}, where the server speaks first")
            with self.shaken(context, talk) as (client, server):
                server.sendall(b"220 ready")
                client.recv(100)
                session = client.session
            talk, _ = self.converse(f"{name}, a session resumed")
            with self.shaken(context, talk, session) as (client, server):
                server.sendall(b"220 ready")
                client.recv(100)
                self.assertTrue(client.session_reused)
            talk, seconds = self.converse(f"{name} after a plain exchange")
            seconds.append(self.exchange(talk.client, talk.server, 0.03))
            with self.shaken(context, talk) as (client, server):
                server.sendall(b"220 ready")
                client.recv(100)
                # Of TLS 1.3 the server's tickets may still come after the first request, so this one is in doubt.
                first = self.exchange(client, server, 0.03)
                seconds += [first] if version == tls12 else []
                for _ in range(2):
                    seconds.append(self.exchange(client, server, 0.03))
                # Asks nothing. What follows it is the server's close_notify.
                client.sendall(b"goodbye")
                server.recv(100)

    @contextlib.contextmanager
    def shaken(self, context, talk, session=None):
        """Both ends after the handshake. Both are closed as TLS closes them."""
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            accepted = thread.submit(context.wrap_socket, talk.server, server_side=True)
            client = self.trusting.wrap_socket(talk.client, session=session)
            server = accepted.result()
            yield client, server
            ended = thread.submit(server.unwrap)
            talk.client = client.unwrap()
            talk.server = ended.result()

    def test_exchanges_are_what_the_design_says(self):
        self.talk()
        self.shake_hands()
        for conversation in self.conversations:
            conversation.close()
        self.agent.wait_for("tcpgauge_connections", lambda count: count == 0, "all have ended", state="established")
        wait_until(lambda: self.agent.metrics().value("tcpgauge_response_seconds_count") ==
                   sum(map(len, self.expected.values())), "all exchanges are counted", 5)
        metrics = self.agent.metrics()
        for (what, port), seconds in self.expected.items():
            with self.subTest(what=what):
                self.assertEqual(metrics.value(_COUNT, server_port=str(port)), len(seconds))
                got = metrics.value(_SUM, server_port=str(port))
                print(f"  {what}: {len(seconds)} exchanges, {1000 * sum(seconds):.1f} ms, seen {1000 * got:.1f} ms")
                self.assertLessEqual(abs(got - sum(seconds)), max(_SHARE * sum(seconds), _SECONDS * len(seconds)))
        self.assertEqual(sum(metrics.find(_COUNT).values()), metrics.value("tcpgauge_response_seconds_count"),
                         "edges add up to the total")
