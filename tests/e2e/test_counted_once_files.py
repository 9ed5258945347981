# SPDX-License-Identifier: Apache-2.0
"""A connection that a capture shows several times is counted once, whatever its addresses and tunnels on the way.

Each test makes captures (support/view_captures.py), whose right counts are known. It compares these counts with the
metrics, the connection log and the JSON output.
"""
import collections
import dataclasses
import json
import os
import random
import subprocess
import tempfile
import unittest

from support.agent import binary
from support.exposition import Exposition
from support.view_captures import (CLIENT, IN, LONE_CLIENT, OUT, SERVER, UNKNOWN, Capture, Endpoint,
                                   Stretch, bare, both, conversation, dnat, each_way, erspan, geneve, gre, gtp_u, ipip,
                                   nested, snat, unchanged, vlan, vxlan)

VETH, NODE, BRIDGE, TUNNEL = 2, 3, 4, 5  # interfaces
PORT_OFFSET = 10_000                     # between the ports before and after masquerading
REPLACED = "idle_timeout"                # the reason of an end that was not seen
EDGE_COUNTERS = ("connections_opened", "connections_failed", "client_payload_bytes", "server_payload_bytes",
                 "retransmitted_segments")


class Net:
    """The places of a cluster, in one version of IP."""

    def __init__(self, name, prefix):
        self.name = name
        self.clients = [f"{prefix}{number:x}" if ":" in prefix else f"{prefix}{number}" for number in range(100, 140)]
        self.gateway = prefix + "1"
        self.node = prefix + "2"
        self.service = Endpoint(prefix + "10", 80)
        self.pods = [Endpoint(f"{prefix}{number}", 8080) for number in range(20, 29)]
        self.pod = self.pods[0]

    def client(self, number=0):
        return Endpoint(self.clients[number % len(self.clients)], 40_000 + number)


V4, V6 = Net("IPv4", "10.0.0."), Net("IPv6", "fd00::")
NETS = (V4, V6)


def ways_with_translation(net):
    """Each translation: (name, stretches)."""
    masquerade = snat(net.node, PORT_OFFSET)
    return {
        "DNAT": (Stretch(VETH, IN), Stretch(NODE, OUT, dnat(net.pod))),
        "DNAT to another port": (Stretch(VETH, IN), Stretch(NODE, OUT, dnat(Endpoint(net.pod.address, 9999)))),
        "SNAT": (Stretch(VETH, IN), Stretch(NODE, OUT, snat(net.node))),
        "masquerade with another port": (Stretch(VETH, IN), Stretch(NODE, OUT, masquerade)),
        "DNAT and SNAT": (Stretch(VETH, IN), Stretch(NODE, OUT, both(dnat(net.pod), masquerade))),
        "hairpin": (Stretch(VETH, IN),
                    Stretch(VETH, OUT, both(dnat(Endpoint(net.clients[0], 8080)), snat(net.gateway)))),
        "hairpin through a bridge": (Stretch(VETH, IN), Stretch(BRIDGE, IN),
                                     Stretch(BRIDGE, OUT, both(dnat(net.pod), masquerade)),
                                     Stretch(VETH, OUT, both(dnat(net.pod), masquerade))),
        "NodePort, traffic policy Local": (Stretch(NODE, IN), Stretch(VETH, OUT, dnat(net.pod))),
        "NodePort, traffic policy Cluster": (Stretch(NODE, IN), Stretch(NODE, OUT, both(dnat(net.pod), masquerade))),
        "IPVS by NAT": (Stretch(NODE, IN), Stretch(NODE, OUT, dnat(net.pod))),
    }


def ways_with_tunnel():
    """Each tunnel around a connection that is seen bare too: (name, stretches)."""
    wraps = {"VXLAN": vxlan(7), "Geneve": geneve(7), "GRE": gre(), "GRE with a key": gre(7), "ERSPAN": erspan(7),
             "IP in IP": ipip, "GTP-U": gtp_u(0x11, 0x22), "VLAN": vlan(7), "two VLANs": nested(vlan(7), vlan(8)),
             "VXLAN in a VLAN": nested(vxlan(7), vlan(8))}
    return {name: (Stretch(VETH, IN), Stretch(NODE, OUT, wrap=wrap)) for name, wrap in wraps.items()}


def all_ways(net):
    return {**ways_with_translation(net), **ways_with_tunnel(),
            "DNAT and VXLAN": (Stretch(VETH, IN), Stretch(NODE, OUT, dnat(net.pod), vxlan(7)))}


def addresses(client, server, stretches):
    """All that a connection has on its way, as fields of a Known."""
    views = [stretch.translate(client, server) for stretch in stretches]
    return {"clients": frozenset(client for client, _ in views), "servers": frozenset(server for _, server in views)}


