# SPDX-License-Identifier: Apache-2.0
"""What workloads say to each other: each connection once for each side that is on the node, whoever the pods are."""
import collections

from support.naming_case import NamingCase, labels, of_host, of_pod, workload_edges_of
from support.workloads import Talk

REPORTERS = ("client", "server", "transit")
WORKLOAD_EDGE, OTHER = "tcpgauge_workload_edge_", "tcpgauge_workload_edge_other_"
BYTES = {"client": "client_payload_bytes_total", "server": "server_payload_bytes_total"}
PORT = 5432
REPLICA_SETS = ("6d4b75cb6d", "7c9f8d6b54", "5f6d7c8b9c")
WEB, DB, EXTERNAL = ("shop", "web"), ("shop", "db"), ("", "external")


class Books:
    """What was sent, by reporter and workload edge: {(reporter, client, server, port): [connections, bytes, bytes]}."""

    def __init__(self):
        self._talks = []

    def add(self, talk, client, server, *reporters):
        """Notes a connection, of which nothing was sent yet."""
        self._talks.append((talk, client, server, reporters))
        return talk

    def talks(self):
        return [talk for talk, *_ in self._talks]

    def client_bytes(self):
        return sum(talk.client_bytes for talk in self.talks())

    def edges(self, of_server=False):
        """The payload of one end: {(reporter, client, server, port): bytes}."""
        sums = collections.Counter()
        for talk, client, server, reporters in self._talks:
            for reporter in reporters:
                sums[reporter, client, server, str(talk.server_port)] += talk.server_bytes if of_server else talk.client_bytes
        return sums

    def opened(self):
        sums = collections.Counter()
        for talk, client, server, reporters in self._talks:
            for reporter in reporters:
                sums[reporter, client, server, str(talk.server_port)] += 1
        return sums


def exported(metrics, name):
    """The same, as /metrics says."""
    return {(reporter, key[:2], key[2:4], key[4]): value for reporter in REPORTERS
            for key, value in workload_edges_of(metrics, name, reporter).items()}


def series(metrics):
    """How many samples there are of workload edges."""
    return sum(name.startswith(WORKLOAD_EDGE) for name, _ in metrics.samples)


class WorkloadEdgesTest(NamingCase):
    def make_pods(self):
        self.webs = [self.node.pod(f"web-6d4b75cb6d-{suffix}") for suffix in ("x7x2k", "2lkqz")]
        self.dbs = [self.node.pod(f"db-{number}") for number in range(2)]

    def talk(self):
        """Talks between the pods, with the world outside, and through the node."""
        books = Books()
        outside, beyond = self.node.outsides
        there, across = outside.listen(outside.address), beyond.listen(beyond.address)
        for web, db in zip(self.webs, self.dbs):
            books.add(Talk(web, db.listen(db.address, PORT)), WEB, DB, "client", "server")
            books.add(Talk(outside, web.listen(web.address, PORT)), EXTERNAL, WEB, "server")
            for _ in range(3):
                books.add(Talk(web, there), WEB, EXTERNAL, "client")
        books.add(Talk(outside, across), EXTERNAL, EXTERNAL, "transit")
        for number, talk in enumerate(books.talks(), 1):
            talk.exchange(client_bytes=100 * number, server_bytes=10 * number)
        self.counted = self.wait_for_metrics(
            lambda metrics: metrics.value("tcpgauge_client_payload_bytes_total") == books.client_bytes(), "all is counted")
        return books

    def check_edges(self, books):
        for end, name in BYTES.items():
            self.assertEqual(exported(self.counted, name), books.edges(of_server=end == "server"))
        self.assertEqual(exported(self.counted, "connections_opened_total"), books.opened())
        self.assertEqual(exported(self.counted, "handshake_rtt_seconds_count"), books.opened())
        self.assertEqual(exported(self.counted, "connections"), books.opened())
        self.check_reporters(books)
        self.assert_sums(self.counted)

    def check_reporters(self, books):
        """Law 2 within each reporter."""
        for end, name in BYTES.items():
            for reporter in REPORTERS:
                wanted = sum(value for key, value in books.edges(of_server=end == "server").items() if key[0] == reporter)
                got = sum(workload_edges_of(self.counted, name, reporter).values())
                self.assertEqual(got + self.counted.value(OTHER + name, reporter=reporter), wanted, (reporter, end))

    def test_each_side_on_the_node_reports_each_connection_once(self):
        self.make_pods()
        self.start()
        books = self.talk()
        self.check_edges(books)
        for name in BYTES.values():
            self.assertEqual(set(self.counted.find(OTHER + name).values()), {0})

    def test_edges_that_are_folded_into_other_count(self):
        self.make_pods()
        self.start(edges=0)
        self.check_edges(self.talk())

    def test_edges_beyond_the_bound_are_in_the_other_of_their_reporter(self):
        self.make_pods()
        # Few edges, so that the limit of series leaves room for it.
        self.start("--metrics.workload-edges", "1", edges=20)
        books = self.talk()
        self.check_reporters(books)
        self.assertEqual(len(exported(self.counted, BYTES["client"])), 1)
        self.start_again("--metrics.workload-edges", "0")
        books = self.talk()
        self.check_reporters(books)
        self.assertEqual(exported(self.counted, BYTES["client"]), {})

    def start_again(self, *options):
        self.agent.close()
        self.start(*options)

    def test_a_unit_is_a_workload(self):
        self.make_pods()
        unit = self.node.process("system.slice/backup.service")
        self.start()
        talk = Talk(unit, self.dbs[0].listen(self.dbs[0].address, PORT))
        self.wait_for_edge(talk, labels(of_host("backup.service"), of_pod(self.dbs[0], "db")))
        self.counted = self.wait_for_metrics(
            lambda metrics: metrics.value("tcpgauge_client_payload_bytes_total") == talk.client_bytes, "all is counted")
        edges = exported(self.counted, BYTES["client"])
        for reporter in ("client", "server"):
            named = edges[reporter, ("", "backup.service"), DB, str(PORT)]
            # What was sent before the unit was known stays where it was credited.
            self.assertEqual(named + edges[reporter, EXTERNAL, DB, str(PORT)], talk.client_bytes)
            self.assertGreater(named, 0)

    def test_pods_that_are_replaced_add_no_series(self):
        self.start()
        there = self.outside.listen(self.outside.address)
        books, counts = Books(), []
        for replica_set in REPLICA_SETS:
            pods = [self.node.pod(f"web-{replica_set}-x7x2{letter}") for letter in "bcdfghjklm"]
            for pod in pods:
                self.wait_for_endpoint(pod.address, pod)
            for pod in pods:
                books.add(Talk(pod, there).exchange(), WEB, EXTERNAL, "client")
                books.add(Talk(self.outside, pod.listen(pod.address, PORT)).exchange(), EXTERNAL, WEB, "server")
            self.counted = self.wait_for_metrics(
                lambda metrics: metrics.value("tcpgauge_client_payload_bytes_total") == books.client_bytes(),
                "all is counted")
            counts.append(series(self.counted))
            self.assertEqual(exported(self.counted, BYTES["client"]), books.edges())
            self.assertEqual(exported(self.counted, "connections_opened_total"), books.opened())
            for talk in books.talks():
                talk.close()
            for pod in pods:
                pod.close()
        self.assertEqual(counts, [counts[0]] * len(REPLICA_SETS))
        self.assert_sums(self.counted)
