# SPDX-License-Identifier: Apache-2.0
"""Recipes and panels answer the same whether one agent or three see a path, by promtool.

Those whose answers have the label `instance` are about nodes: for each node they answer what they answer for one.
"""
import re
import shutil
import unittest

from support import grafana, shipped
from support.promtool_world import World

_AT = 4020  # an hour and more
_CLIENTS, _SERVER, _DATABASE = ("192.0.2.1", "10.0.0.7"), "192.0.2.2", "5432"
_CHOICES = {"__rate_interval": "5m", "datasource": "prometheus", "job": ".+", "instance": ".+",
            "client_address": _CLIENTS[0], "server_address": _SERVER, "server_port": _DATABASE, "client_workload": ".+"}
_OTHER_LABELS = {"reason": "refused", "protocol": "tcp", "result": "found"}
# Names of ends. The agents on a path need not know the same ones.
_NAMES = {f"{end}_{name}" for end in ("client", "server") for name in ("namespace", "workload", "pod", "service")}
# Which agent counts a connection under which reporter: the one that is alone has both ends on its node; of the three, the
# first has the clients on its node, and the last the servers.
_REPORTERS = {"a": {"a": ("client", "server")}, "abc": {"a": ("client",), "b": ("transit",), "c": ("server",)}}
# Panels that count agents.
_OF_AGENTS = {"Agents"}


def same_path(agents, jobs=None):
    """A world in which each agent sees the same: edges with trouble of each kind, connections, and totals. Between workloads
    an agent counts what has an end on its node. `jobs` are those of agents in another job than tcpgauge. The agents have --metrics.edge-buckets, because promtool knows no native
    histograms."""
    world = World(30, _AT, evaluation=60)
    for agent in agents:
        of_agent = {"job": (jobs or {}).get(agent, "tcpgauge"), "instance": agent}
        if agent != "a":
            world.gauge("tcpgauge_build_info", of_agent, [(_AT + 1, 1)])
        for of_prometheus in ("up", "scrape_duration_seconds", "scrape_samples_scraped"):
            world.gauge(of_prometheus, of_agent, [(_AT + 1, 1)])
        for name, kind, labels in shipped.catalog():
            if kind == "native histogram":  # The values of a summary once more.
                continue
            if name.startswith("tcpgauge_connection_") and "client_port" in labels:
                sets = [dict(client_address=client, client_port="40000", server_address=_SERVER, server_port=_DATABASE,
                             interface="eth0" if agent == "a" else "eth1") for client in _CLIENTS]
            elif name.startswith("tcpgauge_edge_") and "client_address" in labels:
                sets = [dict(client_address=client, server_address=_SERVER, server_port=_DATABASE)
                        for client in _CLIENTS]
                sets.append(dict.fromkeys(("client_address", "server_address", "server_port"), "other"))
            elif name.startswith("tcpgauge_workload_edge_"):
                sets = [{"reporter": reporter, **dict.fromkeys(_NAMES & set(labels), "x"),
                         **({"server_port": _DATABASE} if "server_port" in labels else {})}
                        for reporter in _REPORTERS[agents][agent]]
                if "_other_" in name:
                    for reporter in {"client", "server", "transit"} - set(_REPORTERS[agents][agent]):
                        add(world, name, kind, {**of_agent, "reporter": reporter}, 0)
            elif name == "tcpgauge_endpoint_info":
                # Of the pods on its own node.
                sets = [{"address": client, "pod": "p-" + client} for client in _CLIENTS if agent == "a"]
            elif name == "tcpgauge_zone_payload_bytes_total":
                # The clients are on the first node. A third of the payload stays in its zone.
                sets = [{}, {"server_zone": "y"}] if agent == "a" else []
            elif name == "tcpgauge_connections":
                sets = [{"state": state} for state in ("established", "closed")]
            elif name == "tcpgauge_connections_closed_total":
                sets = [{"reason": reason} for reason in ("refused", "evicted")]
            elif name != "tcpgauge_build_info":
                sets = [{}]
            else:
                continue
            for number, given in enumerate(sets):
                others = {label: _OTHER_LABELS.get(label, "x") for label in labels if label not in _NAMES or agent == "a"}
                # Both reporters of a connection say the same of it.
                rate = 1 if "reporter" in given else number + 1
                add(world, name, kind, {**of_agent, **others, **given}, rate)
    return world


