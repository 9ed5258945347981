# SPDX-License-Identifier: Apache-2.0
"""Runs the queries of all dashboards and the recipes of docs/promql.md against a real Prometheus.

The Prometheus has scraped real agents under traffic.
"""
import contextlib
import filecmp
import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import types
import unittest

from support import grafana, impairment, npm, shipped
from support.agent import Agent
from support.case import NamespaceCase
from support.kube_account import Account
from support.kube_api import KubeApi, pod, slice_of
from support.mill import Mill
from support.namespaces import Testbed
from support.prometheus import Prometheus
from support.receiver import Receiver
from support.state_metrics import StateMetrics
from support.traffic import Conversation
from support.waiting import wait_until
from test_alerts import shortened
from test_kube_agent import NODE

_BUSY_PORT, _SHORT_PORT, _LOSSY_PORT, _CLOSED_PORT, _DATABASE_PORT = 443, 7001, 7100, 7300, 5432
_BROKEN_FRAME = bytes(12) + b"\x08\x00" + b"\x4f" + bytes(40)  # IPv4 whose header claims 60 bytes of 41


def other_way_round(testbed):
    """The same testbed for connections from its server to its client, so that the client's side has the servers."""
    link = types.SimpleNamespace(client_address=testbed.link.server_address, server_address=testbed.link.client_address)
    return types.SimpleNamespace(client=testbed.server, server=testbed.client, link=link, links=[link])


def told(values):
    """How many series, and the largest value."""
    return f"{len(values):3} series, at most {max(values):<9.4g}" if values else "  0 series" + 19 * " "


def make(*options):
    subprocess.run([sys.executable, shipped.path("deploy/grafana/make_dashboards.py"), *options], check=True)


def changed(panel, other):
    """The references of the queries whose values `other` shows eight times as large."""
    return [new["refId"] for old, new in zip(panel["targets"], other["targets"]) if new["expr"] == f"8 * ({old['expr']})"]


class DashboardFilesTest(unittest.TestCase):
    def test_they_are_what_their_maker_makes(self):
        with tempfile.TemporaryDirectory() as folder:
            make(folder)
            names = sorted(os.listdir(folder))
            self.assertEqual(names, sorted(grafana.dashboards()))
            _, different, missing = filecmp.cmpfiles(folder, shipped.path("deploy/grafana/dashboards"), names, False)
            self.assertEqual(different + missing, [], "stale: run deploy/grafana/make_dashboards.py")

    def test_rates_of_payload_can_be_in_bits(self):
        with tempfile.TemporaryDirectory() as folder:
            make("--bits", folder)
            for name, dashboard in grafana.dashboards().items():
                with open(os.path.join(folder, name)) as file:
                    in_bits = json.load(file)
                for panel, other in zip(grafana.panels(dashboard), grafana.panels(in_bits)):
                    with self.subTest(dashboard=name, panel=panel["title"]):
                        self.assertNotRegex(json.dumps(other["fieldConfig"]), '"(Bps|kB/s)"')
                        count = len(re.findall('"(?:Bps|kB/s)"', json.dumps(panel["fieldConfig"])))
                        if panel["type"] in ("stat", "timeseries"):
                            count *= len(panel["targets"])
                        self.assertEqual(len(changed(panel, other)), count)
                        if panel["title"] == "Services" and name == "tcpgauge-client.json" and panel["type"] == "table":
                            self.assertEqual(changed(panel, other), ["A", "B"])

    def test_every_panel_has_a_title_a_description_and_a_unit(self):
        for name, dashboard in grafana.dashboards().items():
            for panel in grafana.panels(dashboard):
                with self.subTest(dashboard=name, panel=panel["title"]):
                    self.assertTrue(panel["title"] and panel["description"])
                    if panel["type"] != "table":
                        self.assertIn("unit", panel["fieldConfig"]["defaults"])

    def test_links_lead_to_dashboards_that_exist(self):
        every = grafana.dashboards()
        variables = {dashboard["uid"]: {variable["name"] for variable in grafana.variables(dashboard)}
                     for dashboard in every.values()}
        for name, dashboard in every.items():
            self.assertIn("datasource", variables[dashboard["uid"]], name)
            for panel in grafana.panels(dashboard):
                for override in panel["fieldConfig"]["overrides"]:
                    for links in (each["value"] for each in override["properties"] if each["id"] == "links"):
                        for uid in re.findall(r"^/d/([\w-]+)\?", links[0]["url"]):
                            self.assertIn(uid, variables, f"{name}: {panel['title']}")
                            given = set(re.findall(r"&var-(\w+)=", links[0]["url"]))
                            self.assertEqual(given - variables[uid], set(), f"{name}: {panel['title']}")

    def test_panels_do_not_overlap(self):
        for name, dashboard in grafana.dashboards().items():
            taken = {}
            for panel in dashboard["panels"]:
                at = panel["gridPos"]
                self.assertLessEqual(at["x"] + at["w"], 24, f"{name}: {panel['title']}")
                for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
                    self.assertNotIn(cell, taken, f"{name}: {panel['title']} and {taken.get(cell)}")
                    taken[cell] = panel["title"]

    def test_they_fit_the_types_that_grafana_publishes(self):
        files = [shipped.path("deploy/grafana/dashboards/" + name) for name in grafana.dashboards()]
        self.assertEqual(npm.check("check_dashboards.mjs", *files), [])

    def test_metrics_are_those_of_the_catalog(self):
        for name, dashboard in grafana.dashboards().items():
            for query in grafana.queries(dashboard):
                used = set(re.findall(r"\b(?:tcpgauge|process)_\w+(?=\{)", query.expression))
                self.assertEqual(used - shipped.metric_names(), set(), f"{name}: {query.panel}")


