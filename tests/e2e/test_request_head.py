# SPDX-License-Identifier: Apache-2.0
"""Requests that are not what they should be, or unusual, over plain TCP and over TLS (support/request_cases.py).

Behind each stands a request that is well formed. It is answered only if the connection goes on, so its answer tells
where the agent believes that the request before it ended.
"""
import concurrent.futures
import contextlib
import os
import re
import socket
import tempfile
import unittest

from support.agent import Agent, ThisHost, binary, listen_address
from support.certificate import client_context, write_tls_config
from support.example_capture import write_capture
from support.processes import Process
from support.request_cases import CASES, CLOSES, KEEPS
from support.waiting import wait_until

NEXT = b"GET /-/healthy HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n"
# From this size on, a request is not sent byte by byte.
SHORT_BYTES = 600
AT_ONCE = 8
# The agent closes a connection by itself much earlier.
LIMIT_SECONDS = 30

_STATUS = re.compile(rb"HTTP/1\.[01] ([2-5]\d\d) ")


def complaint(case, answer, closed):
    """What is wrong with the answer, or None."""
    name, _, wanted, connection = case
    got = [int(status) for status in _STATUS.findall(answer)]
    rests = {CLOSES: [[]], KEEPS: [[200]]}.get(connection, [[], [200]])
    fine = got[:1] and got[0] in wanted and got[1:] in rests and closed and b"\ntcpgauge_" not in answer
    if fine:
        return None
    return (f"{name}: wanted {' or '.join(map(str, wanted))}, then the connection {connection}; got {got}"
            f"{'' if closed else ', and the connection stays open'}{', with metrics' * (b'tcpgauge_' in answer)}")


class RequestHeadTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.capture = os.path.join(self.folder, "example.pcap")
        write_capture(self.capture)

    def start_plain(self):
        agent = Agent(ThisHost(), "-T", self.capture)
        self.addCleanup(agent.close)
        host, port = agent.address.rsplit(":", 1)
        return lambda: socket.create_connection((host, int(port)))

    def start_tls(self):
        host, port = self.start_tls_agent()
        context = client_context(self.folder)
        return lambda: context.wrap_socket(socket.create_connection((host, port)), server_hostname=host)

    def start_tls_agent(self):
        config = write_tls_config(self.folder)
        agent = Process([binary(), "-T", self.capture, "--web.listen-address=127.0.0.1:0", f"--web.config.file={config}",
                         "--user", ""])
        self.addCleanup(agent.close)
        address = wait_until(lambda: listen_address(agent.stderr()), "the agent listens", 60)
        host, port = address.replace("https://", "").rsplit(":", 1)
        return host, int(port)

    def answer_to(self, connect, pieces):
        """All that the agent answers, and whether it closed the connection."""
        with connect() as client:
            client.settimeout(LIMIT_SECONDS)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):  # It may close before the end.
                for piece in pieces:
                    client.sendall(piece)
            answer = b""
            try:
                while chunk := client.recv(65536):
                    answer += chunk
            except TimeoutError:
                return answer, False
            except OSError:
                pass
            return answer, True

    def check(self, connect, cases, cut):
        def ask(case):
            return complaint(case, *self.answer_to(connect, [*cut(case[1]), NEXT]))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            wrong = [said for said in pool.map(ask, cases) if said]
        print(f"  {len(cases)} requests, {len(wrong)} answered wrongly", flush=True)
        if wrong:
            self.fail("\n".join(wrong))

    def check_whole(self, connect):
        self.check(connect, CASES, lambda raw: [raw])

    def check_byte_by_byte(self, connect):
        self.check(connect, [case for case in CASES if len(case[1]) < SHORT_BYTES],
                   lambda raw: [raw[at:at + 1] for at in range(len(raw))])

    def test_plain(self):
        self.check_whole(self.start_plain())

    def test_tls(self):
        self.check_whole(self.start_tls())

    def test_plain_byte_by_byte(self):
        self.check_byte_by_byte(self.start_plain())

    def test_tls_byte_by_byte(self):
        self.check_byte_by_byte(self.start_tls())

    def test_tls_port_serves_no_plain_request(self):
        address = self.start_tls_agent()
        answer, closed = self.answer_to(lambda: socket.create_connection(address), [NEXT])
        self.assertTrue(closed)
        self.assertNotIn(b"healthy", answer)
