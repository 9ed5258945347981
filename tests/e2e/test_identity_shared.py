# SPDX-License-Identifier: Apache-2.0
"""Clients that share the host's address: each is named by its own socket, or is unknown, and never has another's name."""
import collections
import json
import os
import random
import secrets
import signal
import socket
import tempfile

from support.naming_case import UNKNOWN, NamingCase, edges_of, labels, of_host, of_pod
from support.waiting import holds_for, wait_until
from support.workloads import Talk

SHORT_CLIENTS = 100
PORTS, CHURN_SECONDS = 6, 30
A, B = of_host("a.service"), of_host("b.service")


class SharedAddressTest(NamingCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = os.path.join(folder.name, "log")
        self.a, self.b = self.node.process("system.slice/a.service"), self.node.process("system.slice/b.service")
        self.start("--connection-log", self.log)

    def logged_clients(self, count, by_server_port=False):
        """Ends the agent, once `count` connections have ended: {client's port: the names that the log has for it, in the
        order of the ends}. `by_server_port`: {(client's port, server's port): the same}."""
        def ended():
            return sum(self.agent.metrics().find("tcpgauge_connections_closed_total").values()) >= count
        wait_until(ended, "all connections have ended")
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0, self.agent.stderr())
        names = {}
        with open(self.log) as file:
            for line in map(json.loads, file):
                ports = line["client"]["port"], line["server"]["port"]
                names.setdefault(ports if by_server_port else ports[0], []).append(self.known_of(line["client"]))
        return names

    def test_two_units_with_one_server_are_two_edges(self):
        there = self.outside.listen(self.outside.address)
        talks = {"a.service": Talk(self.a, there), "b.service": Talk(self.b, there)}

        def talk_on():
            for talk in talks.values():
                talk.exchange()
        wanted = {labels(A), labels(B)}
        metrics = self.wait_for_metrics(lambda metrics: wanted <= set(edges_of(metrics, talks["a.service"])), "two edges",
                                        talk_on)
        self.assertLessEqual(set(edges_of(metrics, talks["a.service"])), {*wanted, labels()})
        for name, talk in talks.items():
            self.assert_row(talk, of_host(name), UNKNOWN)
        # What each sends from now on is counted for itself.
        edges = "tcpgauge_edge_client_payload_bytes_total"
        before = edges_of(metrics, talks["a.service"], edges)
        talks["a.service"].exchange(client_bytes=1000)
        talks["b.service"].exchange(client_bytes=5000)
        sent = sum(talk.client_bytes for talk in talks.values())
        metrics = self.wait_for_metrics(lambda metrics: sum(edges_of(metrics, talks["a.service"], edges).values()) == sent,
                                        "all bytes are counted")
        after = edges_of(metrics, talks["a.service"], edges)
        # The exposition may lack the bytes of the last exchange before it.
        self.assertIn(after[labels(A)] - before[labels(A)], (1000, 1010))
        self.assertIn(after[labels(B)] - before[labels(B)], (5000, 5010))
        self.assertEqual(after.get(labels(), 0), before.get(labels(), 0))
        self.assert_sums(metrics)

    def test_a_client_between_two_rounds_is_unknown_or_named_right(self):
        there = self.outside.listen(self.outside.address)
        # Long clients of the other unit, so that names are known for the address.
        long = [Talk(self.b, there) for _ in range(3)]
        for talk in long:
            self.wait_for_edge(talk, labels(B))
        ports = []
        for _ in range(SHORT_CLIENTS):
            talk = Talk(self.a, there).exchange()
            ports.append(talk.client_port)
            talk.close()
        metrics = self.wait_for_metrics(
            lambda metrics: sum(edges_of(metrics, long[0], "tcpgauge_edge_client_payload_bytes_total").values()) ==
            sum(talk.client_bytes for talk in long) + 10 * SHORT_CLIENTS, "all bytes are counted")
        self.assertLessEqual(edges_of(metrics, long[0])[labels(B)], len(long))
        names = self.logged_clients(SHORT_CLIENTS)
        for port in ports:
            self.assertIn(names[port], ([UNKNOWN], [A]))
        self.assertIn([UNKNOWN], [names[port] for port in ports])

    def test_a_port_that_goes_to_another_unit_takes_no_name_along(self):
        there = self.outside.listen(self.outside.address)
        first = Talk(self.a, there)
        self.wait_for_edge(first, labels(A))
        self.assert_row(first, A, UNKNOWN)
        source = (first.client_address, first.client_port)
        first.reset()
        # Before the next round, unless it is just being made.
        second = Talk(self.b, there, source=source).exchange()
        second.reset()
        third = Talk(self.b, there, source=source).exchange()
        self.wait_for_edge(third, labels(B))
        self.assert_row(third, B, UNKNOWN)
        third.reset()
        ports = self.logged_clients(3)
        self.assertEqual(len(ports[first.client_port]), 3)
        self.assertEqual(ports[first.client_port][0], A)
        self.assertIn(ports[first.client_port][1], (UNKNOWN, B))
        self.assertEqual(ports[first.client_port][2], B)

    def test_an_attempt_that_was_given_up_gets_no_name_of_the_next_user_of_its_port(self):
        # A program that gives up says nothing to the network. So the attempt looks alive for two minutes.
        away = "203.0.113.9"
        self.node.namespace.run("ip", "route", "add", away, "via", self.outside.address, "dev", "eth0")
        attempt = self.a.socket(away)
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind((self.node.address, 0))
        attempt.setblocking(False)
        attempt.connect_ex((away, 80))
        port = attempt.getsockname()[1]

        def row():
            status, body = self.agent.get(f"/api/v1/connections?filter=server:{away}")
            return json.loads(body)["connections"]
        wait_until(row, "the attempt")
        # Its edge is told of it soon after its SYN is repeated.
        pending = "tcpgauge_edge_attempts_pending"
        self.wait_for_metrics(lambda metrics: metrics.value(pending) == 0, "the attempt belongs to an edge")
        attempt.close()
        talk = Talk(self.b, self.outside.listen(self.outside.address), source=(self.node.address, port))
        self.wait_for_edge(talk, labels(B))
        self.assertIn(self.known_of(row()[0]["client"]), (UNKNOWN, A))

    def test_whoever_comes_and_goes_no_client_has_the_name_of_another(self):
        pod = self.node.host_pod("ingress-6d4b75cb6d-x7x2k")
        clients = [(self.a, A), (self.b, B), (pod, of_pod(pod, "ingress"))]
        servers = [outside.listen(outside.address) for outside in self.node.outsides]
        seed = secrets.randbits(32)
        print(f"  seed {seed}", flush=True)
        chance = random.Random(seed)
        talks = {}  # by server and place: (connection, client's names)
        ports = []  # by place; all clients have these few ports in turn
        begun = collections.defaultdict(list)  # by client's and server's port: names of the clients, in order
        for _ in range(PORTS):
            talk = Talk(self.a, servers[0])
            ports.append(talk.client_port)
            begun[talk.client_port, talk.server_port].append(A)
            talk.reset()

        def step():
            number, place = chance.randrange(len(servers)), chance.randrange(PORTS)
            if (number, place) in talks:
                talks.pop((number, place)).reset()
            client, names = chance.choice(clients)
            talk = Talk(client, servers[number], source=(self.node.address, ports[place])).exchange()
            begun[talk.client_port, talk.server_port].append(names)
            talks[number, place] = talk
            return True
        self.assertTrue(holds_for(step, CHURN_SECONDS))
        for talk in talks.values():
            talk.reset()
        logged = self.logged_clients(sum(map(len, begun.values())), by_server_port=True)
        known = 0
        for ports_of_ends, names in begun.items():
            self.assertEqual(len(logged[ports_of_ends]), len(names))
            for got, wanted in zip(logged[ports_of_ends], names):
                self.assertIn(got, (UNKNOWN, wanted))
                known += got == wanted
        print(f"  {sum(map(len, begun.values()))} connections, {known} named", flush=True)
        self.assertGreater(known, 0)

    def test_two_units_with_one_port_are_not_mixed_up(self):
        # The kernel gives a port to several clients, as long as their servers differ.
        servers = [outside.listen(outside.address) for outside in self.node.outsides]
        first = Talk(self.a, servers[0], source=(self.node.address, 0))
        second = Talk(self.b, servers[1], source=(self.node.address, first.client_port))
        self.assertEqual(first.client_port, second.client_port)
        control = Talk(self.a, servers[0])
        self.wait_for_edge(control, labels(A))
        for talk, name in ((first, A), (second, B)):
            talk.exchange()
            known = self.known_of(self.row_of(talk)["client"])
            self.assertIn(known, (UNKNOWN, name))

    def test_units_that_talk_to_each_other_over_the_hosts_address(self):
        listener = self.b.listen(self.node.address)
        talk = Talk(self.a, listener)
        self.wait_for_edge(talk, labels(A, B))
        self.assert_row(talk, A, B)
