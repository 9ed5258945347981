# SPDX-License-Identifier: Apache-2.0
"""Compares what an agent on a node shows with what the kernels of both ends counted (tcp_info), to the byte.

With losses too: the node loses packets only after the capture has seen them where they came in.
"""
import collections
import dataclasses
import socket

from support import mixed_connections, nat64, standing, translation
from support.agent import Agent
from support.case import NamespaceCase
from support.forwarding import ForwardingTestbed
from support.mixed_connections import REFUSING_PORT, SERVER_PORT
from support.tcp_books import Sent
from support.waiting import wait_until

DUPLICATES = "tcpgauge_capture_duplicate_packets_total"
SETTLED_SECONDS = 20
OLDER = 12  # connections that are older than the agent
OTHER = ("other", "other", "other")
# The test's own questions to the agent cross the loopback.
FILTER = "not net 127.0.0.0/8"


@dataclasses.dataclass(frozen=True)
class Leg:
    """One connection that the agent has to show: its edge, how it ended, and what its ends sent."""

    edge: tuple
    end: str
    client: Sent
    server: Sent


@dataclasses.dataclass(frozen=True)
class Edge:
    """The counts of an edge."""

    opened: int = 0
    failed: int = 0
    client_bytes: int = 0
    server_bytes: int = 0
    retransmitted: int = 0

    def payload(self):
        return self.client_bytes, self.server_bytes, self.retransmitted

    def plus(self, leg):
        return Edge(self.opened + 1, self.failed + (leg.end == "refused"), self.client_bytes + leg.client.bytes,
                    self.server_bytes + leg.server.bytes,
                    self.retransmitted + leg.client.retransmitted_segments + leg.server.retransmitted_segments)


def legs_of(done, clients, servers):
    """The connections between clients and servers that the agent has to show."""
    legs = []
    for each in done:
        end = each.order.kind if each.order.kind in ("refused", "reset") else "fin"
        port = REFUSING_PORT if end == "refused" else SERVER_PORT
        legs.append(Leg((clients[each.order.client], servers[each.order.service], str(port)), end, each.client,
                        each.server or Sent()))
    return legs


def wanted(legs):
    """What the agent has to show of all connections together."""
    client = sum((leg.client for leg in legs), Sent())
    server = sum((leg.server for leg in legs), Sent())
    return {"opened": len(legs), "opened midstream": 0,
            "client payload": client.bytes, "server payload": server.bytes,
            "client retransmitted": client.retransmitted_segments,
            "server retransmitted": server.retransmitted_segments,
            "closed": dict(collections.Counter(leg.end for leg in legs))}


def wanted_edges(legs):
    edges = collections.defaultdict(Edge)
    for leg in legs:
        edges[leg.edge] = edges[leg.edge].plus(leg)
    return dict(edges)


def shown(metrics):
    """What it shows, named as in wanted()."""
    def total(name, **labels):
        return int(sum(metrics.find(f"tcpgauge_{name}_total", **labels).values()))
    return {"opened": total("connections_opened", origin="handshake"),
            "opened midstream": total("connections_opened", origin="midstream"),
            "client payload": total("client_payload_bytes"), "server payload": total("server_payload_bytes"),
            "client retransmitted": total("client_retransmitted_segments"),
            "server retransmitted": total("server_retransmitted_segments"),
            "closed": {dict(labels)["reason"]: int(value)
                       for labels, value in metrics.find("tcpgauge_connections_closed_total").items() if value}}


def shown_edges(metrics):
    """{(client's address, server's address, server's port): Edge}."""
    edges = {}
    for labels in metrics.find("tcpgauge_edge_connections_opened_total"):
        named = dict(labels)
        # Failed connections have a series for each reason.
        edges[named["client_address"], named["server_address"], named["server_port"]] = Edge(*(
            int(sum(metrics.find(f"tcpgauge_edge_{name}_total", **named).values())) for name in (
                "connections_opened", "connections_failed", "client_payload_bytes", "server_payload_bytes",
                "retransmitted_segments")))
    return edges


