# SPDX-License-Identifier: Apache-2.0
"""Clients that ask servers for answers that take a known time, one request after the other."""
import concurrent.futures
import dataclasses
import socket
import ssl
import struct

_TIMEOUT_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Task:
    """Asks for answers that take `milliseconds` each, `per_connection` of them on one connection."""

    protocol: type
    client: str
    server: str
    port: int
    tls: bool
    per_connection: int
    milliseconds: tuple


class Http:
    @staticmethod
    def login(end, wrap):
        return wrap(end)

    @staticmethod
    def ask(end, milliseconds, is_last):
        kind = "close" if is_last else "keep-alive"
        end.sendall(f"GET /{milliseconds} HTTP/1.1\r\nHost: x\r\nConnection: {kind}\r\n\r\n".encode())
        answer = _receive(end, lambda got: got.endswith(b"\r\n\r\nok"))
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise AssertionError(f"the server answered {answer[:200]}")

    @staticmethod
    def leave(end):
        pass


class RedisSleep:
    @staticmethod
    def login(end, wrap):
        return wrap(end)

    @staticmethod
    def ask(end, milliseconds, _):
        end.sendall(f"DEBUG SLEEP {milliseconds / 1000}\r\n".encode())
        answer = _receive(end, lambda got: got.endswith(b"\r\n"))
        if answer != b"+OK\r\n":
            raise AssertionError(f"redis answered {answer}")

    @staticmethod
    def leave(end):
        pass


class PostgresSleep:
    """The protocol's version 3.0."""

    @staticmethod
    def login(end, wrap):
        if wrap is not _plain:
            end.sendall(struct.pack("!II", 8, 80877103))  # SSLRequest
            if end.recv(1) != b"S":
                raise AssertionError("PostgreSQL has no TLS")
            end = wrap(end)
        startup = struct.pack("!I", 3 << 16) + b"user\0postgres\0database\0postgres\0\0"
        end.sendall(struct.pack("!I", len(startup) + 4) + startup)
        PostgresSleep._wait_ready(end)
        return end

    @staticmethod
    def ask(end, milliseconds, _):
        query = f"SELECT pg_sleep({milliseconds / 1000})\0".encode()
        end.sendall(b"Q" + struct.pack("!I", len(query) + 4) + query)
        PostgresSleep._wait_ready(end)

    @staticmethod
    def leave(end):
        end.sendall(b"X" + struct.pack("!I", 4))

    @staticmethod
    def _wait_ready(end):
        answer = _receive(end, lambda got: got[-6:-1] == b"Z" + struct.pack("!I", 5))
        if answer.startswith(b"E"):
            raise AssertionError(f"PostgreSQL answered {answer}")


def run(namespace, rows):
    """Runs the tasks of each row one after the other, and the rows at once."""
    with concurrent.futures.ThreadPoolExecutor(len(rows)) as threads:
        for done in [threads.submit(_run_row, namespace, row) for row in rows]:
            done.result()


def _run_row(namespace, row):
    for task in row:
        for begin in range(0, len(task.milliseconds), task.per_connection):
            _converse(namespace, task, task.milliseconds[begin:begin + task.per_connection])


def _converse(namespace, task, milliseconds):
    with namespace.entered():
        end = socket.socket()
    with end:
        end.settimeout(_TIMEOUT_SECONDS)
        end.bind((task.client, 0))
        end.connect((task.server, task.port))
        with task.protocol.login(end, tls if task.tls else _plain) as talking:
            for number, each in enumerate(milliseconds, 1):
                task.protocol.ask(talking, each, number == len(milliseconds))
            task.protocol.leave(talking)


def tls(end):
    """Shakes hands as a client that trusts everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(end)


def _plain(end):
    return end


def _receive(end, is_whole):
    answer = b""
    while not is_whole(answer):
        piece = end.recv(65536)
        if not piece:
            raise AssertionError(f"the server closed the connection after {answer}")
        answer += piece
    return answer
