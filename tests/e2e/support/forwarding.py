# SPDX-License-Identifier: Apache-2.0
"""A node that forwards between a client and a server, as a Kubernetes node does. The agent runs on the node.

    client -- pod0 [node] eth0 -- server                    ForwardingTestbed
    client -- pod0 [node] eth0 -- [far] -- server           the same, with a tunnel between the node and `far`
    pod (client and server) -- pod0 [node]                  HairpinTestbed

All segmentation and receive offloads are off, so that what is captured is what TCP counts. A testbed has one family of
addresses. Services have addresses of their own; a rule of translation.py leads to the servers.
"""
import json
import os
import socket
import sys

from support import cleanup
from support.mixed_connections import REFUSING_PORT, SERVER_PORT
from support.namespaces import Namespace, run
from support.processes import Process
from support.waiting import wait_until

SERVICE_PORT, REFUSING_SERVICE_PORT = 80, 81
_ENCAPSULATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "encapsulator.py")
# So small that a tunnel's headers fit into a packet of 1500 bytes.
_INNER_MTU = "1400"
UNDERLAY4_NODE, UNDERLAY4_FAR = "203.0.113.129", "203.0.113.130"


class Plan:
    """The addresses of one family. RFC 5737 has few for IPv4, so that some networks are parts of one."""

    def __init__(self, family):
        self.family = family
        if family == socket.AF_INET:
            self.clients_network, self.servers_network = "192.0.2.0/24", "198.51.100.0/24"
            self.client_gateway, self.server_gateway = "192.0.2.1", "198.51.100.1"
            self.clients = [f"192.0.2.{last}" for last in (11, 12, 13)]
            self.servers = [f"198.51.100.{last}" for last in (21, 22)]
            self.services = ["203.0.113.10", "203.0.113.11"]
            self.underlay_node, self.underlay_far, self.underlay_bits = UNDERLAY4_NODE, UNDERLAY4_FAR, "30"
            self.tunnel_node, self.tunnel_far, self.tunnel_bits = "203.0.113.65", "203.0.113.66", "30"
            self.bits, self.word = "24", "ip"
        else:
            self.clients_network, self.servers_network = "2001:db8:c::/64", "2001:db8:5::/64"
            self.client_gateway, self.server_gateway = "2001:db8:c::1", "2001:db8:5::1"
            self.clients = [f"2001:db8:c::{last}" for last in (11, 12, 13)]
            self.servers = [f"2001:db8:5::{last}" for last in (21, 22)]
            self.services = ["2001:db8:f::10", "2001:db8:f::11"]
            self.underlay_node, self.underlay_far, self.underlay_bits = "2001:db8:a::1", "2001:db8:a::2", "64"
            self.tunnel_node, self.tunnel_far, self.tunnel_bits = "2001:db8:b::1", "2001:db8:b::2", "64"
            self.bits, self.word = "64", "ip6"


def new_namespace(forwards=False):
    """A namespace whose IPv6 addresses can be used at once, and that sends and follows no redirects."""
    namespace = Namespace()
    for scope in ("all", "default"):
        namespace.run("sysctl", "-qw", f"net.ipv4.conf.{scope}.rp_filter=0", f"net.ipv4.conf.{scope}.send_redirects=0",
                      f"net.ipv4.conf.{scope}.accept_redirects=0", f"net.ipv6.conf.{scope}.accept_redirects=0",
                      f"net.ipv6.conf.{scope}.accept_dad=0", f"net.ipv6.conf.{scope}.dad_transmits=0",
                      f"net.ipv6.conf.{scope}.accept_ra=0")
    if forwards:
        namespace.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    return namespace


def join(one, interface, other, other_interface, mtu="1500"):
    """A veth pair without offloads between two namespaces, without addresses."""
    run("ip", "link", "add", interface, "mtu", mtu, "netns", one.name, "type", "veth",
        "peer", "name", other_interface, "mtu", mtu, "netns", other.name)
    for namespace, name in ((one, interface), (other, other_interface)):
        without_offloads(namespace, name)
        namespace.run("ip", "link", "set", name, "up")


def without_offloads(namespace, interface):
    for offload in ("tx", "tso", "gso", "gro"):
        namespace.run("ethtool", "-K", interface, offload, "off")


def add_address(namespace, interface, address, bits):
    nodad = ["nodad"] if ":" in address else []
    namespace.run("ip", "address", "add", f"{address}/{bits}", "dev", interface, *nodad)


def sent_but_dropped(namespace, interface):
    """Packets that left `namespace` by the interface, but that the machine lost before they came to the other end."""
    link, = json.loads(namespace.run("ip", "-s", "-j", "link", "show", "dev", interface))
    return link["stats64"]["tx"]["dropped"]


def _mac_address(namespace, interface):
    link, = json.loads(namespace.run("ip", "-j", "link", "show", "dev", interface))
    return link["address"]


class _Testbed:
    def __init__(self, family):
        self.plan = Plan(family)
        self.servers_family = family
        self._namespaces = []
        self._processes = []
        self._ways_to_the_node = []
        self._dropped_before = 0
        cleanup.keep(self)

    def add_namespace(self, forwards=False):
        namespace = new_namespace(forwards)
        self._namespaces.append(namespace)
        return namespace

    def direct(self):
        """The servers by their own addresses, as mixed_connections.make() takes them."""
        return [((server, SERVER_PORT), (server, REFUSING_PORT)) for server in self.plan.servers]

    def by_service(self):
        return [((service, SERVICE_PORT), (service, REFUSING_SERVICE_PORT)) for service in self.plan.services]

    def without_probes(self):
        """No end repeats a segment because its acknowledgment is a little late, as on a machine with much to do."""
        for namespace in (self.client, self.server):
            namespace.run("sysctl", "-qw", "net.ipv4.tcp_early_retrans=0")

    def lost_before_the_node(self):
        """Packets that an end sent and that no capture on the node can have seen."""
        return sum(sent_but_dropped(*way) for way in self._ways_to_the_node) - self._dropped_before

    def close(self):
        cleanup.release(self)
        for process in self._processes:
            process.close()
        for namespace in self._namespaces:
            namespace.close()


