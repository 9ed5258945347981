# SPDX-License-Identifier: Apache-2.0
"""The network of the lab: a client, a node that forwards, and a server, each with an agent; and who watches them.

    client -- pod0 [node] eth0 -- server
       \\           |             /
        `------- [monitor] -----'

The monitor has links of its own to the three, so that scrapes do not cross the path that the agents capture.
"""
import json
import os
import socket
import tempfile

from support import cleanup
from support.agent import Agent
from support.forwarding import ForwardingTestbed, add_address, new_namespace
from support.namespaces import run
from support.receiver import Receiver

_PORT = 10406
# Neither scrapes nor what a node says to itself.
_FILTER = "not net 203.0.113.0/24 and not net 127.0.0.0/8".split()
_MONITOR_ADDRESS = "203.0.113.1"
# IPv4's header, and TCP's with the option for timestamps, which every segment but a SYN has.
_HEADER_BYTES = 20 + 32
# Segments without payload, by TCP's data offset, which counts words of 4 bytes.
_WITHOUT_PAYLOAD = [f"tcp doff {words} ip length {20 + 4 * words}" for words in range(5, 16)]
_BROKEN_FRAME = bytes(12) + b"\x08\x00" + b"\x4f" + bytes(40)
_DATA = {
    "client_data": "ip saddr {client} ip daddr {server} tcp dport {port}",
    "server_data": "ip saddr {server} ip daddr {client} tcp sport {port}",
}
_HANDSHAKES = {
    "syn": "ip saddr {client} ip daddr {server} tcp dport {port} tcp flags & (syn|ack) == syn",
    "syn_ack": "ip saddr {server} ip daddr {client} tcp sport {port} tcp flags & (syn|ack) == syn|ack",
}
_OUTAGES = {
    # Packets of clients only: no SYN comes to the server.
    "dropped": ("tcp dport {port} drop",),
    "swallowed": ("tcp dport {port} drop", "tcp sport {port} drop"),
    "lossy": ("tcp dport {port} numgen random mod 100 < 2 jump lost_by_client",
              "tcp sport {port} numgen random mod 100 < 2 jump lost_by_server"),
}