class CaptureCase(unittest.TestCase):
    maxDiff = None
    options = ()  # of the agent, besides those that each test needs

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "capture")
        self.log = os.path.join(folder.name, "log.json")

    def run_agent(self, *options):
        done = subprocess.run([binary(), "-T", self.path, "--metrics.window", "3600", *self.options, *options],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def check(self, capture, contents=None, has_late=False):
        """Holds the metrics and the connection log of the capture against what is known. `contents` is the file; by
        default the file is as from `any`."""
        with open(self.path, "wb") as file:
            file.write(capture.cooked() if contents is None else contents)
        if os.path.exists(self.log):
            os.remove(self.log)
        self.metrics = Exposition(self.run_agent("--output", "prometheus", "--connection-log", self.log))
        with open(self.log) as file:
            self.logged = [connection for connection in map(json.loads, file)
                           if connection["client"]["address"] != LONE_CLIENT]
        self.known = capture.known
        self.check_log()
        self.check_totals()
        self.check_edges()
        counted = sum(sum(known.packets.values()) for known in self.known)
        late = self.sum_of("late_segments_total")
        self.assertEqual(late > 0, has_late, "late segments")
        duplicates = self.sum_of("capture_duplicate_packets_total")
        self.assertEqual(duplicates + late, capture.segments - counted, "duplicates")
        self.assertEqual(self.sum_of("decode_errors_total"), 0)
        self.assertEqual(self.sum_of("overflows_total"), 0)

    def sum_of(self, name, **labels):
        return sum(self.metrics.find("tcpgauge_" + name, **labels).values())

    def row_of_known(self, known, *more):
        return (min(known.clients), min(known.servers),
                *(counts[end] for counts in (known.packets, known.payload, known.retransmitted)
                  for end in (CLIENT, SERVER)), *more)

    def row_of(self, connection, *more):
        """As row_of_known(). Where several endpoints are right, the smallest stands for all."""
        client, server = Endpoint(**connection["client"]), Endpoint(**connection["server"])
        for known in self.known:
            if client in known.clients and server in known.servers:
                client, server = min(known.clients), min(known.servers)
                break
        return (client, server, *(connection[f"{end}_{what}"] for what in
                                  ("packets", "payload_bytes", "retransmitted_segments")
                                  for end in ("client", "server")), *more)

    def check_log(self):
        self.assertEqual(sorted(map(str, (self.row_of(connection, connection["end"]) for connection in self.logged))),
                         sorted(map(str, (self.row_of_known(known, known.end) for known in self.known))))

    def check_json(self):
        """Holds the JSON output of the last capture, of which no connection was given up, against what is known."""
        shown = json.loads(self.run_agent("--output", "json", "-r", "86400"))["connections"]
        self.assertEqual(sorted(map(str, map(self.row_of, shown))),
                         sorted(map(str, map(self.row_of_known, self.known))))

    def check_totals(self):
        for midstream, origin in ((False, "handshake"), (True, "midstream")):
            self.assertEqual(self.sum_of("connections_opened_total", origin=origin),
                             sum(known.midstream == midstream for known in self.known), origin)
        for end, name in ((CLIENT, "client"), (SERVER, "server")):
            self.assertEqual(self.sum_of(f"{name}_payload_bytes_total"),
                             sum(known.payload[end] for known in self.known), f"payload of the {name}")
            self.assertEqual(self.sum_of(f"{name}_retransmitted_segments_total"),
                             sum(known.retransmitted[end] for known in self.known), f"retransmissions of the {name}")
        closed = {dict(labels)["reason"]: count
                  for labels, count in self.metrics.find("tcpgauge_connections_closed_total").items() if count}
        self.assertEqual(closed, collections.Counter(known.end for known in self.known if known.end), "closed")

    def check_edges(self):
        edges = collections.defaultdict(lambda: [0] * len(EDGE_COUNTERS))
        for i, counter in enumerate(EDGE_COUNTERS):
            for labels, count in self.metrics.find(f"tcpgauge_edge_{counter}_total").items():
                labels = dict(labels)
                edges[labels["client_address"], labels["server_address"], labels["server_port"]][i] += count
        wanted = collections.defaultdict(lambda: [0] * len(EDGE_COUNTERS))
        for known in self.known:
            server = min(known.servers)
            counts = (1, known.end in ("refused", "handshake_timeout"), known.payload[CLIENT], known.payload[SERVER],
                      sum(known.retransmitted.values()))
            edge = wanted[min(known.clients).address, server.address, str(server.port)]
            edge[:] = map(sum, zip(edge, counts))
        # The edges sum to the totals. While there are places, an edge has series from its first attempt on.
        for i, counter in enumerate(EDGE_COUNTERS):
            self.assertEqual(sum(edge[i] for edge in edges.values()), sum(edge[i] for edge in wanted.values()), counter)
        if all(len(known.clients) == len(known.servers) == 1 for known in self.known):
            edges.pop(("other",) * 3, None)
            self.assertEqual(dict(edges), dict(wanted), EDGE_COUNTERS)

    def each(self, ways_of=all_ways, nets=NETS):
        """Each way in each version of IP: (net, stretches, subTest)."""
        for net in nets:
            for name, stretches in ways_of(net).items():
                yield net, stretches, self.subTest(name, ip=net.name)

    def check_way(self, net, stretches, contents=Capture.cooked, connections=3, variants=({},), expected=None, **more):
        """Some connections at a time, each of which goes this way: as many of each variant of the Conversation."""
        capture = Capture()
        for number in range(connections * len(variants)):
            talk = conversation(net.client(number), net.service, start_us=number * 137, **more,
                                **variants[number % len(variants)])
            capture.carry(talk, *stretches, **(expected or {}))
        self.check(capture, contents(capture), "late_fin_us" in more)


    def check_mixture(self, net):
        """Several hundred connections that go all ways."""
        chance = random.Random(7)
        ways = [*all_ways(net).values(), (Stretch(NODE, IN),), (Stretch(VETH, IN), Stretch(BRIDGE, IN))]
        capture = Capture()
        for number in range(400):
            rounds = ((CLIENT, chance.randrange(2, 2000), chance.randrange(5000)),
                      (SERVER, chance.randrange(2, 30_000), chance.randrange(5000)),
                      (CLIENT, chance.randrange(2, 9000), 0))
            capture.carry(conversation(net.client(number), net.service, rounds=rounds,
                                       start_us=chance.randrange(2_000_000),
                                       end=chance.choice(("fin", "fin", "reset", None))), *chance.choice(ways))
        self.check(capture)

    def check_replaced(self, net, first, second):
        """An open connection that goes the way `first` is replaced by one from the same port that goes another way."""
        capture = Capture()
        old = capture.carry(conversation(net.client(), net.service, end=None), *first, end=REPLACED)
        new = capture.carry(conversation(net.client(), net.service, start_us=200_000), *second)
        # Until it is answered, the SYN is the old connection's.
        old.packets[CLIENT] += 1
        new.packets[CLIENT] -= 1
        self.check(capture)


class OneStretchTest(CaptureCase):
    """What is known is right where nothing is seen twice."""

    def test_a_connection_is_counted(self):
        for net in NETS:
            for contents in (Capture.cooked, Capture.pcapng, Capture.ethernet):
                with self.subTest(contents.__name__, ip=net.name):
                    self.check_way(net, (Stretch(NODE, IN),), contents)
                    self.check_json()

    def test_retransmissions_are_counted(self):
        self.check_way(V4, (Stretch(NODE, IN, loss=0.05), ), connections=20)

    def test_every_end_of_a_connection_is_counted(self):
        for end in ("fin", "reset", "refused", "handshake_timeout", None):
            with self.subTest(end):
                self.check_way(V4, (Stretch(NODE, IN),), end=end)

    def test_a_syn_may_come_again(self):
        self.check_way(V4, (Stretch(NODE, IN),), syns=(None, None))

    def test_a_connection_may_replace_an_open_one(self):
        self.check_replaced(V4, (Stretch(NODE, IN),), (Stretch(NODE, IN),))


class TranslationTest(CaptureCase):
    def test_a_translated_connection_is_counted_once(self):
        for net, stretches, case in self.each(ways_with_translation):
            with case:
                self.check_way(net, stretches)
                self.check_json()

    def test_a_translated_connection_is_counted_once_on_named_interfaces(self):
        for net, stretches, case in self.each(ways_with_translation):
            with case:
                self.check_way(net, stretches, Capture.pcapng)

    def test_the_interfaces_alone_tell_stretches_apart(self):
        for net in NETS:
            with self.subTest(net.name):
                self.check_way(net, (Stretch(VETH, UNKNOWN), Stretch(NODE, UNKNOWN, dnat(net.pod))), Capture.pcapng)

    def test_the_connection_has_the_interface_of_its_first_view(self):
        self.check_way(V4, (Stretch(VETH, IN), Stretch(NODE, OUT, dnat(V4.pod))), Capture.pcapng)
        self.assertEqual({connection["interface"] for connection in self.logged}, {f"if{VETH}"})

    def test_nat64_is_one_connection_where_the_numbers_agree(self):
        inside = both(dnat(V4.pod), snat(V4.node, PORT_OFFSET))
        self.check_way(V6, (Stretch(NODE, IN), Stretch(TUNNEL, IN), Stretch(NODE, OUT, inside, mss=1440)))
        self.check_way(V6, (Stretch(NODE, IN), Stretch(TUNNEL, OUT, inside)))
        self.check_json()

    def test_clients_without_timestamps_are_recognised(self):
        variants = [{"options": options} for options in (("mss", "nop", "scale", "nop", "nop", "sack"), ("mss",), ())]
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, client_clock=None, variants=variants)

    def test_a_clamped_mss_does_not_hide_the_connection(self):
        for net in NETS:
            for first, second in ((65535, 1360), (1360, 1200)):
                with self.subTest(f"{first} and {second}", ip=net.name):
                    self.check_way(net, (Stretch(VETH, IN, mss=first), Stretch(NODE, OUT, dnat(net.pod), mss=second)))
                    self.check_way(net, (Stretch(VETH, IN, mss=first), Stretch(NODE, OUT, wrap=vxlan(7), mss=second)))

    def test_the_client_may_be_behind_the_last_stretch_only(self):
        # The order of the stretches says nothing of who is inside: here the node's own interface comes first.
        for net in NETS:
            with self.subTest(net.name):
                self.check_way(net, (Stretch(NODE, IN, wrap=vxlan(7)), Stretch(BRIDGE, OUT), Stretch(VETH, OUT)))