def add(world, name, kind, labels, rate):
    if name == "tcpgauge_edge_connections":  # new within the hour
        world.gauge(name, labels, [(_AT + 1, rate)], begins=_AT - 1800)
    elif kind == "gauge":
        world.gauge(name, labels, [(_AT + 1, rate)])
    elif kind == "counter":
        world.counter(name, labels, [(_AT, rate)])
    elif kind != "native histogram":
        for suffix in ("_sum", "_count"):
            world.counter(name + suffix, labels, [(_AT, rate)])
        for bound in ("0.1", "1", "+Inf"):
            world.counter(name + "_bucket", dict(labels, le=bound), [(_AT, rate)])


@unittest.skipUnless(shutil.which("promtool"), "promtool (Debian's prometheus) is missing")
class CountsOnceOverAgentsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.of_one, cls.of_three = same_path("a"), same_path("abc")

    def check(self, queries, of_three):
        """`queries` are {name: expression}. Returns the names of those that are about nodes."""
        queries = {name: expression for name, expression in queries.items() if "_distribution_" not in expression}
        self.assertGreater(len(queries), 5)
        questions = [(expression, _AT) for expression in queries.values()]
        of_nodes = set()
        for name, one, three in zip(queries, self.of_one.answers(questions), of_three.answers(questions)):
            with self.subTest(query=name):
                self.assertTrue(one, "without data")
                if "instance" in one[0][0]:
                    of_nodes.add(name)
                    self.assertEqual(len(three), 3 * len(one))
                    three = [each for each in three if each[0]["instance"] == "a"]
                self.assertEqual(rounded(three), rounded(one))
        return of_nodes

    def test_recipes(self):
        sections = {recipe: section for section in re.split(r"^## ", shipped.read("docs/promql.md"), flags=re.MULTILINE)
                    for recipe in re.findall(r"^```promql\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)}
        of_nodes = self.check({recipe: recipe for recipe in sections}, self.of_three)
        print(f"  {len(sections)} recipes, {len(of_nodes)} of them per node")
        for recipe in of_nodes:
            self.assertIn("*per node*", sections[recipe], recipe)

    def panels(self):
        """{name: expression} of the panels that are not about agents."""
        queries = {}
        for dashboard in grafana.dashboards().values():
            # This one is about the node that its variable names.
            choices = dict(_CHOICES, instance="a") if dashboard["uid"] == "tcpgauge-node" else _CHOICES
            queries.update({f"{query.dashboard}: {query.panel}: {query.expression}":
                            grafana.filled_in(query.expression, choices)
                            for query in grafana.queries(dashboard) if query.panel not in _OF_AGENTS})
        return queries

    def test_panels(self):
        queries = self.panels()
        of_nodes = self.check(queries, self.of_three)
        print(f"  {len(queries)} queries, {len(of_nodes)} of them per node")

    def test_panels_where_another_job_scrapes_one_of_the_agents(self):
        self.check(self.panels(), same_path("abc", {"c": "tcpgauge-of-others"}))

    def test_the_map_has_the_fields_that_grafana_looks_for(self):
        maps = [panel for dashboard in grafana.dashboards().values() for panel in grafana.panels(dashboard)
                if panel["type"] == "nodeGraph"]
        of_map = [(grafana.filled_in(each["expr"], _CHOICES), _AT) for panel in maps for each in panel["targets"]]
        for answer in self.of_one.answers(of_map):
            for labels, _ in answer:
                self.assertEqual(set(labels) - {"color"}, {"id", "source", "target"})
                self.assertEqual(labels["source"], "x x")
                self.assertEqual(labels.get("color", "red"), "red")  # As many fail as are opened.

    def test_the_share_of_payload_between_zones(self):
        share, = (expression for name, expression in self.panels().items() if "Between zones" in name)
        self.assertAlmostEqual(self.of_one.value(share, _AT), 2 / 3, places=6)


def rounded(answer):
    return sorted((sorted(labels.items()), round(value, 6)) for labels, value in answer)
