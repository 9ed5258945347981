# SPDX-License-Identifier: Apache-2.0
"""An agent, as --attach sees it, that answers whatever a test wants."""
import gzip
import json
import socket
import threading

from support import cleanup


def row(number, **members):
    """One connection."""
    return {"id": str(number), "client": {"address": "192.0.2.1", "port": 1 + number % 65535},
            "server": {"address": "192.0.2.2", "port": 80}, "state": "established", **members}


def listing(rows=(), **members):
    """The body of an answer of /api/v1/connections."""
    return json.dumps({"agent": "node7", "sequence": 1, "time": 1000.0, "connections_in_all": len(rows), **members,
                       "connections": list(rows)}).encode()


def answer(body, *headers, status="200 OK"):
    """A whole HTTP answer."""
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def compressed(body, times=1, **options):
    """An answer whose body was compressed that many times."""
    for _ in range(times):
        body = gzip.compress(body, **options)
    return answer(body, "Content-Encoding: " + ", ".join(["gzip"] * times))


class HostileAgent:
    """Listens on a port of 127.0.0.1 in `namespace`. Gives each request to `act(connection)`, which sends what it likes;
    a test may change `act` at any time. When act() returns, the connection stays open for the next request. `path` is
    that of the latest request, without parameters."""

    def __init__(self, namespace, act):
        self.act = act
        self.path = ""
        self.requests = 0
        self._over = threading.Event()
        self._connections = []
        with namespace.entered():
            self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        cleanup.keep(self)
        threading.Thread(target=self._accept, daemon=True).start()

    def send_forever(self, connection, piece, pause=0.0):
        """Sends `piece` again and again, until the other end or the test ends."""
        while not self._over.wait(pause):
            connection.sendall(piece)

    def be_silent(self, _connection):
        """Answers nothing."""
        self._over.wait()

    def close(self):
        cleanup.release(self)
        self._over.set()
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            request = b""
            while True:
                while b"\r\n\r\n" not in request:
                    received = connection.recv(65536)
                    if not received:
                        return
                    request += received
                head, request = request.split(b"\r\n\r\n", 1)
                self.path = head.split(b" ", 2)[1].split(b"?", 1)[0].decode()
                self.requests += 1
                self.act(connection)
        except OSError:
            pass  # the view goes away at any time
        finally:
            connection.close()
