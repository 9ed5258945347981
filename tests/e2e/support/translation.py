# SPDX-License-Identifier: Apache-2.0
"""What a node's nftables rules do to the connections that it forwards. `testbed` is one of forwarding.py."""
import unittest

from support.forwarding import REFUSING_SERVICE_PORT, SERVICE_PORT
from support.mixed_connections import REFUSING_PORT, SERVER_PORT

_PORTS = f"{{ {SERVER_PORT}, {REFUSING_PORT} }}"


def dnat(testbed):
    """Leads the services to the servers."""
    plan = testbed.plan
    rules = ["chain before { type nat hook prerouting priority dstnat; }"]
    for service, server in zip(plan.services, plan.servers):
        for service_port, port in ((SERVICE_PORT, SERVER_PORT), (REFUSING_SERVICE_PORT, REFUSING_PORT)):
            target = f"[{server}]:{port}" if ":" in server else f"{server}:{port}"
            rules.append(f"rule before {plan.word} daddr {service} tcp dport {service_port} dnat {plan.word} "
                         f"to {target}")
    _add(testbed, "translate", rules)


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


def answer_for_server(testbed):
    """SYNPROXY: the node answers the client's SYN itself, and then asks the server."""
    testbed.node.run("sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0", "net.ipv4.tcp_syncookies=1")
    try:
        _add(testbed, "proxy", [
            "chain first { type filter hook prerouting priority raw; }",
            f"rule first tcp dport {SERVER_PORT} tcp flags syn notrack",
            "chain pass { type filter hook forward priority filter; }",
            f"rule pass tcp dport {SERVER_PORT} ct state invalid,untracked "
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
