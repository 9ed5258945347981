# SPDX-License-Identifier: Apache-2.0
"""Network namespaces that are joined by veth pairs. The tests touch no other network.

Addresses are from the ranges for documentation (RFC 5737, RFC 3849). The names of namespaces contain this process's
id, so that several runs can share a machine.
"""
import contextlib
import ctypes
import itertools
import os
import shutil
import subprocess
import types
import unittest

from support import cleanup

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


def run(*command):
    """Runs the command to its end and returns its output; a failure shows what it said."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def why_not():
    """Why namespaces cannot be made here, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "ip (Debian's iproute2) is missing"
    try:
        Namespace().close()
    except RuntimeError as error:
        return f"network namespaces cannot be made here: {error}"
    return None


def require():
    reason = why_not()
    if reason:
        raise unittest.SkipTest(reason)


class Namespace:
    """A fresh network namespace with its loopback up."""

    def __init__(self):
        self.name = f"tcpgauge-e2e-{os.getpid()}-{next(_numbers)}"
        run("ip", "netns", "add", self.name)
        cleanup.keep(self)
        self.run("ip", "link", "set", "lo", "up")

    def command(self, *words):
        return ["ip", "netns", "exec", self.name, *words]

    def run(self, *words):
        return run(*self.command(*words))

    @contextlib.contextmanager
    def entered(self):
        """Sockets that this thread opens inside the block live in this namespace, for good."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            _set_namespace(there)
            try:
                yield
            finally:
                _set_namespace(home)

    def close(self):
        cleanup.release(self)
        run("ip", "netns", "del", self.name)


class Link:
    """One veth pair: `client_interface` and `server_interface` with an IPv4 and an IPv6 address each."""

    _NETWORKS = (("192.0.2", "2001:db8:0"), ("198.51.100", "2001:db8:1"), ("203.0.113", "2001:db8:2"))

    def __init__(self, client, server, number, ipv6):
        self.client_interface = f"client{number}"
        self.server_interface = f"server{number}"
        network4, network6 = self._NETWORKS[number]
        self.client_address, self.server_address = f"{network4}.1", f"{network4}.2"
        self.client_address6, self.server_address6 = f"{network6}::1", f"{network6}::2"
        self._client, self._server, self._ipv6 = client, server, ipv6
        self.make()

    def make(self):
        """Makes the pair: the constructor does, and so it can be done again after delete()."""
        run("ip", "link", "add", self.client_interface, "netns", self._client.name, "type", "veth",
            "peer", "name", self.server_interface, "netns", self._server.name)
        for namespace, interface, address, address6 in (
                (self._client, self.client_interface, self.client_address, self.client_address6),
                (self._server, self.server_interface, self.server_address, self.server_address6)):
            if not self._ipv6:
                namespace.run("sysctl", "-qw", f"net.ipv6.conf.{interface}.disable_ipv6=1")
            namespace.run("ip", "address", "add", address + "/24", "dev", interface)
            if self._ipv6:
                namespace.run("ip", "address", "add", address6 + "/64", "dev", interface, "nodad")
            namespace.run("ip", "link", "set", interface, "up")

    def delete(self):
        """Both ends."""
        self._client.run("ip", "link", "del", self.client_interface)


class Testbed:
    """Namespaces `client` and `server`, joined by `links` veth pairs. Without IPv6 an idle link is wholly silent."""

    def __init__(self, links=1, ipv6=True):
        self.client = Namespace()
        self.server = Namespace()
        self.links = [Link(self.client, self.server, number, ipv6) for number in range(links)]
        self.link = self.links[0]
        cleanup.keep(self)

    def close(self):
        cleanup.release(self)
        self.client.close()
        self.server.close()


class BridgedTestbed:
    """`client` and `server` on the ports `port-client` and `port-server` of a bridge in a third namespace, `bridge`."""

    def __init__(self):
        self.bridge = Namespace()
        self.client = Namespace()
        self.server = Namespace()
        self.bridge.run("ip", "link", "add", "bridge0", "type", "bridge")
        self.bridge.run("ip", "link", "set", "bridge0", "up")
        self.link = types.SimpleNamespace(client_address="192.0.2.1", server_address="192.0.2.2")
        self.links = [self.link]
        for namespace, end, address in ((self.client, "client", self.link.client_address),
                                        (self.server, "server", self.link.server_address)):
            run("ip", "link", "add", f"{end}0", "netns", namespace.name, "type", "veth",
                "peer", "name", f"port-{end}", "netns", self.bridge.name)
            self.bridge.run("ip", "link", "set", f"port-{end}", "master", "bridge0", "up")
            namespace.run("ip", "address", "add", address + "/24", "dev", f"{end}0")
            namespace.run("ip", "link", "set", f"{end}0", "up")
        cleanup.keep(self)

    def close(self):
        cleanup.release(self)
        for namespace in (self.client, self.server, self.bridge):
            namespace.close()


def _set_namespace(file):
    if _libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
