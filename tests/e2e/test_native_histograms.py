# SPDX-License-Identifier: Apache-2.0
"""Native histograms in Debian's Prometheus, and the same metrics in every format."""
import collections
import concurrent.futures
import contextlib
import json
import math
import os
import re
import selectors
import socket
import subprocess
import tempfile
import time

import yaml
from support import grafana, impairment, protobuf_exposition, shipped
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.otlp import as_in_text, comparable
from support.prometheus import Prometheus
from support.traffic import Conversation
from support.waiting import wait_until

_FAST, _SLOW, _ONCE, _BUSY, _CLOSED = 7000, 7001, 7002, 5432, 7300
_HANDSHAKES = 100
_SHARES = (0.25, 0.5, 0.9, 0.99)
_SCHEMA = 3
_FAMILIES = {"handshake_rtt_seconds": "tcpgauge_edge_handshake_rtt_distribution_seconds",
             "response_seconds": "tcpgauge_edge_response_distribution_seconds"}
# What differs from one scrape to the next while nothing is captured.
_CHANGES = re.compile(r"\b(process_|tcpgauge_http_|tcpgauge_scrape_duration|scrape_|up\b)|time\(\)")
# Two servers scrape at different moments of a second, so a rate over their samples differs a little.
_SHARE = 0.02


def bucket_of(seconds):
    return math.ceil(math.log2(seconds) * 2 ** _SCHEMA)


def quantile(values, share):
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def expressions(prometheus):
    """What the rules record and what makes alerts fire, all recipes and all panels: {expression}."""
    found = set()
    for name in shipped.RULE_FILES:
        for group in yaml.safe_load(shipped.read(name))["groups"]:
            for rule in group["rules"]:
                found |= {rule["expr"], rule.get("record", "ALERTS")}
    found.update(re.findall(r"^```promql\n(.*?)^```$", shipped.read("docs/promql.md"), re.DOTALL | re.MULTILINE))
    for dashboard in grafana.dashboards().values():
        values, _ = grafana.choose(dashboard, prometheus, {"server_address": "192.0.2.2", "server_port": str(_BUSY)}, "5m")
        found.update(grafana.filled_in(query.expression, values) for query in grafana.queries(dashboard))
    return {expression for expression in found if "_distribution_" not in expression}


class Traffic:
    """Opens connections from testbed.client, whose handshakes take from microseconds to a tenth of a second."""

    def __init__(self, testbed):
        self._testbed = testbed
        self._listeners = []
        for port in (_FAST, _SLOW):
            with testbed.server.entered():
                self._listeners.append(socket.create_server((testbed.link.server_address, port), backlog=1024))
        self._busy = Conversation(testbed, _BUSY)

    def knock(self, port, count):
        """Connects at once so many times, and closes all."""
        clients, waiting = [], selectors.DefaultSelector()
        with self._testbed.client.entered():
            for _ in range(count):
                clients.append(socket.socket())
        for client in clients:
            client.setblocking(False)
            client.connect_ex((self._testbed.link.server_address, port))
            waiting.register(client, selectors.EVENT_WRITE)
        while waiting.get_map():
            for key, _ in waiting.select(10):
                waiting.unregister(key.fileobj)
        listener = self._listeners[port - _FAST]
        for client in clients:
            client.getpeername()
            listener.accept()[0].close()
            client.close()

    def knock_slowly(self, port, count):
        """Through a queue that lets out a SYN each millisecond, once it has been filled."""
        impairment.slow_down(self._testbed, "600kbit")
        with self._testbed.client.entered():
            filler = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with filler:
            for _ in range(20):
                filler.sendto(bytes(1000), (self._testbed.link.server_address, 9))
        self.knock(port, count)

    def ask(self, count, seconds):
        """On one connection."""
        for _ in range(count):
            self._exchange(self._busy, seconds)

    def ask_once(self, seconds):
        """On a connection of its own."""
        with contextlib.closing(Conversation(self._testbed, _ONCE)) as conversation:
            self._exchange(conversation, seconds)

    def _exchange(self, conversation, seconds):
        conversation.client_sends(100)
        time.sleep(seconds)  # the server's work
        conversation.server_sends(1000)

    def is_refused(self):
        with self._testbed.client.entered():
            client = socket.socket()
        with client, contextlib.suppress(ConnectionRefusedError):
            client.connect((self._testbed.link.server_address, _CLOSED))

    def close(self):
        for listener in self._listeners:
            listener.close()
        self._busy.close()


