# SPDX-License-Identifier: Apache-2.0
"""A proxy on a node that ends its clients' connections and makes others to the server, as docker-proxy does."""
import socket
import threading

from support import cleanup
from support.mixed_connections import SERVER_PORT
from support.tcp_books import Book
from support.waiting import wait_until

_TIMEOUT_SECONDS = 60
_CHUNK_BYTES = 65536


class Relay:
    """Listens on SERVER_PORT of `address` in `node` and passes all on to SERVER_PORT of `server`; in threads."""

    def __init__(self, node, family, address, server):
        self._node, self._family, self._server = node, family, server
        with node.entered():
            self._listener = socket.create_server((address, SERVER_PORT), family=family, backlog=256)
        self._legs = []
        self._errors = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        cleanup.keep(self)

    def legs(self, count):
        """(client's address, sent to the client, sent to the server) of each connection, of which there are `count`."""
        wait_until(lambda: self._errors or len(self._legs) >= count, f"{count} connections were relayed",
                   _TIMEOUT_SECONDS)
        if self._errors:
            raise AssertionError(f"the relay: {self._errors}")
        return list(self._legs)

    def close(self):
        cleanup.release(self)
        # close() alone would not wake accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()

    def _accept(self):
        while True:
            try:
                front, (client, *_) = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(front, client), daemon=True).start()

    def _relay(self, front, client):
        try:
            with self._node.entered():
                back = socket.socket(self._family, socket.SOCK_STREAM)
            back.settimeout(_TIMEOUT_SECONDS)
            front.settimeout(_TIMEOUT_SECONDS)
            back.connect((self._server, SERVER_PORT))
            books = Book(front), Book(back)
            there = threading.Thread(target=_pump, args=(front, back), daemon=True)
            there.start()
            _pump(back, front)
            there.join()
            self._legs.append((client, *(book.close() for book in books)))
        except (OSError, AssertionError) as error:
            self._errors.append(repr(error))


def _pump(source, sink):
    """Passes on what comes, and then the end."""
    while data := source.recv(_CHUNK_BYTES):
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)
