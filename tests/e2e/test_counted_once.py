# SPDX-License-Identifier: Apache-2.0
"""A node counts each connection once, however often the connection crosses it and under whatever addresses."""
import socket

from support import translation
from support.counted_once import CountedOnceCase, Nat64Case
from support.forwarding import HairpinTestbed


class Situations:
    """Each test is one way across the node. Run for IPv4 and for IPv6."""

    def test_forwarded(self):
        testbed = self.forwarding()
        self.check(testbed, testbed.direct())

    def test_dnat_alone(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        self.check(testbed, testbed.by_service(), copies=("translated",))

    def test_dnat_and_masquerade_with_losses(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service(), lossy=True)

    def test_dnat_and_masquerade_on_named_interfaces(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service(), interfaces=("eth0", "pod0"))

    def test_dnat_and_masquerade_with_two_workers(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service(), "--workers", "2")

    def test_hairpin(self):
        testbed = self.own(HairpinTestbed(self.family))
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check(testbed, testbed.by_service())

    def test_dnat_masquerade_and_smaller_segments(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        translation.clamp_segment_size(testbed)
        self.check(testbed, testbed.by_service())

    def test_dnat_and_vxlan(self):
        testbed = self.overlay()
        translation.dnat(testbed)
        self.check(testbed, testbed.by_service(), copies=("translated", "encapsulated"))

    def test_geneve(self):
        self.check_user_space_tunnel("geneve")

    def test_gre_with_a_key_for_each_direction(self):
        self.check_user_space_tunnel("gre", 1, 2)

    def test_synproxy(self):
        testbed = self.forwarding()
        translation.answer_for_servers(testbed)
        # Two handshakes, but one 4-tuple, and the same bytes on both sides.
        self.check(testbed, testbed.direct())

    def test_connections_older_than_the_agent(self):
        testbed = self.forwarding()
        translation.dnat(testbed)
        translation.masquerade(testbed)
        self.check_older(testbed, testbed.by_service())


class CountedOnceIpv4Test(Situations, CountedOnceCase):
    family = socket.AF_INET


class CountedOnceIpv6Test(Situations, CountedOnceCase):
    family = socket.AF_INET6


class CountedOnceNat64Test(Nat64Case):
    def test_nat64(self):
        self.check_nat64(copies=("translated",))
