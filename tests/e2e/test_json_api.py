# SPDX-License-Identifier: Apache-2.0
"""Checks the answers of the JSON API against docs/openapi.json."""
import gzip
import json
import os
import re
import socket
import unittest
import urllib.parse
import urllib.request

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import wait_until

try:
    import jsonschema
except ImportError:
    jsonschema = None

_OPENAPI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "openapi.json")


class JsonApiTest(NamespaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if jsonschema is None:
            raise unittest.SkipTest("jsonschema (Debian's python3-jsonschema) is missing")
        with open(_OPENAPI) as file:
            cls.document = json.load(file)

    def setUp(self):
        self.testbed = self.own(Testbed())
        self.agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface))

    def check(self, path, status, schema):
        """The answer as Python values, once it is as the document says."""
        got, body = self.agent.get(path)
        self.assertEqual(got, status, body[:300])
        answer = json.loads(body)
        root = {**self.document, "$ref": f"#/components/schemas/{schema}"}
        jsonschema.Draft202012Validator(root).validate(answer)
        return answer

    def connections(self, **parameters):
        return self.check("/api/v1/connections?" + urllib.parse.urlencode(parameters), 200, "Connections")

    def wait_for(self, count):
        return wait_until(lambda: (lambda a: a if len(a["connections"]) == count else None)(self.connections()),
                          f"{count} connections")

    def test_answers_are_as_the_document_says(self):
        self.check("/api/v1/connections", 200, "Connections")
        talk = self.own(Conversation(self.testbed, 7000))
        talk6 = self.own(Conversation(self.testbed, 7001, ipv6=True))
        talk.client_sends(1000)
        talk6.server_sends(2000)
        answer = self.wait_for(2)
        self.check("/api/v1/status", 200, "Status")
        rows = {row["server"]["port"]: row for row in answer["connections"]}
        self.assertEqual(rows[7000]["client"]["address"], talk.labels["client_address"])
        self.assertEqual(rows[7001]["server"]["address"], "2001:db8::2")
        wait_until(lambda: [row["client_payload_bytes"] for row in
                            self.connections(filter="port:7000")["connections"]] == [1000], "the bytes that were sent")

    def test_the_history_is_as_the_document_says(self):
        self.check("/api/v1/history", 200, "History")
        talk = self.own(Conversation(self.testbed, 7000))
        talk.client_sends(1000)
        for query in (f"server={talk.server_endpoint}", f"client={talk.labels['client_address']}", "limit=1"):
            wait_until(lambda query=query: self.check(f"/api/v1/history?{query}", 200, "History")["edges"],
                       "the edge is in the history")
        for query, named in (("server=web:80", "server"), ("client=web", "client"), ("limit=101", "limit"),
                             ("since=now", "since"), ("server=10.0.0.1:80&server=10.0.0.1:80", "2 times")):
            self.assertIn(named, self.check("/api/v1/history?" + query, 400, "Error")["error"])

    def test_sorts_limits_and_filters(self):
        talks = [self.own(Conversation(self.testbed, 7000 + number)) for number in range(3)]
        for talk, size in zip(talks, (1000, 3000, 2000)):
            talk.client_sends(size)

        def ports(**parameters):
            return [row["server"]["port"] for row in self.connections(**parameters)["connections"]]
        wait_until(lambda: self.connections()["matching"]["client_payload_bytes"] == 6000, "all bytes are counted")
        self.assertEqual(ports(sort="bytes"), [7001, 7002, 7000])
        self.assertEqual(ports(sort="-bytes", limit=2), [7000, 7002])
        self.assertEqual(ports(sort="server", filter="port:7001-7002"), [7001, 7002])
        answer = self.connections(limit=1, filter="!port:7000")
        self.assertEqual((len(answer["connections"]), answer["matching"]["connections"],
                          answer["matching"]["client_payload_bytes"], answer["connections_in_all"]), (1, 2, 5000, 3))

    def test_every_sort_of_the_document_is_taken_and_no_other(self):
        for name in ("connections", "edges", "services"):
            path, schema = f"/api/v1/{name}", name.capitalize()
            parameters = self.document["paths"][path]["get"]["parameters"]
            pattern = next(parameter["schema"]["pattern"] for parameter in parameters if parameter["name"] == "sort")
            sorts = re.search(r"\((.*)\)", pattern)[1].split("|")
            for sort in sorts:
                self.check(f"{path}?sort={sort}", 200, schema)
                self.check(f"{path}?sort=-{sort}", 200, schema)
            error = self.check(f"{path}?sort=speed", 400, "Error")["error"]
            self.assertIn(", ".join(sorts), error)

    def test_edges_and_services_add_up_to_the_totals(self):
        talks = [self.own(Conversation(self.testbed, 7000, keep_listening=True)), self.own(Conversation(self.testbed, 7001)),
                 self.own(Conversation(self.testbed, 7000, ipv6=True))]
        for talk, count in zip(talks, (1000, 2000, 3000)):
            talk.client_sends(count)
            talk.server_sends(10)
        with self.testbed.client.entered(), socket.socket() as refused:
            self.assertNotEqual(refused.connect_ex((talks[0].labels["server_address"], 7009)), 0)

        def complete(path, schema):
            def look():
                answer = self.check(path, 200, schema)
                counted = sum(row["client_payload_bytes"] for row in answer[schema.lower()])
                failed = answer["totals"]["connections_refused"]
                return answer if (counted, failed) == (6000, 1) and answer["recent_seconds"] is not None else None
            return wait_until(look, "all bytes and the refused connection are counted, twice")
        edges = complete("/api/v1/edges?sort=bytes", "Edges")
        services = complete("/api/v1/services?sort=bytes", "Services")
        for answer, rows in ((edges, edges["edges"]), (services, services["services"])):
            for member in ("client_payload_bytes", "server_payload_bytes", "connections", "connections_opened",
                           "connections_refused", "connections_timed_out", "segments", "responses", "handshake_rtts"):
                total = sum(row[member] for row in rows) + answer["other"][member]
                self.assertEqual(total, answer["totals"][member], member)
            self.assertEqual(answer["totals"]["connections"], 3)
        self.assertEqual([edge["client_payload_bytes"] for edge in edges["edges"][:3]], [3000, 2000, 1000])
        heavy = edges["edges"][0]
        self.assertEqual((heavy["client"]["address"], heavy["server"]["address"], heavy["server"]["port"]),
                         ("2001:db8::1", "2001:db8::2", 7000))
        self.assertEqual(heavy["responses"], 1)
        buckets = heavy["response_buckets"]
        self.assertEqual(sum(buckets["counts"]) + buckets["zeros"], 1)
        quantiles = heavy["response_quantiles_seconds"]
        self.assertLessEqual(quantiles["p50"], quantiles["p99"])
        limited = self.check("/api/v1/services?limit=1&sort=failures", 200, "Services")
        self.assertEqual((len(limited["services"]), limited["services"][0]["server"]["port"]), (1, 7009))
        self.assertEqual((limited["services_in_all"], limited["totals"]["connections"]), (4, 3))

    def test_recent_is_what_came_since_an_earlier_snapshot(self):
        talk = self.own(Conversation(self.testbed, 7000))
        bytes_at = {}  # the bytes of each snapshot, by its time in milliseconds

        def look():
            answer = self.check("/api/v1/services", 200, "Services")
            counted = answer["totals"]["client_payload_bytes"]
            bytes_at[round(answer["time"] * 1000)] = counted
            if answer["recent_seconds"] is None:
                return None
            earlier = bytes_at.get(round((answer["time"] - answer["recent_seconds"]) * 1000))
            if earlier is None:
                return None
            rate = answer["totals"]["recent"]["client_payload_bytes_per_second"]
            return counted - earlier, rate * answer["recent_seconds"]
        self.assertEqual(wait_until(look, "two snapshots"), (0, 0))
        talk.client_sends(100000)
        sent, recent = wait_until(lambda: (lambda seen: seen if seen and seen[0] > 0 else None)(look()),
                                  "the bytes that were sent")
        self.assertAlmostEqual(recent, sent, delta=1)  # rates are rounded to a thousandth of a byte

    def test_wrong_parameters_are_named(self):
        for query, named in (("limit=10001", "limit"), ("limit=x", "limit"), ("filter=port:http", "port:http"),
                             ("filter=host:10.0.0.0/99", "host:10.0.0.0/99"), ("sort=rate&sort=idle", "sort"),
                             ("limit=0&filter=" + "+".join(["!z"] * 10500), "at most 64"),
                             ("filter=" + "z" * 31000, "at most 512")):
            self.assertIn(named, self.check("/api/v1/connections?" + query, 400, "Error")["error"])

    def test_wrong_parameters_of_edges_and_services_are_named(self):
        for path in ("/api/v1/edges", "/api/v1/services"):
            for query, named in (("limit=10001", "limit"), ("limit=", None), ("limit=1&limit=1", "limit"), ("sort=-", "sort"),
                                 ("sort=" + "z" * 30000, "sort"), ("sort=%00", "sort")):
                if named is None:
                    self.check(f"{path}?{query}", 200, path.rpartition("/")[2].capitalize())
                else:
                    self.assertIn(named, self.check(f"{path}?{query}", 400, "Error")["error"])

    def test_answers_are_compressed_where_that_is_accepted(self):
        for number in range(3):
            self.own(Conversation(self.testbed, 7000 + number))
        self.wait_for(3)
        request = urllib.request.Request(f"http://{self.agent.address}/api/v1/connections",
                                         headers={"Accept-Encoding": "gzip"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with self.testbed.server.entered(), opener.open(request, timeout=30) as answer:
            self.assertEqual(answer.headers["Content-Encoding"], "gzip")
            self.assertEqual(len(json.loads(gzip.decompress(answer.read()))["connections"]), 3)
