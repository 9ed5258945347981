# SPDX-License-Identifier: Apache-2.0
"""TCP connections whose two ends are both in this process, each in its own namespace.

A test decides each byte that is sent.
"""
import socket
import struct
import threading

_CHUNK_BYTES = 32768

# linux/tcp.h: struct tcp_info's tcpi_bytes_sent.
_BYTES_SENT_OFFSET = 200


def bytes_sent(sender):
    """What went over the wire from that socket, retransmissions included."""
    info = sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("=Q", info, _BYTES_SENT_OFFSET)[0]


class Conversation:
    """One connection from testbed.client to `port` in testbed.server.

    `client_port` 0 lets the kernel choose. With `keep_listening` the server's port goes on taking connections.
    """

    def __init__(self, testbed, port, link=0, ipv6=False, client_port=0, keep_listening=False):
        chosen = testbed.links[link]
        family = socket.AF_INET6 if ipv6 else socket.AF_INET
        with testbed.server.entered():
            listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((chosen.server_address6 if ipv6 else chosen.server_address, port))
        listener.listen()
        with testbed.client.entered():
            self.client = socket.socket(family, socket.SOCK_STREAM)
        self.client.settimeout(10)
        if client_port:
            self.client.bind((chosen.client_address6 if ipv6 else chosen.client_address, client_port))
        self.client.connect(listener.getsockname()[:2])
        self.server, _ = listener.accept()
        self.server.settimeout(10)
        self._listener = listener
        if not keep_listening:
            listener.close()
        client_address, client_port = self.client.getsockname()[:2]
        server_address, _ = self.server.getsockname()[:2]
        self.labels = {"client_address": client_address, "client_port": str(client_port),
                       "server_address": server_address, "server_port": str(port)}
        self.client_endpoint = f"{client_address}:{client_port}"
        self.server_endpoint = f"{server_address}:{port}"

    def client_sends(self, count):
        _transfer(self.client, self.server, count)

    def server_sends(self, count):
        _transfer(self.server, self.client, count)

    def client_sends_in_bulk(self, count, meanwhile):
        """As fast as TCP lets it go; calls meanwhile() again and again. Returns once all bytes are acknowledged."""
        self.client.settimeout(30)
        sender = threading.Thread(target=self.client.sendall, args=(bytes(count),))
        sender.start()
        while count:
            received = len(self.server.recv(_CHUNK_BYTES))
            if not received:
                break
            count -= received
            meanwhile()
        sender.join()

    def close(self):
        self._listener.close()
        self.client.close()
        self.server.close()


def _transfer(sender, receiver, count):
    """Returns once all bytes have crossed."""
    while count:
        size = min(count, _CHUNK_BYTES)
        sender.sendall(bytes(size))
        count -= size
        while size:
            size -= len(receiver.recv(size))
