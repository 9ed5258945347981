# SPDX-License-Identifier: Apache-2.0
"""As test_counted_once.py: several translations, tunnels and losses together, and proxies."""
import dataclasses
import socket

from support import mixed_connections, relay, translation
from support.counted_once import CountedOnceCase, Leg, Nat64Case, legs_of
from support.forwarding import SERVICE_PORT, HairpinTestbed
from support.marks import slow
from support.mixed_connections import SERVER_PORT


class Combinations:
    """Each test is one way across the node. Run for IPv4 and for IPv6."""

    def test_masquerade_alone(self):
        testbed = self.forwarding()
        translation.masquerade(testbed)
        self.check(testbed, testbed.direct(), copies=("translated",))

    def test_ip_in_ip(self):
        self.check_user_space_tunnel("ipip" if self.family == socket.AF_INET else "sit")

    def test_vlan(self):
        self.check_user_space_tunnel("vlan", copies=("encapsulated", "interface"))

    def test_vxlan_alone(self):
        testbed = self.overlay()
        self.check(testbed, testbed.direct(), copies=("encapsulated",))

    def test_synproxy_before_dnat_makes_two_connections(self):
        testbed = self.forwarding()
        translation.dnat(testbed, own=True)
        translation.answer_for_servers(testbed)
        testbed.without_probes()
        agent = self.agent(testbed)
        done = self.exchange(testbed, testbed.by_service(), mixed_connections.orders(lossy=False))
        plan = testbed.plan
        in_front = [dataclasses.replace(leg, edge=(leg.edge[0], plan.services[plan.servers.index(leg.edge[1])],
                                                   str(SERVICE_PORT)))
                    for leg in legs_of(done, plan.clients, plan.servers) if leg.end != "refused"]
        self.check_shown(agent, in_front + legs_of(done, plan.clients, plan.servers))

    def test_a_proxy_makes_two_connections(self):
        testbed = self.forwarding()
        plan = testbed.plan
        node, server = plan.client_gateway, plan.servers[0]
        proxy = self.own(relay.Relay(testbed.node, self.family, node, server))
        agent = self.agent(testbed)
        orders = [order for order in mixed_connections.orders(lossy=True) if order.kind != "refused"]
        done = self.exchange(testbed, [((node, SERVER_PORT), None)] * 2, orders)
        passed = proxy.legs(len(done))
        # Which of its connections belongs to which of the client's does not matter for the sums of an edge.
        for_clients = {client: [to_client for other, to_client, _ in passed if other == client]
                       for client in plan.clients}
        legs = []
        for each, (_, _, to_server) in zip(done, passed):
            client = plan.clients[each.order.client]
            legs.append(Leg((client, node, str(SERVER_PORT)), "fin", each.client, for_clients[client].pop()))
            legs.append(Leg((plan.server_gateway, server, str(SERVER_PORT)), "fin", to_server, each.server))
        self.check_shown(agent, legs)

    def test_tunnelled_connections_older_than_the_agent(self):
        testbed = self.overlay()
        self.check_older(testbed, testbed.direct())

    def test_forwarded_connections_older_than_the_agent(self):
        testbed = self.forwarding()
        self.check_older(testbed, testbed.direct())

    def test_dnat_with_losses(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        self.check(testbed, testbed.by_service(), lossy=True)

    def test_masquerade_with_losses(self):
        testbed = self.forwarding()
        translation.masquerade(testbed)
        self.check(testbed, testbed.direct(), lossy=True)

    def test_masquerade_that_keeps_the_ports(self):
        testbed = self.forwarding()
        translation.masquerade(testbed, change_ports=False)
        self.check(testbed, testbed.direct())

    def test_smaller_segments(self):
        testbed = self.forwarding()
        translation.clamp_segment_size(testbed)
        self.check(testbed, testbed.direct(), lossy=True)

    def test_hairpin_with_losses(self):
        testbed = self.own(HairpinTestbed(self.family))
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service(), lossy=True)

    def test_vxlan_with_losses(self):
        testbed = self.overlay()
        self.check(testbed, testbed.direct(), lossy=True)

    def test_dnat_masquerade_smaller_segments_and_vxlan_with_losses(self):
        testbed = self.overlay()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        translation.clamp_segment_size(testbed)
        self.check(testbed, testbed.by_service(), lossy=True)

    def test_dnat_and_masquerade_on_named_interfaces_with_losses(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service(), interfaces=("eth0", "pod0"), lossy=True)

    def test_dnat_and_masquerade_with_two_workers_and_losses(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service(), "--workers", "2", lossy=True)

    def test_dnat_and_vxlan_on_named_interfaces(self):
        testbed = self.overlay()
        translation.dnat(testbed)
        self.check(testbed, testbed.by_service(), interfaces=("eth0", "tunnel0", "pod0"))

    def test_dnat_and_vxlan_with_two_workers(self):
        testbed = self.overlay()
        translation.dnat(testbed)
        self.check(testbed, testbed.by_service(), "--workers", "2")

    def test_dnat_and_geneve_with_losses(self):
        self.check_user_space_tunnel("geneve", lossy=True, service=True)

    def test_dnat_and_gre_with_losses(self):
        self.check_user_space_tunnel("gre", 1, 2, lossy=True, service=True)

    def test_dnat_and_ip_in_ip_with_losses(self):
        self.check_user_space_tunnel("ipip" if self.family == socket.AF_INET else "sit", lossy=True, service=True)

    def test_dnat_and_a_vlan_for_each_direction_with_losses(self):
        self.check_user_space_tunnel("vlan", 5, 6, lossy=True, service=True, copies=("translated",))


@slow
class CombinedIpv4Test(Combinations, CountedOnceCase):
    family = socket.AF_INET


@slow
class CombinedIpv6Test(Combinations, CountedOnceCase):
    family = socket.AF_INET6


@slow
class CombinedNat64Test(Nat64Case):
    def test_nat64_with_losses(self):
        self.check_nat64(lossy=True)