class DashboardQueriesTest(NamespaceCase):
    tools = ("ethtool", "nft", "openssl", "prometheus")

    def setUp(self):
        self.testbed = self.own(Testbed())
        link = self.testbed.link
        impairment.segments_are_packets(self.testbed)
        account = self.own(Account())
        account.write("token", "token-1\n")
        with self.testbed.client.entered():
            receiver = self.own(Receiver())
            api = self.own(KubeApi(tls=account.make_authority("first"), tokens={"token-1"}))
        # Both ends are in zones. Only level cluster knows zones.
        api.put(pod("shop-1", link.client_address, node=NODE, owner=("StatefulSet", "shop")),
                slice_of("shop-a", "shop", [(link.client_address, "shop-1", NODE, "zone-a")]),
                slice_of("database-a", "database", [(link.server_address, "database-0", "node-2", "zone-b")],
                         ports=(_DATABASE_PORT,)))
        # The quantiles of edges come from classic buckets here.
        options = ("-i", link.client_interface, "--metrics.edge-buckets", "--connection-log=/dev/null",
                   f"--otlp.endpoint={receiver.url}", "--identity=cluster", f"--identity.api={api.url}",
                   "--identity.token-file", account.path("token"), "--identity.ca-file", account.path("first.pem"),
                   "--identity.node", NODE)
        agents = [self.own(Agent(self.testbed.client, *options)) for _ in range(2)]
        self.instance = agents[0].address
        pods = self.own(StateMetrics(self.testbed.client, {"shop-1": link.client_address, "database-0": link.server_address}))
        self.prometheus = self.own(Prometheus(
            self.testbed.client, {"tcpgauge": [agent.address for agent in agents], "kube-state-metrics": pods.address},
            [shortened(shipped.read(name)) for name in shipped.RULE_FILES], features="native-histograms"))

    def make_traffic(self):
        """Whatever the panels show: transfers, short connections, loss, refusals, what cannot be decoded."""
        steady = [self.own(Conversation(self.testbed, port, ipv6=ipv6))
                  for port, ipv6 in ((_BUSY_PORT, False), (_DATABASE_PORT, False), (_BUSY_PORT, True))]
        # What the agents' own node serves.
        served = other_way_round(self.testbed)
        steady.append(self.own(Conversation(served, _DATABASE_PORT)))
        lossy = self.own(Conversation(self.testbed, _LOSSY_PORT))
        lossy.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
        impairment.lose(self.testbed, _LOSSY_PORT, 10)  # now that it is open
        # TCP waits twice as long each time that a packet is lost again.
        lossy.client.settimeout(60)
        lossy.server.settimeout(60)
        with self.testbed.client.entered():
            raw = self.own(socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
        raw.bind((self.testbed.link.client_interface, 0))

        def talk():
            for conversation in steady:
                conversation.client_sends(500)
                conversation.server_sends(20000)

        def short_ones():
            for way in (self.testbed, served):
                conversation = Conversation(way, _SHORT_PORT)
                conversation.client_sends(100)
                conversation.server_sends(1000)
                conversation.close()

        def refused_one():
            with self.testbed.client.entered():
                client = socket.socket()
            with contextlib.closing(client), contextlib.suppress(ConnectionRefusedError):
                client.connect((self.testbed.link.server_address, _CLOSED_PORT))

        for act, pause in ((talk, 0.1), (short_ones, 0.1), (refused_one, 0.1), (lambda: raw.send(_BROKEN_FRAME), 0.2),
                           (lambda: lossy.client_sends(20000), 0.1)):
            self.own(Mill(act, pause))

    def data(self, expression):
        """The values that the query finds."""
        return [value for _, value in self.prometheus.query(expression) if not math.isnan(value)]

    def wait_for_data(self, expressions):
        """{expression: values}, once all have some, or after a minute and a half."""
        found = {}

        def look():
            found.update({each: self.data(each) for each in expressions if not found.get(each)})
            return all(found.values())
        with contextlib.suppress(AssertionError):
            wait_until(look, "every query has data", 90)
        return found

    def choices(self, dashboard):
        link = self.testbed.link
        wanted = {"instance": self.instance, "client_address": link.client_address, "server_address": link.server_address,
                  "server_port": str(_SHORT_PORT)}
        return grafana.choose(dashboard, self.prometheus, wanted)

    def test_every_panel_has_data_under_traffic(self):
        self.make_traffic()
        edges = f'tcpgauge_edge_client_payload_bytes_total{{server_port=~"{_BUSY_PORT}|{_SHORT_PORT}"}}'
        # One of them is looked at, the other is a choice.
        wait_until(lambda: len(self.data(f"sum by (server_port) (rate({edges}[10s])) > 0")) == 2, "edges in Prometheus",
                   90)
        empty = []
        count = 0
        for dashboard in grafana.dashboards().values():
            values, offered = self.choices(dashboard)
            for name, choices in offered.items():
                print(f"  {len(choices):3} values  {dashboard['title']}: ${name}")
                if not choices:
                    empty.append(f"{dashboard['title']}: ${name}")
            queries = grafana.queries(dashboard)
            found = self.wait_for_data({grafana.filled_in(query.expression, values) for query in queries})
            for query in queries:
                series = found[grafana.filled_in(query.expression, values)]
                print(f"  {told(series)}  {query.dashboard}: {query.panel} ({query.ref})")
                count += 1
                if not series:
                    empty.append(f"{query.dashboard}: {query.panel}: {query.expression}")
        print(f"  {count} queries")
        self.assertEqual(empty, [], "without data")

    def test_every_recipe_has_data_under_traffic(self):
        recipes = re.findall(r"^```promql\n(.*?)^```$", shipped.read("docs/promql.md"), re.DOTALL | re.MULTILINE)
        self.assertGreater(len(recipes), 10)
        self.make_traffic()
        # Addresses and ports of the document are those of the testbed, so that nothing has to be replaced.
        found = self.wait_for_data(recipes)
        for recipe in recipes:
            print(f"  {told(found[recipe])}  {' '.join(recipe.split())[:100]}")
        self.assertEqual([recipe for recipe in recipes if not found[recipe]], [], "without data")

    def test_without_traffic_no_query_fails(self):
        for dashboard in grafana.dashboards().values():
            values, _ = grafana.choose(dashboard, self.prometheus, {"instance": self.instance})
            for query in grafana.queries(dashboard):
                self.prometheus.query(grafana.filled_in(query.expression, values))