class TunnelTest(CaptureCase):
    def test_a_connection_that_is_seen_bare_and_in_a_tunnel_is_counted_once(self):
        for net, stretches, case in self.each(lambda net: ways_with_tunnel()):
            with case:
                self.check_way(net, stretches)
                self.check_json()

    def test_the_way_out_of_a_tunnel_is_counted_once(self):
        for net, stretches, case in self.each(lambda net: ways_with_tunnel()):
            with case:
                tunnel = stretches[1].wrap
                self.check_way(net, (Stretch(NODE, IN, wrap=tunnel), Stretch(VETH, OUT)), Capture.pcapng)

    def test_copies_in_a_tunnel_on_one_interface_are_counted_once(self):
        # The encapsulation alone tells the stretches apart.
        for net, stretches, case in self.each(lambda net: ways_with_tunnel()):
            with case:
                self.check_way(net, (Stretch(NODE, UNKNOWN), Stretch(NODE, UNKNOWN, wrap=stretches[1].wrap)),
                               Capture.ethernet)

    def test_the_encapsulation_shown_is_that_of_the_beginning(self):
        self.check_way(V4, (Stretch(VETH, IN), Stretch(NODE, OUT, wrap=vxlan(7))))
        self.assertEqual([connection["tunnels"] for connection in self.logged], [[]] * 3)
        self.check_way(V4, (Stretch(NODE, IN, wrap=vxlan(7)), Stretch(VETH, OUT)))
        self.assertEqual([connection["tunnels"] for connection in self.logged], [[{"type": "vxlan", "id": 7}]] * 3)

    def test_ipvs_by_tunnel_is_counted_once(self):
        # The answers go straight to the client.
        self.check_one_way(ipip)

    def test_ipvs_by_direct_routing_is_counted_once(self):
        # Only the link address changes, and the answers go straight to the client.
        self.check_one_way(bare)

    def check_one_way(self, wrap):
        def to_server(sender, _):
            return sender == CLIENT
        for net in NETS:
            with self.subTest(net.name):
                # Half-closed at the end of the capture.
                self.check_way(net, (Stretch(NODE, IN, carries=to_server),
                                     Stretch(NODE, OUT, wrap=wrap, carries=to_server)), expected={"end": None})