class LabNetwork:
    """The namespaces, and the agents in them once start_agents() was called.

    `node` counts what it forwards by nftables, edge by edge, before it drops what an outage swallows.
    """

    def __init__(self):
        self.path = ForwardingTestbed(socket.AF_INET)
        self.client, self.node, self.server = self.path.client, self.path.node, self.path.server
        self.clients, self.servers = self.path.plan.clients, self.path.plan.servers
        self.monitor = new_namespace()
        self.monitor.run("ip", "link", "add", "bridge0", "type", "bridge")
        add_address(self.monitor, "bridge0", _MONITOR_ADDRESS, "24")
        self.monitor.run("ip", "link", "set", "bridge0", "up")
        self._empty_folder = tempfile.TemporaryDirectory()
        os.chmod(self._empty_folder.name, 0o755)
        self.addresses = {}  # of the agents, by the name of their node
        self._edges = []
        self._outages = set()
        self._pods = 0
        self.broken_frames = 0  # sent so far
        for number, (name, namespace) in enumerate(self.nodes().items(), 2):
            address = f"203.0.113.{number}"
            run("ip", "link", "add", "manage0", "netns", namespace.name, "type", "veth",
                "peer", "name", f"port-{name}", "netns", self.monitor.name)
            add_address(namespace, "manage0", address, "24")
            namespace.run("ip", "link", "set", "manage0", "up")
            self.monitor.run("ip", "link", "set", f"port-{name}", "master", "bridge0", "up")
            self.addresses[name] = f"{address}:{_PORT}"
        cleanup.keep(self)

    def nodes(self):
        return {"client": self.client, "node": self.node, "server": self.server}

    def start_receiver(self):
        """An OTLP receiver beside those who watch."""
        with self.monitor.entered():
            return Receiver(address=_MONITOR_ADDRESS)

    def start_agents(self, receiver):
        """{name of the node: agent}. The one in the middle captures on all interfaces, as on a node of Kubernetes. They push to
        the receiver, and write connection logs that nobody reads.

        They look for names where there are none, because this machine's control groups may or may not have names."""
        interfaces = {"client": "client0", "node": "any", "server": "server0"}
        nameless = [f"--path.{path}={self._empty_folder.name}" for path in ("procfs", "cgroup", "container-logs")]
        written = ["--connection-log=/dev/null", f"--otlp.endpoint={receiver.url}"]
        often = dict(os.environ, OTEL_METRIC_EXPORT_INTERVAL="5000")
        return {name: Agent(namespace, "-i", interfaces[name], f"--web.listen-address={self.addresses[name]}", *nameless,
                            *written, *_FILTER, environment=often)
                for name, namespace in self.nodes().items()}

    def count(self, edges):
        """Begins to count what the node forwards of each edge, as (client, server, port)."""
        self._edges = list(edges)
        rules = [f"add rule ip lab data {match} return" for match in _WITHOUT_PAYLOAD]
        for number, (client, server, port) in enumerate(self._edges):
            for chain, matches in (("handshakes", _HANDSHAKES), ("data", _DATA)):
                for name, match in matches.items():
                    match = match.format(client=client, server=server, port=port)
                    rules.append(f"add counter ip lab {name}_{number}")
                    rules.append(f"add rule ip lab {chain} {match} counter name {name}_{number}")
        chains = (f"add chain ip lab {name} {{ type filter hook forward priority {priority}; }}"
                  for name, priority in (("handshakes", -20), ("data", -10), ("dropped", 0)))
        # What is lost is counted where it has payload.
        lost = []
        for name in ("lost_by_client", "lost_by_server"):
            lost += [f"add counter ip lab {name}", f"add chain ip lab {name}",
                     *(f"add rule ip lab {name} {match} drop" for match in _WITHOUT_PAYLOAD),
                     f"add rule ip lab {name} counter name {name} drop"]
        self._nft("add table ip lab", *chains, *rules, *lost)

    def counted(self):
        """{edge: {name: packets, name + "_bytes": payload}}, and the segments with payload that
        a lossy path lost, (of clients, of servers)."""
        listed = json.loads(self.node.run("nft", "-j", "list", "counters", "table", "ip", "lab"))["nftables"]
        counters = {each["counter"]["name"]: each["counter"] for each in listed if "counter" in each}
        found = {}
        for number, edge in enumerate(self._edges):
            of_edge = {name: counters[f"{name}_{number}"] for name in (*_HANDSHAKES, *_DATA)}
            found[edge] = {name: counter["packets"] for name, counter in of_edge.items()}
            for name in _DATA:
                found[edge][f"{name}_bytes"] = of_edge[name]["bytes"] - _HEADER_BYTES * of_edge[name]["packets"]
        return found, (counters["lost_by_client"]["packets"], counters["lost_by_server"]["packets"])

    def had_outage(self, kind, port):
        """Whether an outage of that kind has begun, over or not."""
        return (kind, port) in self._outages

    def begin_outage(self, kind, port):
        self._outages.add((kind, port))
        self._nft(*(f"add rule ip lab dropped {rule.format(port=port)} comment \"{port}\"" for rule in _OUTAGES[kind]))

    def end_outage(self, port):
        listed = json.loads(self.node.run("nft", "-j", "-a", "list", "chain", "ip", "lab", "dropped"))["nftables"]
        handles = [each["rule"]["handle"] for each in listed if each.get("rule", {}).get("comment") == str(port)]
        self._nft(*(f"delete rule ip lab dropped handle {handle}" for handle in handles))

    def pod_comes_and_goes(self):
        """An interface of the node that is there for a moment."""
        self._pods += 1
        name = f"veth{self._pods}"
        self.node.run("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}p")
        self.node.run("ip", "link", "set", name, "up")
        self.node.run("ip", "link", "set", f"{name}p", "up")
        self.node.run("ip", "link", "del", name)

    def packets(self, node, interface):
        """Packets that came and went by that interface."""
        link, = json.loads(self.nodes()[node].run("ip", "-s", "-j", "link", "show", "dev", interface))
        return sum(link["stats64"][way]["packets"] for way in ("rx", "tx"))

    def send_broken_frame(self):
        """IPv4 whose header claims 60 bytes of 41, from the client to the node."""
        with self.client.entered():
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with raw:
            raw.bind(("client0", 0))
            raw.send(_BROKEN_FRAME)
        self.broken_frames += 1

    def _nft(self, *commands):
        self.node.run("nft", "; ".join(commands))

    def close(self):
        cleanup.release(self)
        self.monitor.close()
        self.path.close()
        self._empty_folder.cleanup()
