# SPDX-License-Identifier: Apache-2.0
"""Makes the path to testbed.server slow and lossy, without netem, which some kernels lack.

Packets of the client first cross the link. On the server's side they wait in the queue of a token bucket, and then some
are dropped. An observer at the client's end of the link therefore sees every segment that was sent, also the lost ones,
and the whole round-trip time.
"""
_FILTER = "protocol all u32 match u32 0 0 action mirred egress redirect dev slow0".split()
_LOSS = ("add table ip loss; "
         "add chain ip loss input {{ type filter hook input priority 0; }}; "
         "add rule ip loss input tcp dport {port} {which} drop")


def segments_are_packets(testbed):
    """Turns segmentation and receive offloads off, so that what is captured is what TCP counts."""
    for namespace, interface in ((testbed.client, testbed.link.client_interface),
                                 (testbed.server, testbed.link.server_interface)):
        namespace.run("ethtool", "-K", interface, "tso", "off", "gso", "off", "gro", "off")


def slow_down(testbed, rate):
    """Lets packets through to the server at `rate` (tc's notation), behind a queue of a megabyte."""
    server, interface = testbed.server, testbed.link.server_interface
    server.run("ip", "link", "add", "slow0", "type", "ifb")
    server.run("ip", "link", "set", "slow0", "up")
    server.run("tc", "qdisc", "add", "dev", interface, "ingress")
    server.run("tc", "filter", "add", "dev", interface, "parent", "ffff:", *_FILTER)
    server.run("tc", "qdisc", "add", "dev", "slow0", "root", "tbf", "rate", rate, "burst", "10kb", "limit", "1000000")


def lose(testbed, port, percent):
    """Drops that share of the IPv4 TCP packets to `port`, at random; `percent` is below 100."""
    testbed.server.run("nft", _LOSS.format(port=port, which=f"numgen random mod 100 < {percent}"))


def swallow(testbed, port):
    """Drops all IPv4 TCP packets to `port`."""
    testbed.server.run("nft", _LOSS.format(port=port, which=""))


def lose_no_more(testbed):
    testbed.server.run("nft", "delete table ip loss")