class CountedOnceCase(NamespaceCase):
    """What the tests of one `family` of addresses share. The classes of tests set it."""

    tools = ("ethtool", "nft")
    family = None
    maxDiff = None

    def forwarding(self, **how):
        return self.own(ForwardingTestbed(self.family, **how))

    def agent(self, testbed, *options, interfaces=("any",)):
        chosen = [word for interface in interfaces for word in ("-i", interface)]
        try:
            return self.own(Agent(testbed.node, *chosen, "--buffer-size", "65536", *options, FILTER))
        except AssertionError as error:
            if "--workers" in options and "ended at once" in str(error) and "workers" in str(error):
                self.skipTest(f"the agent refuses several workers: {error}")
            raise

    def exchange(self, testbed, services, orders):
        server = self.own(mixed_connections.Server(testbed.server, testbed.servers_family))
        done = mixed_connections.exchange(testbed.client, self.family, testbed.plan.clients, services, server, orders)
        self.assertEqual(testbed.lost_before_the_node(), 0, "packets that no capture on the node can have seen")
        for each in done:
            if each.server:
                self.assertEqual(each.client.bytes - each.client.retransmitted_bytes, each.order.client_payload())
                self.assertEqual(each.server.bytes - each.server.retransmitted_bytes, each.order.down)
        return done

    def check(self, testbed, services, *options, interfaces=("any",), lossy=False, copies=()):
        """That the agent on the node shows what went to the services, once. `copies`: see check_shown()."""
        if lossy:
            translation.lose(testbed)
        else:
            testbed.without_probes()
        agent = self.agent(testbed, *options, interfaces=interfaces)
        done = self.exchange(testbed, services, mixed_connections.orders(lossy))
        legs = legs_of(done, testbed.plan.clients, testbed.plan.servers)
        if lossy:
            self.assertGreater(sum(leg.client.retransmitted_segments for leg in legs), 0, "no losses")
        self.check_shown(agent, legs, copies)

    def check_shown(self, agent, legs, copies=()):
        """`copies`: kinds of duplicates; of one of them there must have been some."""
        want = wanted(legs)
        metrics = self.settled(agent, len(legs))
        self.assertEqual(sum(metrics.find("tcpgauge_capture_dropped_packets_total").values()), 0,
                         "the capture lost packets")
        got = shown(metrics)
        print("  " + "; ".join(f"{name} {got[name]} of {want[name]}" for name in want), flush=True)
        self.assertEqual(got, want)
        self.check_edges(shown_edges(metrics), wanted_edges(legs))
        if copies:
            self.assertGreater(sum(sum(metrics.find(DUPLICATES, kind=kind).values()) for kind in copies), 0,
                               f"copies of the kinds {copies}")

    def check_edges(self, got, want):
        """An attempt counts under "other" until its edge has series: those that began before the first handshake."""
        other = got.pop(OTHER, Edge())
        self.assertEqual({key: edge.payload() for key, edge in got.items() if any(edge.payload())},
                         {key: edge.payload() for key, edge in want.items() if any(edge.payload())})
        self.assertEqual(other.payload(), Edge().payload(), "no payload is without its edge")
        for field in ("opened", "failed"):
            self.assertEqual(sum(getattr(edge, field) for edge in (*got.values(), other)),
                             sum(getattr(edge, field) for edge in want.values()), f"{field}, over all edges")
            for key, edge in want.items():
                missing = getattr(edge, field) - getattr(got.get(key, Edge()), field)
                self.assertTrue(0 <= missing <= mixed_connections.CLIENTS, f"{key}: {missing} {field} are missing")
        self.assertLessEqual(set(got), set(want))

    def settled(self, agent, opened):
        """The metrics once that many connections were opened, and no connection is tracked any more.

        Without that end, the metrics as they are: then the comparison fails, and shows them.
        """
        def look():
            metrics = agent.metrics()
            if sum(metrics.find("tcpgauge_connections_opened_total").values()) < opened:
                return None
            return metrics if sum(metrics.find("tcpgauge_connections").values()) == 0 else None
        try:
            return wait_until(look, f"{opened} connections, which have all ended", SETTLED_SECONDS)
        except AssertionError:
            return agent.metrics()

    def check_older(self, testbed, services):
        """That connections from before the agent's start are shown once, with what they carry from then on."""
        plan = testbed.plan
        pairs = self.own(standing.StandingConnections(testbed, self.family, services, OLDER))
        pairs.exchange(1000, 1000)
        agent = self.agent(testbed)
        pairs.exchange(20_000, 30_000)
        pairs.end()
        edges = collections.defaultdict(lambda: [0, 0])
        for client, service, client_bytes, server_bytes in pairs.sent_since_first_exchange():
            edge = edges[plan.clients[client], plan.servers[service], str(SERVER_PORT)]
            edge[0] += client_bytes
            edge[1] += server_bytes
        metrics = self.settled(agent, OLDER)
        got = shown(metrics)
        self.assertEqual((got["opened"], got["opened midstream"], got["closed"]), (0, OLDER, {"fin": OLDER}))
        self.assertEqual({key: [edge.client_bytes, edge.server_bytes] for key, edge in shown_edges(metrics).items()
                          if key != OTHER}, dict(edges))
        self.assertEqual([got["client payload"], got["server payload"]], [sum(each) for each in zip(*edges.values())])

    def overlay(self):
        testbed = self.forwarding(far=True)
        try:
            testbed.add_vxlan()
        except RuntimeError as error:
            self.skipTest(f"the kernel has no VXLAN: {error}")
        return testbed

    def check_user_space_tunnel(self, kind, id_there=7, id_back=7, lossy=False, service=False,
                                copies=("encapsulated",)):
        testbed = self.forwarding(far=True)
        testbed.add_user_space_tunnel(kind, id_there, id_back)
        if service:
            translation.dnat(testbed)
        self.check(testbed, testbed.by_service() if service else testbed.direct(), lossy=lossy, copies=copies)


class Nat64Case(CountedOnceCase):
    tools = (*CountedOnceCase.tools, "tayga")
    family = socket.AF_INET6

    def check_nat64(self, **how):
        testbed = self.forwarding(servers_family=socket.AF_INET)
        self.own(nat64.Nat64(testbed))
        self.check(testbed, [tuple((nat64.address_of(address), port) for address, port in service)
                             for service in testbed.direct()], **how)