class NativeHistogramsTest(NamespaceCase):
    tools = ("prometheus", "tc")

    def test_quantiles_are_those_of_the_log_and_all_else_is_the_same_in_both_servers(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o777)  # whoever the agent becomes may make files here
        self.log = os.path.join(self.folder, "log")
        testbed = self.own(Testbed(ipv6=False))
        self.agent = self.own(Agent(testbed.client, "-i", "client0", "--connection-log", self.log))
        traffic = self.own(Traffic(testbed))
        traffic.knock(_FAST, 1)
        traffic.knock(_SLOW, 1)
        traffic.ask(1, 0)
        traffic.ask_once(0)
        traffic.is_refused()
        self.start_servers(testbed)
        # All edges are there, so that both servers see their whole increase.
        traffic.knock(_FAST, _HANDSHAKES)
        for milliseconds in range(1, 60, 2):
            traffic.ask(1, milliseconds / 1000)
            traffic.ask_once(milliseconds / 1000)
        traffic.is_refused()
        traffic.knock_slowly(_SLOW, _HANDSHAKES)
        traffic.close()
        truth = self.truth(2 * (_HANDSHAKES + 1) + 34)
        at = self.wait_for_rest()
        self.check_quantiles(truth, at)
        self.check_same_answers(at)

    def start_servers(self, testbed):
        # When in a second a server evaluates a group depends on the name of its file. So both servers have the same files.
        rules = [os.path.join(self.folder, os.path.basename(name)) for name in shipped.RULE_FILES]
        for path, name in zip(rules, shipped.RULE_FILES):
            with open(path, "w") as file:
                file.write(re.sub(r"interval: \d+s", "interval: 1s", shipped.read(name)))

        def start(port, features):
            return self.own(Prometheus(testbed.client, {"tcpgauge": self.agent.address}, rule_files=rules, port=port,
                                       features=features))
        with concurrent.futures.ThreadPoolExecutor() as starters:
            native, plain = starters.submit(start, 9090, "native-histograms"), starters.submit(start, 9091, "")
            self.native, self.plain = native.result(), plain.result()
        edges = "count(tcpgauge_edge_client_payload_bytes_total)"
        want = len(self.agent.metrics().find("tcpgauge_edge_client_payload_bytes_total"))
        for server in (self.native, self.plain):
            wait_until(lambda: server.query(f"{edges} == {want}"), "every edge is in Prometheus", 60)

    def truth(self, count):
        """{(member of the log, server's port): [seconds of each connection]}, once the log has so many lines."""
        def lines():
            with open(self.log) as file:
                return file.read().splitlines()
        wait_until(lambda: len(lines()) >= count, "all connections are in the log", 30)
        found = collections.defaultdict(list)
        for line in map(json.loads, lines()):
            for member in _FAMILIES:
                # Of several responses on a connection the log has no single ones.
                if line[member] is not None and line["responses"] <= 1:
                    found[member, line["server"]["port"]].append(line[member])
        self.assertEqual({key for key, values in found.items() if len(values) > 10},
                         {("handshake_rtt_seconds", port) for port in (_FAST, _SLOW, _ONCE)} | {("response_seconds", _ONCE)})
        return found

    def wait_for_rest(self):
        """Returns a time at which both servers have scraped and evaluated what stays as it is."""
        self.agent.wait_for("tcpgauge_connections", lambda count: count == 0, "all are forgotten", 30, state="closed")
        now = time.time()
        for server in (self.native, self.plain):
            for name in ("tcpgauge_client_payload_bytes_total", "edge:tcpgauge_edge_client_payload_bytes:rate5m", "ALERTS",
                         "server:tcpgauge_edge_payload_bytes:rate5m", "server:tcpgauge_edge_syns_failed:ratio_rate2m"):
                wait_until(lambda: not server.query(name) or server.query(f"min(timestamp({name})) > {now + 2}"),
                           f"{name} at rest", 60)
        return time.time()

    def check_quantiles(self, truth, at):
        self.assertEqual(self.plain.query('{__name__=~".*_distribution_.*"}', at), [])
        [(_, count)] = self.native.query(f'histogram_count({_FAMILIES["response_seconds"]}{{server_port="{_BUSY}"}})', at)
        self.assertEqual(count, 31)
        for (member, port), seconds in truth.items():
            series = f'{_FAMILIES[member]}{{server_port="{port}"}}'
            [(_, count)] = self.native.query(f"histogram_count({series})", at)
            print(f"  {series}: {len(seconds)} in the log, {count:.0f} in the histogram")
            self.assertEqual(count, len(seconds), series)
            for share in _SHARES:
                with self.subTest(series=series, share=share):
                    [(_, got)] = self.native.query(f"histogram_quantile({share}, {series})", at)
                    want = quantile(seconds, share)
                    print(f"    quantile {share}: {1000 * want:.4f} ms in the log, {1000 * got:.4f} in Prometheus")
                    self.assertLessEqual(abs(bucket_of(got) - bucket_of(want)), 1)
        # Over time, and over several edges.
        together = [each for port in (_FAST, _SLOW) for each in truth["handshake_rtt_seconds", port]]
        series = f'{_FAMILIES["handshake_rtt_seconds"]}{{server_port=~"{_FAST}|{_SLOW}"}}'
        [(_, got)] = self.native.query(f"histogram_quantile(0.75, sum(rate({series}[5m])))", at)
        self.assertLessEqual(abs(bucket_of(got) - bucket_of(quantile(together, 0.75))), 1)

    def check_same_answers(self, at):
        with_data = 0
        for expression in sorted(expressions(self.native)):
            with self.subTest(expression=expression):
                native, plain = ({frozenset(labels.items()): value for labels, value in server.query(expression, at)}
                                 for server in (self.native, self.plain))
                with_data += bool(native)
                if expression.startswith("topk("):
                    # Of equal ones it takes any.
                    native, plain = (dict(enumerate(sorted(each.values()))) for each in (native, plain))
                self.assertEqual(native.keys(), plain.keys())
                if _CHANGES.search(expression):
                    continue
                for key, value in plain.items():
                    if not math.isnan(value) or not math.isnan(native[key]):
                        self.assertLessEqual(abs(native[key] - value), _SHARE * abs(value), f"{key}: {native[key]}, {value}")
        print(f"  {len(expressions(self.native))} expressions, {with_data} of them with data")
        self.assertGreater(with_data, 100)


