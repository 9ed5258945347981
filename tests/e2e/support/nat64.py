# SPDX-License-Identifier: Apache-2.0
"""NAT64 on a node: tayga translates between clients that have IPv6 only and servers that have IPv4 only."""
import os
import tempfile

from support import cleanup
from support.processes import Process
from support.waiting import wait_until

_PREFIX = "2001:db8:64::"
_OWN_ADDRESS, _OWN_ADDRESS6 = "203.0.113.97", "2001:db8:6::1"
_POOL = "203.0.113.112/28"


class Nat64:
    """Runs tayga on `testbed.node`; close() ends it."""

    def __init__(self, testbed):
        self._folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        cleanup.keep(self)
        file = os.path.join(self._folder.name, "tayga.conf")
        with open(file, "w") as configuration:
            configuration.write(f"tun-device nat64\nipv4-addr {_OWN_ADDRESS}\nprefix {_PREFIX}/96\n"
                                f"ipv6-addr {_OWN_ADDRESS6}\ndynamic-pool {_POOL}\ndata-dir {self._folder.name}\n")
        node = testbed.node
        node.run("tayga", "-c", file, "--mktun")
        node.run("ip", "link", "set", "nat64", "txqueuelen", "10000", "up")
        node.run("ip", "route", "add", _POOL, "dev", "nat64")
        node.run("ip", "route", "add", f"{_PREFIX}/96", "dev", "nat64")
        self._process = Process(node.command("tayga", "-c", file, "--nodetach"))
        # The device has a carrier once tayga holds it.
        wait_until(lambda: not self._process.running() or "LOWER_UP" in node.run("ip", "link", "show", "dev", "nat64"),
                   "tayga translates")
        if not self._process.running():
            raise AssertionError(f"tayga ended: {self._process.stderr()}")

    def close(self):
        cleanup.release(self)
        if hasattr(self, "_process"):
            self._process.close()
        self._folder.cleanup()


def address_of(server):
    """The IPv6 address under which clients reach a server's IPv4 address."""
    return _PREFIX + server
