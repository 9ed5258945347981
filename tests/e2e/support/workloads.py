# SPDX-License-Identifier: Apache-2.0
"""Processes in control groups, and TCP connections between them."""
import os
import socket
import struct
import subprocess
import sys

from support import cleanup

_SOCKET_MAKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "socket_maker.py")
_MAPPED = "::ffff:"


class Closable:
    """Closed once: by the test, by its owner, or when Python ends. A subclass has _end()."""

    def __init__(self):
        self._is_open = True
        cleanup.keep(self)

    def close(self):
        if self._is_open:
            self._is_open = False
            cleanup.release(self)
            self._end()


class SocketOwner:
    """Has socket(address), which makes a new socket of the family of `address`."""

    def listen(self, address, port=0, backlog=64, is_shared=False):
        """With `is_shared` others may listen on the port too."""
        listener = self.socket(address)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, is_shared)
        listener.bind((address, port))
        listener.listen(backlog)
        return listener


class Workload(Closable, SocketOwner):
    """A process in the control group `group` of `groups` and in the network namespace `place`.

    The test uses the sockets that the process makes. The kernel counts a socket to the group of the process that made it,
    whoever uses it. `name` is what the process calls itself.
    """

    def __init__(self, groups, group, place, name=None):
        self.group = group
        self._channel, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [sys.executable, "-I", "-S", _SOCKET_MAKER, str(there.fileno())] + ([name] if name else [])
        with there:
            self._process = subprocess.Popen(groups.command(group, *place.command(*words)), pass_fds=[there.fileno()],
                                             stdin=subprocess.DEVNULL)
        self.pid = self._process.pid
        super().__init__()
        if self._channel.recv(16) != b"ready":
            raise AssertionError(f"no process in {group}")

    def socket(self, address):
        self._channel.send(str(int(family_of(address))).encode())
        _, descriptors, _, _ = socket.recv_fds(self._channel, 16, 1)
        made = socket.socket(fileno=descriptors[0])
        made.settimeout(30)
        return made

    def _end(self):
        """Ends the process. Its sockets live on with the test."""
        self._channel.close()
        self._process.wait()


class Talk(Closable):
    """A connection from `client`, a SocketOwner, to `listener`.

    `to` is where it connects to, by default the listener's own address. `source` is the client's address and port. With
    `is_mapped` the client speaks IPv4 through a socket of IPv6, as Java's do.
    """

    def __init__(self, client, listener, to=None, source=None, is_mapped=False):
        to = to or listener.getsockname()[:2]
        if is_mapped:
            to = (_MAPPED + to[0], to[1])
        self.client = client.socket(to[0])
        if source:
            # Several clients may have the same port, as long as their servers differ.
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.client.bind(source)
        self.client.connect(to)
        self.server, _ = listener.accept()
        self.server.settimeout(30)
        (self.client_address, self.client_port), (self.server_address, self.server_port) = (
            (end.getsockname()[0].removeprefix(_MAPPED), end.getsockname()[1]) for end in (self.client, self.server))
        self.client_bytes = self.server_bytes = 0
        super().__init__()

    def exchange(self, client_bytes=10, server_bytes=20):
        for sender, receiver, count in ((self.client, self.server, client_bytes), (self.server, self.client, server_bytes)):
            sender.sendall(bytes(count))
            while count:
                count -= len(receiver.recv(count))
        self.client_bytes += client_bytes
        self.server_bytes += server_bytes
        return self

    def reset(self):
        """Ends the connection at once. Then the client's port is free again."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _end(self):
        self.client.close()
        self.server.close()


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET
