# SPDX-License-Identifier: Apache-2.0
"""The top view of an agent that wants to harm it (--attach)."""
import itertools
import json
import os
import re
import shlex
import signal
import socket
import struct
import tempfile
import zlib

from support import precedence, top_view
from support.agent import binary
from support.case import NamespaceCase
from support.hostile_agent import HostileAgent, answer, compressed, listing, row
from support.marks import alone
from support.namespaces import Namespace, run
from support.processes import Process
from support.terminal import Terminal
from support.waiting import wait_until

_MAX_SECONDS_TO_LEAVE = 0.2
_MAX_RESIDENT_BYTES = 128 << 20
_CONTROL = "[\x00-\x09\x0b-\x1f\x7f-\x9f]"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def _chunk(piece):
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"


def _empty_blocks(size):
    """A gzip stream of at least `size` bytes that decompresses to nothing."""
    block = b"\x00\x00\x00\xff\xff"  # a stored block without bytes, not the last
    return b"\x1f\x8b\x08" + bytes(7) + block * (size // len(block)) + b"\x03\x00" + struct.pack("<II", zlib.crc32(b""), 0)


def _peak_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))


def _rows(count, **members):
    """Rows as text, so that many are quickly made. A member's value may be a function of the row's number."""
    return [row(number, **{name: value(number) if callable(value) else value for name, value in members.items()})
            for number in range(count)]