class SeveralViewsTest(CaptureCase):
    def test_dnat_and_vxlan_are_one_connection(self):
        for net in NETS:
            for masquerade in (unchanged, snat(net.node, PORT_OFFSET)):
                translate = both(dnat(net.pod), masquerade)
                with self.subTest(net.name):
                    self.check_way(net, (Stretch(VETH, IN), Stretch(NODE, OUT, translate, vxlan(7))))
                    self.check_json()

    def test_three_and_four_views_are_one_connection(self):
        for net in NETS:
            way = (Stretch(VETH, IN), Stretch(BRIDGE, IN), Stretch(TUNNEL, OUT, dnat(net.pod)),
                   Stretch(NODE, OUT, dnat(net.pod), vxlan(7)),
                   Stretch(6, OUT, dnat(net.pod), nested(vxlan(7), vlan(8))))
            for count in (4, 5):
                for contents in (Capture.cooked, Capture.pcapng):
                    with self.subTest(f"{count} stretches", ip=net.name):
                        self.check_way(net, way[:count], contents)
                        self.check_json()

    def test_a_translation_on_each_side_of_the_tunnel_is_one_connection(self):
        for net in NETS:
            with self.subTest(net.name):
                self.check_way(net, (Stretch(NODE, IN), Stretch(TUNNEL, OUT, snat(net.node, PORT_OFFSET)),
                                     Stretch(TUNNEL, IN, both(dnat(net.pod), snat(net.node, PORT_OFFSET)), geneve(9)),
                                     Stretch(VETH, OUT, both(dnat(net.pod), snat(net.gateway, PORT_OFFSET + 1)))))

    def test_connections_of_all_kinds_are_told_apart(self):
        for net in NETS:
            with self.subTest(net.name):
                self.check_mixture(net)


class WorkersTest(CaptureCase):
    """The views of a connection belong to several workers."""

    # All edges have a place, although each worker has a third of the places.
    options = ("--workers", "3", "--metrics.edges", "2000", "--metrics.series-limit", "40000")

    def test_several_workers_count_the_same(self):
        for net in NETS:
            with self.subTest(net.name):
                self.check_mixture(net)

    def test_several_workers_know_both_ways(self):
        wrap = each_way(vlan(10), vlan(20))
        self.check_way(V4, (Stretch(NODE, UNKNOWN, wrap=wrap),), Capture.ethernet, connections=20)


class DuplicatesTest(CaptureCase):
    WAYS = {"interface": (Stretch(VETH, IN), Stretch(NODE, OUT)),
            "translated": (Stretch(VETH, IN), Stretch(NODE, OUT, dnat(V4.pod))),
            "encapsulated": (Stretch(VETH, IN), Stretch(NODE, OUT, wrap=vxlan(7)))}

    def test_duplicates_are_counted_by_their_kind(self):
        for kind, stretches in self.WAYS.items():
            with self.subTest(kind):
                self.check_way(V4, stretches)
                found = {dict(labels)["kind"]: count for labels, count in
                         self.metrics.find("tcpgauge_capture_duplicate_packets_total").items()}
                duplicates = sum(sum(known.packets.values()) for known in self.known)
                self.assertEqual(found, {**dict.fromkeys(self.WAYS, 0), kind: duplicates})

    def test_with_count_views_each_view_is_a_connection(self):
        for kind, stretches in self.WAYS.items():
            with self.subTest(kind):
                self.check_way(V4, stretches)
                metrics = Exposition(self.run_agent("--output", "prometheus", "--count-views"))
                views = 1 if kind == "interface" else 2
                for name in ("connections_opened_total", "client_payload_bytes_total", "server_payload_bytes_total"):
                    self.assertEqual(sum(metrics.find("tcpgauge_" + name).values()), views * self.sum_of(name), name)


class CutsAndLossTest(CaptureCase):
    def test_offloads_that_cut_segments_differently_change_no_count(self):
        cuts = ((1448, 65535), (65535, 1448), (4344, 1448), (1448, 4344), (2896, 2000))
        for net in NETS:
            for first, second in cuts:
                for name, translate, wrap in (("DNAT", dnat(net.pod), bare), ("VXLAN", unchanged, vxlan(7))):
                    with self.subTest(f"{first} and {second}", way=name, ip=net.name):
                        self.check_way(net, (Stretch(VETH, IN, cut=first, loss=0.02),
                                             Stretch(NODE, OUT, translate, wrap, cut=second)), segment_bytes=8688)

    def test_loss_between_the_stretches_changes_no_count(self):
        rounds = tuple((sender, 50_000, 200) for sender in (CLIENT, SERVER) * 4)
        for net, stretches, case in self.each():
            with case:
                first, *others = stretches
                self.check_way(net, (dataclasses.replace(first, loss=0.02), *others), connections=5, rounds=rounds)
                self.assertGreater(self.sum_of("client_retransmitted_segments_total"), 0)

    def test_loss_on_each_of_four_stretches_changes_no_count(self):
        rounds = tuple((sender, 50_000, 200) for sender in (CLIENT, SERVER) * 4)
        for net in NETS:
            with self.subTest(net.name):
                self.check_way(net, (Stretch(VETH, IN, loss=0.02), Stretch(BRIDGE, IN, loss=0.02),
                                     Stretch(TUNNEL, OUT, dnat(net.pod), loss=0.02),
                                     Stretch(NODE, OUT, dnat(net.pod), vxlan(7), loss=0.02)),
                               connections=10, rounds=rounds)


class AttemptTest(CaptureCase):
    def test_a_syn_that_comes_again_before_its_answer_is_one_attempt(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, variants=({"syns": (None, None)}, {"syns": (None, None, None)}))

    def test_a_syn_that_was_lost_between_the_stretches_is_one_attempt(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, variants=({"syns": (1, None)}, {"syns": (1, 1, None)}))

    def test_a_refused_connection_is_one_attempt(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, end="refused")

    def test_an_unanswered_connection_is_one_attempt(self):
        for net, stretches, case in self.each():
            with case:
                capture = Capture()
                for number in range(6):
                    # Without an answer nobody knows which of its addresses is the server's own.
                    client = net.client(number)
                    capture.carry(conversation(client, net.service, syns=((None,), (None,) * 3)[number % 2],
                                               end="handshake_timeout"),
                                  *stretches, servers=addresses(client, net.service, stretches)["servers"])
                self.check(capture)

    def test_a_syn_ack_that_was_lost_between_the_stretches_changes_no_count(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, variants=({"syn_acks": (1, None)}, {"syn_acks": (None, None)}))

    def test_a_fin_that_comes_again_after_the_end_begins_nothing(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, late_fin_us=5_000_000)

    def test_a_connection_that_replaces_an_open_one_is_counted_once(self):
        for net, stretches, case in self.each():
            with case:
                self.check_replaced(net, stretches, stretches)

    def test_a_connection_that_replaces_an_open_one_reaches_another_backend(self):
        for net in NETS:
            for wrap in (bare, vxlan(7)):
                with self.subTest(net.name):
                    first, second = ((Stretch(VETH, IN), Stretch(NODE, OUT, dnat(pod), wrap)) for pod in net.pods[:2])
                    self.check_replaced(net, first, second)

    def test_a_reset_connection_is_closed_once(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, end="reset")

    def test_an_open_connection_is_counted_once(self):
        for net, stretches, case in self.each():
            with case:
                self.check_way(net, stretches, end=None)

    def test_a_port_that_is_used_again_reaches_another_backend(self):
        for net in NETS:
            for pause_us in (20_000, 500_000, 5_000_000):
                for wrap in (bare, vxlan(7)):
                    with self.subTest(f"after {pause_us} us", ip=net.name):
                        capture = Capture()
                        for number, pod in enumerate(net.pods):
                            capture.carry(conversation(net.client(), net.service, start_us=number * pause_us),
                                          Stretch(VETH, IN), Stretch(NODE, OUT, dnat(pod), wrap))
                        self.check(capture)

    def test_a_port_that_is_used_again_reaches_the_same_backend(self):
        for net, stretches, case in self.each():
            with case:
                capture = Capture()
                for number in range(5):
                    capture.carry(conversation(net.client(), net.service, start_us=number * 20_000), *stretches)
                self.check(capture)


