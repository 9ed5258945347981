# SPDX-License-Identifier: Apache-2.0
"""What the kernels of the lab's ends counted: their sockets, by ss, and their protocols, by nstat."""
import collections
import json
import re

_FIGURE = re.compile(r"\b(bytes_sent|unacked|lastack):(\d+)")
_RETRANSMITTED = re.compile(r"\bretrans:\d+/(\d+)")
_NOT_OPEN = {"LISTEN", "TIME-WAIT", "SYN-SENT", "SYN-RECV", "UNCONN", "CLOSE"}

Socket = collections.namedtuple("Socket", "state local remote figures")


def sockets(namespace, selector):
    """The TCP sockets that `selector` (ss's words) finds: their endpoints are (address, port)."""
    found = []
    for line in namespace.run("ss", "-tinaOH", *selector.split()).splitlines():
        state, _, _, local, remote, *rest = line.split(None, 5)
        text = rest[0] if rest else ""
        figures = {name: int(value) for name, value in _FIGURE.findall(text)}
        figures["retransmitted"] = sum(map(int, _RETRANSMITTED.findall(text)))
        found.append(Socket(state, _endpoint(local), _endpoint(remote), figures))
    return found


def is_open(each):
    """Established or half closed: neither is the end of both directions known, nor is it an attempt."""
    return each.state not in _NOT_OPEN


def protocols(namespace):
    """{name: count} of nstat, from the namespace's beginning on."""
    return json.loads(namespace.run("nstat", "--json", "--zeros", "--noupdate", "--ignore"))["kernel"]


class Sockets:
    """The figures of all sockets of an end on some ports, those that are gone too, as they were last seen."""

    def __init__(self, namespace, selector):
        self._namespace, self._selector = namespace, selector
        self._seen = {}
        self.open = []

    def look(self):
        found = [each for each in sockets(self._namespace, self._selector) if each.state != "LISTEN"]
        self.open = [each for each in found if is_open(each)]
        for each in self.open:
            self._seen[each.local, each.remote] = each.figures

    def sum(self, name, edge):
        """Of the edge (client, server, port), on either end."""
        client, server, port = edge
        return sum(figures.get(name, 0) for ends, figures in self._seen.items()
                   if {ends[0][0], ends[1][0]} == {client, server} and port in (ends[0][1], ends[1][1]))


def _endpoint(text):
    address, _, port = text.rpartition(":")
    # A listener for both families shows IPv4's addresses in this form.
    return address.strip("[]").removeprefix("::ffff:"), int(port) if port.isdigit() else 0