class HostileAgentTest(NamespaceCase):
    tools = ("tmux",)

    def setUp(self):
        self.namespace = self.own(Namespace())
        self.folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(self.folder.cleanup)
        self.agent = self.own(HostileAgent(self.namespace, None))

    def be_harmless(self, connection):
        connection.sendall(answer(listing([row(1)])))

    def attach(self):
        """A view that had one good answer."""
        self.agent.act = self.be_harmless
        terminal = self.own(Terminal(self.namespace, columns=120))
        terminal.view = self.own(terminal.start(binary(), "--tui", "--attach", self.agent.url))
        terminal.wait_for(top_view.footer, "the top view")
        return terminal

    def turn(self, act):
        """From the next request on the agent does this."""
        self.agent.act = act
        requests = self.agent.requests
        wait_until(lambda: self.agent.requests > requests, "a request", 60)

    def check_leaves(self, terminal, act, what):
        seconds = terminal.view.seconds_to_end(act)
        self.assertIsNotNone(seconds, what)
        self.assertLess(seconds, _MAX_SECONDS_TO_LEAVE, what)
        self.assertEqual(terminal.view.status(), 0, what)
        terminal.wait_given_back()
        return seconds

    def endless(self):
        """What never ends, by name."""
        forever = self.agent.send_forever
        rows = b",".join(listing([row(number)])[-140:-3] for number in range(3))

        def after(head, piece, pause=0.0):
            def act(connection):
                connection.sendall(head)
                forever(connection, piece, pause)
            return act

        return {
            "silence": self.agent.be_silent,
            "trickle": after(b"HTTP/1.1 200 OK\r\n", b"X", 0.05),
            "trickling body": after(_CHUNKED + _chunk(b'{"connections":['), _chunk(b" "), 0.05),
            "headers": after(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 100),
            "one header": after(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000),
            "informational answers": after(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 100),
            "redirections": lambda connection: connection.sendall(
                answer(b"", "Location: /again", status="307 Temporary Redirect")),
            "white space": after(_CHUNKED, _chunk(b" " * 60000)),
            "levels": after(_CHUNKED, _chunk(b"[" * 60000)),
            "unknown values": after(_CHUNKED + _chunk(b'{"newer":['), _chunk(b"[]," * 20000)),
            "a text": after(_CHUNKED + _chunk(b'{"newer":"'), _chunk(b"x" * 60000)),
            "rows": after(_CHUNKED + _chunk(b'{"time":1,"connections":['), _chunk((rows + b",") * 100)),
            "an error": after(b"HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n", _chunk(b"x" * 60000)),
        }

    def bombs(self):
        """Answers that cost more than they take to send, by name."""
        distinct = {
            "vlans": lambda number: [1 + number % 4000, 1 + number // 4000],
            "interface": lambda number: f"eth{number}",
            "tunnels": lambda number: [{"type": "vxlan", "id": number}],
            "client": lambda number: {"address": "192.0.2.1", "port": 1, "pod": f"{number}.".ljust(253, "n"),
                                      "node": "n" * 253, "zone": "z" * 253, "comm": "c" * 1000},
        }
        bombs = {f"distinct {name}": compressed(listing(_rows(380000 if name == "vlans" else 60000, **{name: value})))
                 for name, value in distinct.items()}
        bombs["lists"] = compressed(b'{"newer":[' + b"[]," * (20 << 20))
        bombs["new lines"] = compressed(b'{"newer":[' + b"\n" * 500000 + b"[]," + b"\n" * 500000 + b"[x")
        bombs["rows"] = compressed(b'{"time":1,"connections":[' + b"{}," * (20 << 20))
        bombs["names"] = compressed(b'{"interfaces":[' + b'{"name":"\\u001b"},' * (3 << 20))
        bombs["a text"] = compressed(b'{"newer":"' + b"x" * (60 << 20))
        bombs["bomb in a bomb"] = compressed(bytes(100 << 20), times=2)
        bombs["empty blocks"] = answer(_nested(_empty_blocks(100 << 20)), "Content-Encoding: gzip, gzip")
        bombs["transfer encoding"] = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, gzip\r\nConnection: close\r\n\r\n"
                                      + _nested(_empty_blocks(100 << 20)))
        return bombs

    @alone
    def test_q_leaves_at_once_whatever_never_ends(self):
        precedence.take(self)
        slowest = 0
        for name, act in self.endless().items():
            for how in ("q", "SIGTERM", "C-c") if name in ("silence", "trickling body", "rows") else ("q",):
                with self.subTest(name=name, how=how):
                    terminal = self.attach()
                    self.turn(act)
                    if how == "SIGTERM":
                        seconds = self.check_leaves(terminal, lambda: os.kill(terminal.view.pid, signal.SIGTERM), name)
                    else:
                        seconds = self.check_leaves(terminal, lambda: terminal.key(how), name)
                    slowest = max(slowest, seconds)
        print(f"left within {1000 * slowest:.0f} ms", flush=True)

    @alone
    def test_bombs_are_refused_within_the_bound_on_memory(self):
        precedence.take(self)
        for name, bomb in self.bombs().items():
            with self.subTest(name=name):
                terminal = self.attach()
                self.turn(lambda connection: connection.sendall(bomb))
                terminal.wait_for(lambda screen: "no usable answer for" in screen[-1] or "no answer for" in screen[-1],
                                  "that the answer is refused", 60)
                self.assertIn("192.0.2.2:80", "\n".join(terminal.screen()), "the last good answer")
                peak = _peak_bytes(terminal.view.pid)
                self.assertLess(peak, _MAX_RESIDENT_BYTES)
                self.turn(lambda connection: connection.sendall(bomb))
                seconds = self.check_leaves(terminal, lambda: terminal.key("q"), name)
                print(f"{name}: {len(bomb)} bytes, {peak / 2**20:.1f} MiB, left within {1000 * seconds:.0f} ms", flush=True)

    @alone
    def test_a_hostile_history_leaves_the_groups_as_they_are(self):
        precedence.take(self)
        edges = {"recent_seconds": 1, "edges": [{"client": {"address": "192.0.2.1"}, "connections": 7,
                                                "server": {"address": "192.0.2.2", "port": 80}}]}
        bomb = compressed(b'{"newer":[' + b"[]," * (20 << 20))
        acts = {
            "silence": self.agent.be_silent,
            "not found": lambda connection: connection.sendall(answer(b"", status="404 Not Found")),
            "a bomb": lambda connection: connection.sendall(bomb),
            "times that fall": lambda connection: connection.sendall(answer(
                b'{"begin_time":5,"end_times":[4],"edges":[]}')),
            "escape sequences": lambda connection: connection.sendall(answer(
                b"no such thing: \x1b[31m", status="400 Bad Request")),
        }
        for name, act in acts.items():
            with self.subTest(name=name):
                times = itertools.count(1000)

                def answer_to_each(connection):
                    if self.agent.path == "/api/v1/history":
                        act(connection)
                    elif self.agent.path == "/api/v1/edges":
                        connection.sendall(answer(json.dumps(edges).encode()))
                    else:
                        now = next(times)
                        connection.sendall(answer(listing([row(1)], sequence=now, time=now)))
                terminal = self.attach()
                self.agent.act = answer_to_each
                terminal.key("g")
                terminal.wait_for(lambda screen: screen[1].split()[:2] == ["192.0.2.2:80", "7"], "the service", 60)
                screen = terminal.screen()
                self.assertEqual(screen[2:-2], [""] * len(screen[2:-2]))
                self.assertLess(_peak_bytes(terminal.view.pid), _MAX_RESIDENT_BYTES)
                self.check_leaves(terminal, lambda: terminal.key("q"), name)

    def test_what_the_agent_writes_has_no_effect_on_the_terminal(self):
        names = ["\x1b]0;owned\x07", "\x1b[31mred", "\x9b31m", "\u202etxt", "a\nb\tc", "\U0001f600", "x" * 1000]
        rows = [row(number, interface=name, state=name, role=name) for number, name in enumerate(names)]
        for number, name in enumerate(names):
            terminal = self.attach()
            raw = os.path.join(self.folder.name, f"raw{number}")
            terminal.record(raw)
            body = listing(rows, sequence=2, agent=name, interfaces=[{"name": name}])
            self.agent.act = lambda connection: connection.sendall(answer(body))
            terminal.wait_for(lambda screen: len(top_view.rows(screen)) == len(names), "the rows")
            terminal.key("Enter")
            error = answer(b"no such thing: " + name.encode(), status="400 Bad Request")
            self.agent.act = lambda connection: connection.sendall(error)
            terminal.key("Escape")
            terminal.wait_for(lambda screen: "no usable answer" in screen[-1], "the error")
            with open(raw, "rb") as file:
                written = file.read()
            for bad in (b"owned\x07", b"\x1b[31mred", b"\xc2\x9b", "\u202e".encode()):
                self.assertNotIn(bad, written, name)
            self.check_leaves(terminal, lambda: terminal.key("q"), name)

    def test_errors_at_the_start_are_one_short_line(self):
        acts = {
            "no such sort": answer(b"no such sort: \x1b[31m\n\x07\x9b" + b"x" * 100000, status="400 Bad Request"),
            "redirected to": answer(b"", "Location: http://other.example/\x1b[31m" + "x" * 5000, status="302 Found"),
            "more connections than the 100": answer(listing(_rows(101))),
            "which was not asked for": answer(b"", "Content-Encoding: \x1b[31mzip"),
            "compressed more than once": compressed(listing(), times=5),
            "not that of a tcpgauge agent": answer(b'{"time":NaN,"connections":[]}'),
            "status 503": answer(b"\x1b[31m", status="503 \x1b[31m"),
        }
        for text, sent in acts.items():
            with self.subTest(text=text):
                self.agent.act = lambda connection: connection.sendall(sent)
                status, said = self.run_to_its_end()
                self.assertEqual((status, said.count("\n")), (1, 1), said)
                self.assertNotRegex(said, _CONTROL)
                self.assertLess(len(said), 2500)
                self.assertIn(text, said)

    @alone
    def test_a_signal_ends_a_start_that_hangs(self):
        precedence.take(self)
        endless = self.endless()
        for name in ("silence", "trickle", "trickling body"):  # the others end the start themselves, with an error
            act = endless[name]
            with self.subTest(name=name):
                terminal = self.own(Terminal(self.namespace))
                self.agent.act = act
                requests = self.agent.requests
                view = self.own(terminal.start(binary(), "--tui", "--attach", self.agent.url))
                wait_until(lambda: self.agent.requests > requests, "a request")
                self.check_ends(view, name)

    @alone
    def test_a_signal_ends_a_start_that_waits_for_a_name_server(self):
        precedence.take(self)
        with self.namespace.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 53))
            server.settimeout(30)
            config = os.path.join("/etc/netns", self.namespace.name)
            os.makedirs(config)
            self.addCleanup(run, "rm", "-r", config)
            with open(os.path.join(config, "resolv.conf"), "w") as file:
                file.write("nameserver 127.0.0.1\noptions timeout:30\n")
            terminal = self.own(Terminal(self.namespace))
            view = self.own(terminal.start(*self.namespace.command(binary(), "--tui", "--attach",
                                                                   "http://agent.example:10406")))
            server.recv(512)
            self.check_ends(view, "a name server that never answers")

    def check_ends(self, view, what):
        seconds = view.seconds_to_end(lambda: os.kill(view.pid, signal.SIGTERM))
        self.assertIsNotNone(seconds, what)
        self.assertLess(seconds, _MAX_SECONDS_TO_LEAVE, what)
        self.assertEqual(view.status(), 0, what)

    def run_to_its_end(self):
        terminal = self.own(Terminal(self.namespace))
        errors = os.path.join(self.folder.name, "errors")
        command = shlex.join((binary(), "--tui", "--attach", self.agent.url))
        status, _ = terminal.shell(f"sh -c {shlex.quote(f'exec {command} >/dev/tty 2>{errors}')}")
        with open(errors, errors="surrogateescape") as file:
            return status, file.read()


def _nested(body):
    compress = zlib.compressobj(9, zlib.DEFLATED, 31)
    return compress.compress(body) + compress.flush()