class OtherWayBackTest(CaptureCase):
    """The server's packets take another way than the client's."""

    def test_answers_that_are_seen_on_the_last_view_only_are_counted_there(self):
        def to_server(sender, _):
            return sender == CLIENT
        for net, stretches, case in self.each():
            with case:
                *passed, last = stretches
                there = [dataclasses.replace(stretch, carries=to_server) for stretch in passed]
                self.check_way(net, (*there, last))

    def test_answers_that_are_seen_on_the_first_view_only_are_counted_there(self):
        # The server is known by the address that the client sees.
        def to_server(sender, _):
            return sender == CLIENT
        for net in NETS:
            with self.subTest(net.name):
                self.check_way(net, (Stretch(NODE, IN),
                                     Stretch(TUNNEL, OUT, wrap=vxlan(7), carries=to_server)))

    def test_answers_on_another_interface_are_counted(self):
        for net in NETS:
            for wrap in (bare, vlan(7), gre(7)):
                with self.subTest(net.name):
                    self.check_way(net, (Stretch(NODE, IN, carries=lambda sender, _: sender == CLIENT),
                                         Stretch(VETH, OUT, wrap=wrap, carries=lambda sender, _: sender == CLIENT),
                                         Stretch(TUNNEL, IN, carries=lambda sender, _: sender == SERVER)))

    def test_answers_move_to_another_view_when_the_first_falls_silent(self):
        rounds = ((CLIENT, 300, 0), (SERVER, 20_000, 0), (CLIENT, 300, 3_000_000), (SERVER, 20_000, 0),
                  (CLIENT, 300, 0), (SERVER, 30_000, 0))

        def not_late_answers(sender, time_us):
            return sender == CLIENT or time_us < 1_500_000
        for net, stretches, case in self.each():
            with case:
                *passed, last = stretches
                self.check_way(net, (*passed, dataclasses.replace(last, carries=not_late_answers)), rounds=rounds)

    def test_requests_move_to_another_view_when_the_first_falls_silent(self):
        rounds = ((CLIENT, 300, 0), (SERVER, 20_000, 0), (CLIENT, 300, 3_000_000), (SERVER, 20_000, 0),
                  (CLIENT, 9000, 0))

        def not_late_requests(sender, time_us):
            return sender == SERVER or time_us < 1_500_000
        for net, stretches, case in self.each():
            with case:
                first, *others = stretches
                self.check_way(net, (dataclasses.replace(first, carries=not_late_requests), *others), rounds=rounds)


class MidstreamTest(CaptureCase):
    ROUNDS = ((CLIENT, 300, 0), (CLIENT, 500, 50_000), (SERVER, 20_000, 0), (CLIENT, 9000, 300_000), (SERVER, 9000, 0))

    def check_from(self, begins_us, net, stretches, **more):
        capture = Capture(begins_us)
        for number in range(5):
            talk = conversation(net.client(number), net.service, start_us=number * 137, rounds=self.ROUNDS, **more)
            capture.carry(talk, *stretches, midstream=True)
        self.check(capture)

    def test_a_connection_that_began_before_the_capture_is_counted_once(self):
        for net, stretches, case in self.each():
            with case:
                self.check_from(30_000, net, stretches)
                self.check_from(200_000, net, stretches)

    def test_a_connection_without_timestamps_that_began_before_the_capture_is_counted_once(self):
        for net, stretches, case in self.each():
            with case:
                self.check_from(30_000, net, stretches, client_clock=None)

    def test_a_capture_that_begins_between_two_copies_counts_once(self):
        for net, stretches, case in self.each():
            with case:
                talk = conversation(net.client(), net.service, rounds=self.ROUNDS)
                for number in (1, 3):
                    # The first segment of a round is sent 10 us after the round begins, and seen first 15 us later.
                    begins_us = Capture().carry(talk, *stretches).round_times_us[number] + 26
                    capture = Capture(begins_us)
                    known = capture.carry(talk, *stretches, midstream=True,
                                          **addresses(talk.client, talk.server, stretches))
                    if number == 1:
                        # The segment whose first copy is missing is counted by its second copy.
                        known.packets[CLIENT] += 1
                        known.payload[CLIENT] += 500
                    # In round 3 the next segment is seen nearest to the client before that second copy is seen. So the
                    # client's packets are counted there, and the second copy is one of the duplicates.
                    self.check(capture)


class BeginsInHandshakeTest(CaptureCase):
    """The capture begins within a handshake. `client` and `server` are what is counted besides what is seen nearest."""

    def check_from(self, begins_us, net, stretches, client=0, server=0):
        capture = Capture(begins_us)
        known = capture.carry(conversation(net.client(), net.service), *stretches,
                              **addresses(net.client(), net.service, stretches))
        known.packets[CLIENT] += client
        known.packets[SERVER] += server
        self.check(capture)

    def test_between_two_copies_of_the_syn(self):
        # The SYN is sent after 10 us, and seen first 15 us later.
        for net, stretches, case in self.each():
            with case:
                self.check_from(26, net, stretches, client=1)

    def test_before_the_syn_ack(self):
        for net, stretches, case in self.each():
            with case:
                self.check_from(26 + 15 * (len(stretches) - 1), net, stretches)

    def test_between_two_copies_of_the_syn_ack(self):
        # The answer is sent 30 us after the SYN was seen for the last time.
        for net, stretches, case in self.each():
            with case:
                self.check_from(26 + 15 * len(stretches) + 30, net, stretches, server=1)


