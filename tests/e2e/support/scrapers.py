# SPDX-License-Identifier: Apache-2.0
"""Well-behaved clients that ask again and again, and note how long each answer takes."""
import http.client
import ssl
import statistics
import threading
import time

from support import cleanup

_TIMEOUT_SECONDS = 30
# What a client sees of a connection that was closed between two requests.
_CLOSED = (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class Site:
    """An agent's address (host, port) as seen from `namespace`, with what a client needs to be served."""

    def __init__(self, namespace, address, tls=None, headers=None):
        self.namespace = namespace
        self._address = address
        self._tls = tls
        self._headers = headers or {}

    def connection(self, source):
        """A connection from that address, not yet opened. Open it inside the namespace."""
        where = {"host": self._address[0], "port": self._address[1], "timeout": _TIMEOUT_SECONDS,
                 "source_address": (source, 0)}
        return http.client.HTTPSConnection(context=self._tls, **where) if self._tls else http.client.HTTPConnection(**where)

    def ask(self, connection, path, close=True):
        """(status, body as bytes)."""
        connection.request("GET", path, headers={**self._headers, **({"Connection": "close"} if close else {})})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def get(self, path, source="127.0.0.1"):
        """The same by a connection of its own."""
        with self.namespace.entered():
            connection = self.connection(source)
            try:
                return self.ask(connection, path)
            finally:
                connection.close()


class Scraper(threading.Thread):
    """Gets `path` from `source` every `pause` seconds until closed, each time by a new connection.

    With `keep_alive` it uses one connection. If that one was closed between two requests, it opens another one, as
    Prometheus does.
    """

    def __init__(self, site, path, source, keep_alive=False, pause=0.1):
        super().__init__(daemon=True)
        self._site, self._path, self._source, self._keep_alive, self._pause = site, path, source, keep_alive, pause
        self._over = threading.Event()
        self._kept = None
        self.seconds, self.failures, self.reopened = [], [], 0
        cleanup.keep(self)
        self.start()

    def run(self):
        with self._site.namespace.entered():
            while not self._over.wait(self._pause):
                start = time.monotonic()
                try:
                    status, body = self._ask_on_kept() if self._keep_alive else self._ask_on_new()
                    if status != 200 or not body:
                        self.failures.append(f"{status} {body[:60]}")
                except (OSError, http.client.HTTPException) as error:
                    self.failures.append(repr(error))
                self.seconds.append(time.monotonic() - start)

    def _ask_on_new(self):
        connection = self._site.connection(self._source)
        try:
            return self._site.ask(connection, self._path)
        finally:
            connection.close()

    def _ask_on_kept(self):
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                answer = self._site.ask(kept, self._path, close=False)
                self._kept = kept
                return answer
            except _CLOSED:
                self.reopened += 1
                kept.close()
        opened = self._site.connection(self._source)
        answer = self._site.ask(opened, self._path, close=False)
        self._kept = opened
        return answer

    def p99(self):
        return statistics.quantiles(self.seconds, n=100)[98] if len(self.seconds) > 1 else float("inf")

    def close(self):
        cleanup.release(self)
        self._over.set()
        if self.is_alive():
            self.join(_TIMEOUT_SECONDS + 5)
        if self._kept is not None:
            self._kept.close()
