# SPDX-License-Identifier: Apache-2.0
"""A program that listens and does not accept."""
import contextlib
import socket


class FullQueue:
    """A listening socket at `address` and `port` in `namespace`, whose accept queue is full when the constructor returns.

    The queue of a listener with backlog N is full when it holds N + 1 connections. They come from the namespace `clients`.
    A listener at "::" takes connections to IPv4's addresses too; `reached_at` is one that clients can use.
    """

    def __init__(self, namespace, clients, address, port, backlog, reached_at=None):
        self._owned = contextlib.ExitStack()
        self._namespace, self._clients = namespace, clients
        self._target = (reached_at or address, port)
        with namespace.entered():
            self._listener = self._own(socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if ":" in address:
            self._listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self._listener.bind((address, port))
        self._listener.listen(backlog)
        self._refused = []
        for _ in range(backlog + 1):
            self._own(self._client()).connect(self._target)

    def is_asked_in_vain(self, count):
        """So many clients send SYNs that the kernel drops, again and again until they give up."""
        for _ in range(count):
            client = self._own(self._client())
            client.setblocking(False)
            client.connect_ex(self._target)
            self._refused.append(client)

    def clients_give_up(self):
        """No SYN comes any more."""
        for client in self._refused:
            client.close()

    def accepts(self):
        """Accepts all that wait. Returns how many did."""
        self._listener.setblocking(False)
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self._own(self._listener.accept()[0])
                count += 1
        return count

    def _client(self):
        with self._clients.entered():
            return socket.socket(socket.AF_INET6 if ":" in self._target[0] else socket.AF_INET)

    def _own(self, thing):
        self._owned.callback(thing.close)
        return thing

    def close(self):
        self._owned.close()