class OutOfOrderTest(CaptureCase):
    """Interfaces are read in turn: what one of them saw comes before what another saw a little earlier."""

    def test_a_connection_in_a_tunnel_is_counted_once(self):
        for net, stretches, case in self.each(lambda net: ways_with_tunnel()):
            with case:
                for block_us in (100, 1000, 4000):
                    self.check_in_blocks(block_us, net, stretches)

    def test_a_translated_connection_is_counted_once(self):
        for net, stretches, case in self.each(ways_with_translation):
            with case:
                for block_us in (100, 1000, 4000):
                    self.check_in_blocks(block_us, net, stretches)

    def check_in_blocks(self, block_us, net, stretches):
        """The interface with the lower number is read first, so that both orders of the interfaces occur."""
        capture = Capture()
        reverse = [dataclasses.replace(stretch, interface=9 - stretch.interface) for stretch in stretches]
        for number in range(12):
            way = (stretches, reverse)[number % 2]
            client = net.client(number)
            talk = conversation(client, net.service, start_us=number * 300,
                                rounds=((CLIENT, 300, 0), (SERVER, 3000, 0)))
            # Where one interface is read to the connection's end before the other, only its own addresses are known.
            capture.carry(talk, *way, **addresses(client, net.service, way))
        self.check(capture, capture.pcapng(block_us))


