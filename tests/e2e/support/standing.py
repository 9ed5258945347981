# SPDX-License-Identifier: Apache-2.0
"""Connections across a node that stay open while the test decides what they carry."""
import socket

from support import cleanup
from support.mixed_connections import SERVER_PORT
from support.traffic import bytes_sent

_TIMEOUT_SECONDS = 30


class StandingConnections:
    """`count` connections from the clients of `testbed`, by turns, to the services, by turns.

    `services` are as mixed_connections.make() takes them.
    """

    def __init__(self, testbed, family, services, count):
        self._pairs = []  # (client's number, service's number, client's socket, server's socket)
        self._before = None
        cleanup.keep(self)
        clients = testbed.plan.clients
        with testbed.server.entered():
            listener = socket.create_server(("", SERVER_PORT), family=testbed.servers_family)
        with listener:
            for number in range(count):
                client, service = number % len(clients), number % len(services)
                with testbed.client.entered():
                    end = socket.socket(family, socket.SOCK_STREAM)
                end.bind((clients[client], 0))
                end.settimeout(_TIMEOUT_SECONDS)
                end.connect(services[service][0])
                other, _ = listener.accept()
                other.settimeout(_TIMEOUT_SECONDS)
                self._pairs.append((client, service, end, other))

    def exchange(self, client_bytes, server_bytes):
        """Each end sends so much, one after the other, and so little that it needs no answer meanwhile."""
        for _, _, client, server in self._pairs:
            for sender, receiver, count in ((client, server, client_bytes), (server, client, server_bytes)):
                sender.sendall(bytes(count))
                while count:
                    count -= len(receiver.recv(count))
        self._before = self._before or self._sent()

    def end(self):
        for _, _, client, server in self._pairs:
            client.shutdown(socket.SHUT_WR)
            server.recv(1)
            server.shutdown(socket.SHUT_WR)
            client.recv(1)

    def sent_since_first_exchange(self):
        """(client's number, service's number, bytes that the client sent, that the server sent) of each."""
        return [(client, service, *(now - before for now, before in zip(sent, earlier)))
                for (client, service, *_), sent, earlier in zip(self._pairs, self._sent(), self._before)]

    def close(self):
        cleanup.release(self)
        for _, _, *ends in self._pairs:
            for end in ends:
                end.close()

    def _sent(self):
        return [[bytes_sent(end) for end in ends] for _, _, *ends in self._pairs]
