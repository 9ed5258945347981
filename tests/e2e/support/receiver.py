# SPDX-License-Identifier: Apache-2.0
"""An OTLP/HTTP receiver that answers as a test tells it to."""
import gzip
import http.server
import socket
import struct
import threading
import time

from support import cleanup
from support.waiting import wait_until


class Answer:
    """What the receiver does with one request."""

    def __init__(self, status=200, body=b"", headers=(), delay=None, raw=None, cut=False):
        self.status = status
        self.body = body
        self.headers = dict(headers)
        self.delay = delay  # a threading.Event that is waited for before anything is said
        self.raw = raw      # said instead of HTTP
        self.cut = cut      # announce twice the body, then break the connection


class Request:
    def __init__(self, path, headers, body, connection):
        self.path = path
        self.headers = headers
        self.wire_body = body
        self.body = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        self.connection = connection  # tells connections apart
        self.received_seconds = time.monotonic()  # before anything is answered


class Receiver:
    """Listens on a free port of `address`, this machine's loopback if not given, with `away` not before comes(), although the port is nobody
    else's. Answers with the Answers of `script`, one after the other, and then with `then`. Speaks TLS where `tls` (an
    ssl.SSLContext) is given."""

    def __init__(self, script=(), then=None, tls=None, away=False, address="127.0.0.1"):
        self.requests = []
        self._script = list(script)
        self._then = then or Answer()
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver._serve(self)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # the agent may go away at any time

        self._server = Server((address, 0), Handler, bind_and_activate=False)
        self._server.server_bind()
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{address}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        cleanup.keep(self)
        if not away:
            self.comes()

    def comes(self):
        self._server.server_activate()
        self._thread.start()

    def answer_from_now_on(self, answer):
        """Gives this answer to all requests that come, once the script is over."""
        with self._lock:
            self._then = answer

    def _serve(self, handler):
        size = int(handler.headers["Content-Length"])
        body = handler.rfile.read(size)
        if len(body) < size:
            return  # given up halfway
        with self._lock:
            answer = self._script.pop(0) if self._script else self._then
            self.requests.append(Request(handler.path, handler.headers, body, handler.client_address))
        if answer.delay is not None:
            answer.delay.wait()
        if answer.raw is not None:
            handler.wfile.write(answer.raw)
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body) * 2 + 1 if answer.cut else len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
        handler.wfile.flush()
        if answer.cut:
            # With this a close is a reset.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True

    def wait_for(self, count, seconds=60):
        """The first `count` requests, once there are so many."""
        wait_until(lambda: len(self.requests) >= count, f"{count} pushes", seconds)
        return self.requests[:count]

    def close(self):
        cleanup.release(self)
        if self._thread.ident is not None:  # else it never came
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
