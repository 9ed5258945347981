# SPDX-License-Identifier: Apache-2.0
"""Two namespaces with a delay between them (see delayer.py)."""
import os
import sys
import types

from support.namespaces import Namespace
from support.processes import Process
from support.waiting import wait_until

_DELAYER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "delayer.py")
_DEVICE = "delayed0"


class DelayedTestbed:
    """`client` and `server`, with a round-trip time of `seconds` or a little more. Conversation takes it."""

    def __init__(self, seconds):
        self.client, self.server = Namespace(), Namespace()
        self._process = Process([sys.executable, _DELAYER, self.client.name, self.server.name, _DEVICE,
                                 str(seconds / 2)])
        wait_until(lambda: self._process.stdout() or not self._process.running(), "the delayed path is ready")
        if not self._process.running():
            raise AssertionError(f"the delayer ended: {self._process.stderr()}")
        self.link = types.SimpleNamespace(client_interface=_DEVICE, server_interface=_DEVICE,
                                          client_address="192.0.2.1", server_address="192.0.2.2")
        self.links = [self.link]
        for namespace, address in ((self.client, self.link.client_address), (self.server, self.link.server_address)):
            namespace.run("ip", "address", "add", address + "/24", "dev", _DEVICE)
            namespace.run("ip", "link", "set", _DEVICE, "up")

    def close(self):
        self._process.close()
        self.client.close()
        self.server.close()
