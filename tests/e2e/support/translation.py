# SPDX-License-Identifier: Apache-2.0
"""What a node's nftables rules do to the connections that it forwards. `testbed` is one of forwarding.py."""
import unittest

from support.forwarding import REFUSING_SERVICE_PORT, SERVICE_PORT
from support.mixed_connections import REFUSING_PORT, SERVER_PORT

_PORTS = f"{{ {SERVER_PORT}, {REFUSING_PORT} }}"


def dnat(testbed, own=False):
    """Leads the services to the servers; with `own` also what the node itself sends to the services."""
    plan = testbed.plan
    chains = {"before": "prerouting priority dstnat"}
    if own:
        chains["own"] = "output priority -100"
    parts = []
    for chain, hook in chains.items():
        parts.append(f"chain {chain} {{ type nat hook {hook}; }}")
        for service, server in zip(plan.services, plan.servers):
            for service_port, port in ((SERVICE_PORT, SERVER_PORT), (REFUSING_SERVICE_PORT, REFUSING_PORT)):
                target = f"[{server}]:{port}" if ":" in server else f"{server}:{port}"
                parts.append(f"rule {chain} {plan.word} daddr {service} tcp dport {service_port} dnat {plan.word} "
                             f"to {target}")
    _add(testbed, "translate", parts)


def masquerade(testbed, change_ports=True):
    """Replaces the client's address by the node's, and its port by another one."""
    _add(testbed, "translate", [
        "chain after { type nat hook postrouting priority srcnat; }",
        f"rule after {testbed.plan.word} saddr {testbed.plan.clients_network} tcp dport {_PORTS} "
        f"masquerade{' random' if change_ports else ''}"])


def clamp_segment_size(testbed, size="1000"):
    """Lowers the MSS that each end announces: `size` is a number, or "rt mtu"."""
    _add(testbed, "clamp", ["chain pass { type filter hook forward priority mangle; }",
                            f"rule pass tcp flags & (syn | rst) == syn tcp option maxseg size set {size}"])


def answer_for_servers(testbed):
    """SYNPROXY: the node answers a client's SYN itself, and asks the server after the client's handshake.

    The server is addressed directly, or by a service that dnat() with `own` leads to it.
    """
    if testbed.plan.word == "ip6":
        # Linux 6.18 verifies these checksums as if they were IPv4's, unless the sender's device is to make them.
        testbed.client.run("ethtool", "-K", "client0", "tx", "on")
        testbed.client.run("ethtool", "-K", "client0", "tso", "off", "gso", "off")
    testbed.node.run("sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0", "net.ipv4.tcp_syncookies=1")
    for service in testbed.plan.services:
        # A packet is only answered when it could be forwarded.
        testbed.node.run("ip", "route", "add", service, "dev", "eth0")
    ports = f"{{ {SERVICE_PORT}, {SERVER_PORT} }}"
    try:
        _add(testbed, "proxy", [
            "chain first { type filter hook prerouting priority raw; }",
            f"rule first iifname pod0 tcp dport {ports} tcp flags syn notrack",
            "chain pass { type filter hook forward priority filter; }",
            f"rule pass iifname pod0 tcp dport {ports} ct state invalid,untracked "
            "synproxy mss 1460 wscale 7 timestamp sack-perm",
            "rule pass ct state invalid drop"])
    except RuntimeError as error:
        raise unittest.SkipTest(f"the kernel has no SYNPROXY: {error}") from None


def lose(testbed, percent=2):
    """Drops that share of the TCP packets between the interface by which they came and all that follows. A capture on
    the node has seen them all, each where its sender's packets come first."""
    _add(testbed, "loss", ["chain pass { type filter hook forward priority filter; }",
                           f"rule pass meta l4proto tcp numgen random mod 100 < {percent} drop"])


def _add(testbed, table, parts):
    lines = [f"add table inet {table}"]
    for part in parts:
        word, rest = part.split(" ", 1)
        lines.append(f"add {word} inet {table} {rest}")
    testbed.node.run("nft", "; ".join(lines))
