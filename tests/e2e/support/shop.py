# SPDX-License-Identifier: Apache-2.0
"""Live traffic of a small shop: clients ask a web server, it asks an API, and that asks a database. The database is slow,
and the API looks in vain for a search engine. All of it crosses the link of a testbed, because a caller and its server are
at different ends.
"""
import contextlib
import re
import socket
import threading

from support import cleanup

_NETWORK = "192.0.2"
WEB, DATABASE, SEARCH = f"{_NETWORK}.20", f"{_NETWORK}.40", f"{_NETWORK}.50"  # in testbed.server
API = f"{_NETWORK}.30"                                                       # in testbed.client, as the clients
WEB_SERVICE, API_SERVICE, DATABASE_SERVICE, SEARCH_SERVICE = (
    f"{WEB}:443", f"{API}:8080", f"{DATABASE}:5432", f"{SEARCH}:9200")
SLOW_SECONDS = 0.2
_ATTEMPTS_PERIOD_SECONDS = 0.4
_REQUEST = re.compile(rb"(\d+)\n")


class Shop:
    """`clients` clients, each of which gets less than the one before it."""

    def __init__(self, testbed, clients=8):
        self._testbed = testbed
        self._end = threading.Event()
        self._listeners = []
        cleanup.keep(self)
        client_addresses = [f"{_NETWORK}.{100 + number}" for number in range(clients)]
        for namespace, interface, addresses in (
                (testbed.server, testbed.link.server_interface, (WEB, DATABASE, SEARCH)),
                (testbed.client, testbed.link.client_interface, (API, *client_addresses))):
            for address in addresses:
                namespace.run("ip", "address", "add", address + "/24", "dev", interface)
        self._serve(testbed.server, WEB, 443, 0.002)
        self._serve(testbed.client, API, 8080, 0.005)
        self._serve(testbed.server, DATABASE, 5432, SLOW_SECONDS)
        for number, address in enumerate(client_addresses):
            self._ask(testbed.client, address, (WEB, 443), 600_000 // (number + 1), 0.2)
        self._ask(testbed.server, WEB, (API, 8080), 100_000, 0.1)
        self._ask(testbed.client, API, (DATABASE, 5432), 20_000, 0.1)
        self._start(self._fail, testbed.client, API, (SEARCH, 9200))

    def close(self):
        cleanup.release(self)
        self._end.set()
        for listener in self._listeners:
            listener.close()

    def _start(self, function, *arguments):
        threading.Thread(target=function, args=arguments, daemon=True).start()

    def _serve(self, namespace, address, port, seconds):
        """Answers a number with that many bytes, after `seconds`."""
        with namespace.entered():
            listener = socket.create_server((address, port))
        self._listeners.append(listener)

        def converse(end):
            with end, contextlib.suppress(OSError):
                while request := _REQUEST.match(end.recv(64)):
                    if self._end.wait(seconds):
                        return
                    end.sendall(bytes(int(request[1])))

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    self._start(converse, listener.accept()[0])
        self._start(accept)

    def _ask(self, namespace, address, server, count, period_seconds):
        """Asks for `count` bytes again and again, on one connection, from now on."""
        with namespace.entered():
            end = socket.create_connection(server, timeout=30, source_address=(address, 0))

        def ask():
            with end, contextlib.suppress(OSError):
                while not self._end.wait(period_seconds):
                    end.sendall(b"%d\n" % count)
                    missing = count
                    while missing:
                        missing -= len(end.recv(min(missing, 65536))) or missing
        self._start(ask)

    def _fail(self, namespace, address, server):
        """Connects in vain, again and again."""
        while not self._end.wait(_ATTEMPTS_PERIOD_SECONDS):
            with namespace.entered(), contextlib.suppress(OSError):
                socket.create_connection(server, timeout=30, source_address=(address, 0)).close()
