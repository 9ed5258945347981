# SPDX-License-Identifier: Apache-2.0
"""Checks the answers of the JSON API against docs/openapi.json."""
import gzip
import json
import os
import re
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
        parameters = self.document["paths"]["/api/v1/connections"]["get"]["parameters"]
        pattern = next(parameter["schema"]["pattern"] for parameter in parameters if parameter["name"] == "sort")
        names = re.search(r"\((.*)\)", pattern)[1].split("|")
        for name in names:
            self.connections(sort=name)
            self.connections(sort="-" + name)
        error = self.check("/api/v1/connections?sort=speed", 400, "Error")["error"]
        self.assertIn(", ".join(names), error)

    def test_wrong_parameters_are_named(self):
        for query, named in (("limit=10001", "limit"), ("limit=x", "limit"), ("filter=port:http", "port:http"),
                             ("filter=host:10.0.0.0/99", "host:10.0.0.0/99"), ("sort=rate&sort=idle", "sort"),
                             ("limit=0&filter=" + "+".join(["!z"] * 10500), "at most 64"),
                             ("filter=" + "z" * 31000, "at most 512")):
            self.assertIn(named, self.check("/api/v1/connections?" + query, 400, "Error")["error"])

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