class FormatsTest(NamespaceCase):
    tools = ("prometheus", "promtool", "protoc")

    def test_all_formats_say_the_same_and_pass_their_strict_readers(self):
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        testbed = self.own(Testbed(ipv6=False))
        agent = self.own(Agent(testbed.client, "-i", "client0"))
        traffic = self.own(Traffic(testbed))
        traffic.knock(_FAST, 20)
        traffic.ask(3, 0.02)
        agent.wait_for("tcpgauge_edge_response_seconds_count", lambda count: count == 3, "three exchanges",
                       server_port=str(_BUSY))
        agent.wait_for("tcpgauge_connections", lambda count: count == 0, "the closed ones are forgotten", state="closed")
        protobuf = protobuf_exposition.scrape(agent)
        text = agent.metrics()
        want, got = comparable(text), {key: as_in_text(value) for key, value in comparable(protobuf).items()}
        self.assertEqual({key: (want.get(key), got.get(key)) for key in want.keys() | got.keys()
                          if want.get(key) != got.get(key)}, {})
        self.assertNotIn("_distribution_", text.text)
        for name in _FAMILIES.values():
            self.assertEqual({each.schema for each in protobuf.find(name).values()}, {_SCHEMA})
        # A native histogram counts as one sample, in each format.
        self.assertEqual(len(protobuf.samples) + len(protobuf.native), text.value("tcpgauge_series"))
        done = subprocess.run(["promtool", "check", "metrics"], input=text.text, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        status, open_metrics = agent.get("/metrics", {"Accept": "application/openmetrics-text;version=1.0.0"})
        self.assertEqual(status, 200)
        self.assertGreater(len(list(text_string_to_metric_families(open_metrics))), 50)