class TwoConnectionsTest(CaptureCase):
    """What resembles a view and is a connection of its own."""

    def test_synproxy_makes_two_connections(self):
        # The proxy's SYN has the numbers and options of the client's. The server's number is not the cookie.
        for net in NETS:
            for delay_us in (200, 100_000):
                for wrap in (bare, vxlan(7)):
                    with self.subTest(f"after {delay_us} us", ip=net.name):
                        capture = Capture()
                        for number in range(3):
                            talk = conversation(net.client(number), net.service, start_us=number * 137)
                            capture.carry(talk, Stretch(NODE, IN))
                            capture.carry(conversation(net.client(number), net.service, client_isn=talk.client_isn,
                                                       client_clock=talk.client_clock - delay_us // 1000,
                                                       start_us=talk.start_us + delay_us),
                                          Stretch(VETH, OUT, dnat(net.pod), wrap))
                        self.check(capture)

    def test_a_proxy_makes_two_connections(self):
        for net in NETS:
            with self.subTest(net.name):
                capture = Capture()
                for number in range(20):
                    start_us = number * 137
                    capture.carry(conversation(net.client(number), net.service, start_us=start_us), Stretch(NODE, IN))
                    capture.carry(conversation(Endpoint(net.gateway, 50_000 + number), net.pod, start_us=start_us + 80),
                                  Stretch(VETH, OUT))
                self.check(capture)

    def test_networks_that_overlap_have_two_connections(self):
        pairs = {"VLANs": (vlan(7), vlan(8)), "a VLAN and none": (bare, vlan(7)), "VNIs": (vxlan(7), vxlan(8)),
                 "GRE keys": (gre(7), gre(8)), "Geneve": (geneve(7), geneve(8)),
                 "tunnels": (vxlan(7), geneve(7))}
        for net in NETS:
            for name, wraps in pairs.items():
                for interfaces in ((NODE, NODE), (NODE, VETH)):
                    for contents in (Capture.cooked, Capture.pcapng):
                        with self.subTest(name, ip=net.name, interfaces=interfaces):
                            capture = Capture()
                            for interface, wrap in zip(interfaces, wraps):
                                capture.carry(conversation(net.client(), net.service),
                                              Stretch(interface, IN, wrap=wrap))
                            self.check(capture, contents(capture))

    def test_networks_that_overlap_have_two_connections_at_other_times(self):
        for net in NETS:
            for offset_us in (60, 500, 20_000):
                with self.subTest(f"{offset_us} us", ip=net.name):
                    capture = Capture()
                    for number, tag in enumerate((7, 8, 9)):
                        capture.carry(conversation(net.client(), net.service, start_us=number * offset_us),
                                      Stretch(NODE, IN, wrap=vlan(tag)))
                    self.check(capture)

    def test_clients_with_one_initial_sequence_number_are_two(self):
        for net in NETS:
            with self.subTest(net.name):
                capture = Capture()
                talk = conversation(net.client(1), net.service)
                capture.carry(talk, Stretch(NODE, IN))
                capture.carry(conversation(net.client(2), net.service, client_isn=talk.client_isn, start_us=300),
                              Stretch(VETH, OUT))
                self.check(capture)

    def test_clients_with_one_initial_sequence_number_and_other_options_are_two(self):
        capture = Capture()
        talk = conversation(V4.client(1), V4.service)
        capture.carry(talk, Stretch(NODE, IN))
        capture.carry(conversation(V4.client(2), V4.service, client_isn=talk.client_isn, client_clock=talk.client_clock,
                                   options=("mss", "nop", "scale", "sack", "ts")), Stretch(VETH, OUT))
        self.check(capture)

    def test_nobody_on_one_link_hides_a_connection(self):
        # The copy has all numbers of the other connection, the server's too.
        for net in NETS:
            for wrap in (bare, vlan(7), vxlan(7)):
                for contents in (Capture.cooked, Capture.pcapng):
                    with self.subTest(contents.__name__, ip=net.name):
                        self.check_twins(net, Stretch(NODE, IN, wrap=wrap), Stretch(NODE, IN, wrap=wrap), contents)

    def test_nobody_on_a_link_without_directions_hides_a_connection(self):
        for net in NETS:
            with self.subTest(net.name):
                self.check_twins(net, Stretch(NODE, UNKNOWN), Stretch(NODE, UNKNOWN), Capture.ethernet)

    def test_nobody_on_one_link_hides_a_connection_that_began_before_the_capture(self):
        rounds = ((CLIENT, 300, 0), (CLIENT, 500, 50_000), (SERVER, 20_000, 0))
        for net in NETS:
            for contents in (Capture.cooked, Capture.pcapng):
                with self.subTest(contents.__name__, ip=net.name):
                    self.check_twins(net, Stretch(NODE, IN), Stretch(NODE, IN), contents, 30_000, rounds=rounds)

    def check_twins(self, net, first, second, contents, begins_us=0, **more):
        capture = Capture(begins_us)
        talk = conversation(net.client(1), net.service, **more)
        midstream = begins_us > 0
        capture.carry(talk, first, midstream=midstream)
        capture.carry(dataclasses.replace(talk, client=net.client(2), start_us=90), second, midstream=midstream)
        self.check(capture, contents(capture))

    def test_a_syn_more_than_a_second_later_is_no_copy(self):
        for net in NETS:
            with self.subTest(net.name):
                capture = Capture()
                talk = conversation(net.client(1), net.service)
                capture.carry(talk, Stretch(NODE, IN))
                late_us = 1_500_000
                capture.carry(conversation(net.client(2), net.pod, start_us=late_us, client_isn=talk.client_isn,
                                           client_clock=talk.client_clock - late_us // 1000), Stretch(VETH, OUT))
                self.check(capture)


class IdentifierOfEachWayTest(CaptureCase):
    """The client's packets carry another identifier than the server's. Each packet is seen once."""

    WRAPS = {"a VLAN each way": ((vlan(10), vlan(20)), (vlan(30), vlan(40))),
             "a VLAN there only": ((vlan(10), bare), (vlan(30), vlan(40))),
             "a VLAN back only": ((bare, vlan(20)), (vlan(30), vlan(40))),
             "a GRE key each way": ((gre(10), gre(20)), (gre(30), gre(40))),
             "a VNI each way": ((vxlan(10), vxlan(20)), (vxlan(30), vxlan(40))),
             "a Geneve VNI each way": ((geneve(10), geneve(20)), (geneve(30), geneve(40))),
             "an ERSPAN session each way": ((erspan(10), erspan(20)), (erspan(30), erspan(40))),
             "a VLAN each way inside VXLAN": ((nested(vlan(10), vxlan(1)), nested(vlan(20), vxlan(1))),
                                              (nested(vlan(10), vxlan(2)), nested(vlan(20), vxlan(2))))}

    def each_wrap(self):
        for net in NETS:
            for name, (first, second) in self.WRAPS.items():
                yield net, each_way(*first), each_way(*second), self.subTest(name, ip=net.name)

    def test_both_ways_are_one_connection(self):
        for net, wrap, _, case in self.each_wrap():
            with case:
                for direction, contents in ((UNKNOWN, Capture.ethernet), (IN, Capture.cooked), (IN, Capture.pcapng)):
                    self.check_way(net, (Stretch(NODE, direction, wrap=wrap),), contents)
                # A mirror shows the packets of both ways as received.
                self.check_way(net, (Stretch(NODE, UNKNOWN, wrap=wrap),), Capture.cooked)

    def test_every_end_is_that_of_one_connection(self):
        for net, wrap, _, case in self.each_wrap():
            with case:
                for end in ("reset", "refused", None):
                    self.check_way(net, (Stretch(NODE, UNKNOWN, wrap=wrap),), Capture.ethernet, end=end)

    def test_a_syn_that_comes_again_is_one_attempt(self):
        for net, wrap, _, case in self.each_wrap():
            with case:
                self.check_way(net, (Stretch(NODE, UNKNOWN, wrap=wrap),), Capture.ethernet, syns=(None, None))

    def test_a_bare_copy_beside_them_is_the_same_connection(self):
        for net, wrap, _, case in self.each_wrap():
            with case:
                self.check_way(net, (Stretch(VETH, IN), Stretch(NODE, OUT, dnat(net.pod), wrap)))

    def test_the_same_addresses_in_two_networks_are_two_connections(self):
        for net, first, second, case in self.each_wrap():
            with case:
                for offset_us in (0, 30, 20_000):
                    capture = Capture()
                    for wrap, start_us in ((first, 0), (second, offset_us)):
                        capture.carry(conversation(net.client(), net.service, start_us=start_us),
                                      Stretch(NODE, UNKNOWN, wrap=wrap))
                    self.check(capture, capture.ethernet())

    def test_a_port_that_is_used_again_is_another_connection(self):
        for net, wrap, _, case in self.each_wrap():
            with case:
                capture = Capture()
                for number in range(4):
                    capture.carry(conversation(net.client(), net.service, start_us=number * 20_000),
                                  Stretch(NODE, UNKNOWN, wrap=wrap))
                self.check(capture, capture.ethernet())


if __name__ == "__main__":
    unittest.main()