class ForwardingTestbed(_Testbed):
    """`client`, `node` and `server`.

    With `far`, the server is behind a second node. Packets get there only through a tunnel, which the test must add.
    `servers_family` is given when the servers have addresses of the other family.
    """

    def __init__(self, family, far=False, servers_family=None):
        super().__init__(family)
        plan = self.plan
        self.servers_family = servers_family or family
        servers = Plan(self.servers_family)
        plan.servers = servers.servers
        self.node = self.add_namespace(forwards=True)
        self.client = self.add_namespace()
        self.server = self.add_namespace()
        mtu = _INNER_MTU if far else "1500"
        join(self.client, "client0", self.node, "pod0", mtu)
        for address in plan.clients:
            add_address(self.client, "client0", address, plan.bits)
        add_address(self.node, "pod0", plan.client_gateway, plan.bits)
        self.client.run("ip", "route", "add", "default", "via", plan.client_gateway)
        before_server, interface = self.node, "eth0"
        self._ways_to_the_node = [(self.client, "client0"), (self.server, "server0")]
        if far:
            self.far = self.add_namespace(forwards=True)
            join(self.node, "eth0", self.far, "far0")
            add_address(self.node, "eth0", plan.underlay_node, plan.underlay_bits)
            add_address(self.far, "far0", plan.underlay_far, plan.underlay_bits)
            if family != socket.AF_INET:
                # For the kinds of tunnels that need IPv4 below them.
                add_address(self.node, "eth0", UNDERLAY4_NODE, "30")
                add_address(self.far, "far0", UNDERLAY4_FAR, "30")
            before_server, interface = self.far, "pod1"
            self._ways_to_the_node.append((self.far, "far0"))
        join(self.server, "server0", before_server, interface, mtu)
        for address in servers.servers:
            add_address(self.server, "server0", address, servers.bits)
        add_address(before_server, interface, servers.server_gateway, servers.bits)
        self.server.run("ip", "route", "add", "default", "via", servers.server_gateway)

    def _lead_through_tunnel(self):
        """Gives the ends of the tunnel addresses and routes."""
        plan = self.plan
        for namespace, address, peer, network in (
                (self.node, plan.tunnel_node, plan.tunnel_far, plan.servers_network),
                (self.far, plan.tunnel_far, plan.tunnel_node, plan.clients_network)):
            namespace.run("ip", "link", "set", "tunnel0", "mtu", _INNER_MTU, "up")
            add_address(namespace, "tunnel0", address, plan.tunnel_bits)
            namespace.run("ip", "route", "add", network, "via", peer, "dev", "tunnel0")
        self._ways_to_the_node.append((self.far, "tunnel0"))

    def add_vxlan(self):
        plan = self.plan
        for namespace, local, remote, device in ((self.node, plan.underlay_node, plan.underlay_far, "eth0"),
                                                 (self.far, plan.underlay_far, plan.underlay_node, "far0")):
            namespace.run("ip", "link", "add", "tunnel0", "type", "vxlan", "id", "42", "local", local,
                          "remote", remote, "dstport", "4789", "dev", device)
            without_offloads(namespace, "tunnel0")
        self._lead_through_tunnel()

    def add_user_space_tunnel(self, kind, id_there=7, id_back=7):
        """A tunnel of encapsulator.py. Packets from the node carry `id_there`, those to the node `id_back`."""
        ends = ((self.node, "eth0", UNDERLAY4_NODE, UNDERLAY4_FAR, id_there, id_back),
                (self.far, "far0", UNDERLAY4_FAR, UNDERLAY4_NODE, id_back, id_there))
        for namespace, *_ in ends:
            namespace.run("ip", "tuntap", "add", "dev", "tunnel0", "mode", "tun")
            # The queue of a device that a process reads must hold all that can be under way.
            namespace.run("ip", "link", "set", "tunnel0", "txqueuelen", "10000")
        self._lead_through_tunnel()
        addresses = [_mac_address(namespace, interface) for namespace, interface, *_ in ends]
        for (namespace, interface, local, remote, send, receive), peer in zip(ends, reversed(addresses)):
            if kind == "vlan":
                local, remote = interface, peer
            process = Process(namespace.command(sys.executable, _ENCAPSULATOR, kind, "tunnel0", local, remote,
                                                str(send), str(receive)))
            self._processes.append(process)
        for process in self._processes:
            wait_until(lambda: process.stdout() or not process.running(), "the tunnel is ready")
            if not process.running():
                raise AssertionError(f"the encapsulator ended: {process.stderr()}")
        # What the kernel said of its multicast groups before the processes were there.
        self._dropped_before = sent_but_dropped(self.far, "tunnel0")


class HairpinTestbed(_Testbed):
    """One pod, `client` and `server` at once, and its `node`. Each of its addresses is a client's; two are servers'."""

    def __init__(self, family):
        super().__init__(family)
        plan = self.plan
        plan.servers = plan.clients[:2]
        self.node = self.add_namespace(forwards=True)
        self.client = self.server = self.add_namespace()
        join(self.client, "client0", self.node, "pod0")
        for address in plan.clients:
            add_address(self.client, "client0", address, plan.bits)
        add_address(self.node, "pod0", plan.client_gateway, plan.bits)
        self.client.run("ip", "route", "add", "default", "via", plan.client_gateway)
        self._ways_to_the_node = [(self.client, "client0")]
