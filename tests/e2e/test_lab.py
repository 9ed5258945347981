# SPDX-License-Identifier: Apache-2.0
"""Three agents on one path, Prometheus with the shipped rules, and traffic of real programs for ten minutes.

Each query that we ship answers what the kernels, the servers and the clients counted. Each outage of a service makes
its alert fire and resolve, at scrape intervals of 15 and 30 s. LAB_SECONDS shortens the test while somebody works on it.
"""
import concurrent.futures
import contextlib
import json
import os
import signal
import time

import yaml
from support import lab_answers, shipped
from support.agent import fetch
from support.case import NamespaceCase
from support.exposition import Exposition
from support.lab_books import Books
from support.lab_clients import LabClients
from support.lab_kernel import protocols
from support.lab_network import LabNetwork
from support.lab_services import Nginx, Postgres, Redis, find
from support.marks import alone, slow
from support.mill import Mill
from support.processes import Process
from support.prometheus import Prometheus
from support.waiting import wait_until
from test_dashboards import StateMetrics

SECONDS = float(os.environ.get("LAB_SECONDS", "600"))
CALM_SHARE = 0.25  # of the seconds, before the outages
ALERT_SECONDS = 180
SEGMENT_BYTES = 1448
WEB, WEB_DROPPED, REDIS, DATABASE, BULK, LOSSY, CLOSED = 80, 8080, 6379, 5432, 5201, 5202, 7300
DATABASE_CONNECTIONS = 4
INTERVALS = {"15s": 9015, "30s": 9030}
TRUTH_PORT = 9001
RATES = (0.1, 0.02)  # a rate over minutes, cut at scrapes that are up to 15 s apart
NEW_CONNECTIONS = 20  # so many may begin to have series within a minute, and so many may have ended within it

ENDS = {"client": "client0", "server": "server0"}  # whose interface carries only what crosses the path

# What fails, how, and which alert tells of it, by the service's port.
OUTAGES = {
    REDIS: ("stopped", "TcpgaugeServiceFailing"),
    WEB_DROPPED: ("dropped", "TcpgaugeServiceFailing"),
    LOSSY: ("lossy", "TcpgaugeServiceLossy"),
    DATABASE: ("swallowed", "TcpgaugeServiceStalled"),
}


@slow
@alone
class LabTest(NamespaceCase):
    tools = ("ethtool", "nft", "nstat", "prometheus", "ss")

    def setUp(self):
        self.network = self.own(LabNetwork())
        client1, client2, client3 = self.network.clients
        server1, server2 = self.network.servers
        # The client's first address is that of programs that cannot be told another.
        self.edges = {"nginx": [(client1, server1, WEB), (client2, server1, WEB), (client1, server1, WEB_DROPPED)],
                      "redis": [(client2, server1, REDIS)], "PostgreSQL": [(client1, server1, DATABASE)],
                      "iperf3": [(client1, server2, BULK), (client1, server2, LOSSY)],
                      "refused": [(client3, server1, CLOSED)]}
        self.start_services(server1)
        for absent in self.absent:
            del self.edges[absent]
        self.every_edge = [edge for edges in self.edges.values() for edge in edges]
        self.network.count(self.every_edge)
        self.packets_before = {node: self.network.packets(node, interface) for node, interface in ENDS.items()}
        for agent in self.network.start_agents().values():
            self.own(agent)
        self.start_clients(client1, client2, client3, server1, server2)
        self.start_prometheus()
        self.own(Mill(self.network.pod_comes_and_goes, 3))
        self.own(Mill(self.network.send_broken_frame, 2))
        self.standing = set()  # connections that were open at the last look
        self.answered = {}  # {query: whether it has found something}

    def start_services(self, server1):
        server = self.network.server
        makers = {"nginx": (Nginx.why_not(), lambda: Nginx(server, server1, (WEB, WEB_DROPPED))),
                  "redis": (Redis.why_not(), lambda: Redis(server, server1, REDIS)),
                  "PostgreSQL": (Postgres.why_not(), lambda: Postgres(server, server1, DATABASE, "192.0.2.0/24")),
                  "iperf3": (None if find("iperf3") else "iperf3 is missing", self.start_iperf3)}
        self.absent = {name: why for name, (why, _) in makers.items() if why}
        for name, why in self.absent.items():
            print(f"  without {name}: {why}")
        self.services = {name: self.own(make()) for name, (why, make) in makers.items() if not why}

    def start_iperf3(self):
        stack = contextlib.ExitStack()
        for port in (BULK, LOSSY):
            server = Process(self.network.server.command("iperf3", "--server", "--port", str(port), "--forceflush"))
            stack.callback(server.close)
            wait_until(lambda: "listening" in server.stdout(), "iperf3's server listens", 30)
        return stack

    def start_clients(self, client1, client2, client3, server1, server2):
        tasks = {"nginx": [("http", client1, server1, WEB, 8), ("http-standing", client2, server1, WEB, 10),
                           ("http", client1, server1, WEB_DROPPED, 2)],
                 "redis": [("redis", client2, server1, REDIS, 50)], "refused": [("knock", client3, server1, CLOSED, 1)]}
        self.clients = self.own(LabClients(self.network.client, [task for name, of_name in tasks.items()
                                                                 if name not in self.absent for task in of_name]))
        self.programs = {}
        if "iperf3" in self.services:
            for port, rate, size in ((BULK, "5M", "16K"), (LOSSY, "1M", "16K")):
                self.programs[port] = self.own(Process(self.network.client.command(
                    "iperf3", "--client", server2, "--port", str(port), "--bind", client1, "--bidir", "--json", "--bitrate", rate,
                    "--length", size, "--congestion", "cubic", "--time", "0")))
        if "PostgreSQL" in self.services:
            self.programs[DATABASE] = self.own(Process(self.network.client.command(
                find("pgbench"), "-h", server1, "-p", str(DATABASE), "-U", "postgres", "-n", "-S", "-c", str(DATABASE_CONNECTIONS),
                "-R", "20", "-L", "1000", "-T", "100000", "--progress", "1", "postgres")))

    def start_prometheus(self):
        settings = yaml.safe_load(shipped.read("deploy/prometheus/scrape/host.yml"))["global"]
        texts = [shipped.read(name) for name in shipped.RULE_FILES]
        monitor = self.network.monitor
        agents = list(self.network.addresses.values())
        self.books = self.own(Books(self.network, self.every_edge, self.clients))
        pods = self.own(StateMetrics(monitor, {"shop-1": self.network.clients[0], "shop-2": self.network.clients[1]}))

        def start(scraped, port, **changes):
            return self.own(Prometheus(monitor, {"tcpgauge": scraped, "kube-state-metrics": pods.address}, texts, port=port,
                                       settings=dict(settings, **changes)))
        # At once, since each waits for its first scrapes.
        with concurrent.futures.ThreadPoolExecutor() as starters:
            truth = starters.submit(start, self.books.address, TRUTH_PORT, evaluation_interval="15s")
            servers = {interval: starters.submit(start, agents, port, scrape_interval=interval)
                       for interval, port in INTERVALS.items()}
            self.truth = truth.result()
            self.prometheus = {interval: server.result() for interval, server in servers.items()}

    def test_answers_and_alerts_are_those_of_the_kernels_the_servers_and_the_clients(self):
        begin = time.monotonic()
        self.wait_until_second(begin, CALM_SHARE * SECONDS, "calm")
        self.check_alerts_in_calm()
        self.check_connections()
        self.outages()
        self.wait_until_second(begin, SECONDS, "the end")
        self.check_answers("at the end")
        self.check_that_each_query_has_answered()
        self.check_interfaces()
        self.check_connections()
        self.check_books()

    def wait_until_second(self, begin, seconds, what):
        wait_until(lambda: time.monotonic() - begin >= seconds, what, seconds + 1, pause=0.5)

    # Alerts

    def firing(self, interval):
        """{(alert, port)} of the services, and {(alert, "")} of all else."""
        return {(labels["alertname"], labels.get("server_port", "")) for labels in self.prometheus[interval].firing()}

    def check_alerts_in_calm(self):
        for interval in INTERVALS:
            with self.subTest("alerts in calm", interval=interval):
                self.assertEqual(self.firing(interval), {("TcpgaugeServiceFailing", str(CLOSED))})

    def outages(self):
        """All at once, each of a service of its own."""
        troubled = {port: outage for port, outage in OUTAGES.items() if port in {edge[2] for edge in self.every_edge}}
        expected = {(interval, alert, str(port)) for interval in INTERVALS for port, (_, alert) in troubled.items()}
        for port, (kind, _) in troubled.items():
            if kind == "stopped":
                self.services["redis"].stop()
            else:
                self.network.begin_outage(kind, port)
        self.wait_for("fires", expected)
        self.check_answers("while services fail")
        for port, (kind, _) in troubled.items():
            if kind == "stopped":
                self.services["redis"].start()
            else:
                self.network.end_outage(port)
        self.wait_for("resolved", expected)

    def wait_for(self, what, expected):
        """Waits until each alert, (interval, alert, port), fires or is resolved, and prints after how long."""
        start = time.monotonic()
        left = set(expected)

        def look():
            firing = {(interval, *alert) for interval in INTERVALS for alert in self.firing(interval)}
            for each in sorted(left & firing if what == "fires" else left - firing):
                print(f"  {each[1]} of port {each[2]} {what} after {time.monotonic() - start:5.1f} s, scraped every {each[0]}")
                left.discard(each)
            healthy = {str(WEB), str(BULK)} & {port for _, _, port in firing}
            self.assertEqual(healthy, set(), f"services without an outage that alerts name: {firing}")
            return not left
        with self.subTest(f"alert {what}"):
            try:
                wait_until(look, what, ALERT_SECONDS, pause=1)
            except AssertionError as error:
                raise AssertionError(f"{error}: {sorted(left)}") from None

    # Answers

    def check_answers(self, when):
        """Of each query that we ship, beside the truth."""
        prometheus, now = self.prometheus["15s"], time.time()
        node = self.network.addresses["node"]
        client, server = self.network.clients[0], self.network.servers[0]
        wanted = {"instance": node, "server_address": server, "server_port": str(WEB)}
        queries = [*lab_answers.recipes(client, server), *lab_answers.rules(prometheus),
                   *lab_answers.panels(prometheus, wanted, self.books.address)]
        print(f"  {when}: verdict, query, and for some series the answer | the truth, tolerance {RATES}")
        for query in queries:
            judgement = lab_answers.judge(query, prometheus, self.truth, now, RATES, node)
            print(judgement.text)
            self.answered[query.kind, query.name] = self.answered.get((query.kind, query.name), False) or not judgement.empty
            with self.subTest(when, query=query.name):
                self.assertFalse(judgement.wrong, judgement.text)

    def check_that_each_query_has_answered(self):
        for (kind, name), answered in self.answered.items():
            with self.subTest("answered, at the end or while services failed", query=name):
                self.assertTrue(answered, f"{kind} {name} had no answer")

    def metrics(self, name):
        """What the agent on that node shows now; asked from outside the path."""
        status, body = fetch(self.network.monitor, f"http://{self.network.addresses[name]}/metrics")
        self.assertEqual(status, 200)
        return Exposition(body)

    def check(self, what, got, want, tolerance, of):
        """One row: what an agent says, beside the truth `of` somebody."""
        share, absolute = tolerance
        right = got is not None and abs(got - want) <= share * abs(want) + absolute
        said = "no series" if got is None else f"{got:.10g}"
        print(f"  {'right' if right else 'WRONG':6}{what:70} {said:>12} | {want:<12.10g} {of}, within {100 * share:g} % and {absolute:g}")
        with self.subTest(what, of=of):
            self.assertTrue(right, f"{said}, not {want:.10g}")

    def check_interfaces(self):
        """Interfaces that came and went are neither down nor counted as others."""
        for name, interface in {"client": "client0", "node": "any", "server": "server0"}.items():
            found = {dict(labels)["interface"]: up for labels, up in self.metrics(name).find("tcpgauge_capture_up").items()}
            print(f"  {name}: capture_up {found}")
            with self.subTest("capture_up", node=name):
                self.assertEqual(found, {interface: 1.0})

    def check_connections(self):
        """What has series is alive, and what has been open for long has series."""
        for name in self.network.addresses:
            opened = self.books.open_connections()
            states = self.metrics(name).find("tcpgauge_connection_state")
            exported = {(labels["client_address"], int(labels["client_port"]), labels["server_address"],
                         int(labels["server_port"])) for labels in map(dict, states)}
            ended = exported - opened - self.books.open_connections()
            standing = self.standing.intersection(opened)
            print(f"  {name}: {len(exported)} connections have series, {len(ended)} of them have ended; the kernel has "
                  f"{len(opened)} open, {len(standing)} of them for long")
            with self.subTest("connections with series", node=name):
                self.assertLessEqual(len(ended), NEW_CONNECTIONS, "ended connections with series")
                self.assertEqual(standing - exported, set(), "open for long, without series")
        self.standing = self.books.open_connections()

    def check_books(self):
        """Once all clients are gone, every count is final: it is that of the kernels, the servers and the clients."""
        self.books.now()  # what the sockets counted, before they go
        sent = {edge: self.books.sent_bytes(edge) for edge in self.every_edge}
        again = {edge: self.books.retransmitted(edge) for edge in self.every_edge}
        for port, program in self.programs.items():
            program.signal(signal.SIGINT)
        self.clients.end()
        for program in self.programs.values():
            program.wait()
        wait_until(lambda: not self.books.open_connections(), "the kernel has no connection")
        self.check_that_none_is_open()
        agents = {name: self.metrics(name) for name in self.network.addresses}
        counted, lost = self.network.counted()
        clients = self.clients.books()
        for name, edges in self.edges.items():
            for edge in edges:
                self.check_edge(agents, edge, counted[edge], clients.get(edge))
        if "nginx" in self.services:
            self.check_nginx(agents)
        if "redis" in self.services:
            self.check_redis(agents)
        if "PostgreSQL" in self.services:
            self.check_database(agents, sent)
        if "iperf3" in self.services:
            self.check_iperf3(agents, sent, again, lost)
        self.check_attempts(agents, clients)
        self.check_capture(agents)

    def check_that_none_is_open(self):
        """Though closed connections are still known for two seconds."""
        def left():
            return {(name, edge): count for name in self.network.addresses for edge, count in
                    self.metrics(name).find("tcpgauge_edge_connections").items() if count}
        with self.subTest("open connections when the kernel has none"):
            wait_until(lambda: not left(), "no edge has an open connection", 1.5)

    @staticmethod
    def with_drops(tolerance, agent, name):
        """The tolerance, with what the kernel dropped because the machine was too busy for the agent."""
        share, absolute = tolerance
        dropped = sum(agent.find("tcpgauge_capture_dropped_packets_total").values())
        return share, absolute + dropped * (SEGMENT_BYTES if "bytes" in name else 1)

    @staticmethod
    def of_edge(agent, edge, name, **labels):
        client, server, port = edge
        return agent.value(f"tcpgauge_edge_{name}", client_address=client, server_address=server, server_port=str(port), **labels)

    def check_edge(self, agents, edge, counted, client):
        """By the node's kernel; and where no packet is lost on the way, by each of the agents."""
        healthy = edge[2] not in OUTAGES
        path = f"{edge[0]} {edge[1]}:{edge[2]}"
        for name, want, tolerance in (("client_payload_bytes_total", counted["client_data_bytes"], (0.001, 500)),
                                      ("server_payload_bytes_total", counted["server_data_bytes"], (0.001, 500)),
                                      ("segments_total", counted["client_data"] + counted["server_data"], (0.005, 20))):
            if not want:
                continue  # the refused path carries none
            for node in agents if healthy else ("node",):
                self.check(f"{name} of {path} at {node}", self.of_edge(agents[node], edge, name), want,
                           self.with_drops(tolerance, agents[node], name), "nftables")
        if client:
            for node in agents if healthy else ("client", "node"):
                self.check(f"connections_opened_total of {path} at {node}",
                           self.of_edge(agents[node], edge, "connections_opened_total"), client["attempts"], (0, 2), "the client")
            if client["refused"]:
                for node in agents:
                    self.check(f"connections_failed_total refused of {path} at {node}", self.of_edge(
                        agents[node], edge, "connections_failed_total", reason="refused"), client["refused"], (0, 2), "the client")

    def check_nginx(self, agents):
        for (client, port), books in self.services["nginx"].books().items():
            edge = (client, self.network.servers[0], port)
            # What is sent again counts in the agent, and is not in the log.
            tolerance = (0.002, 500) if port == WEB else (0.02, 500)
            for name in ("client", "server"):
                self.check(f"{name}_payload_bytes_total of {client} :{port} at node", self.of_edge(
                    agents["node"], edge, f"{name}_payload_bytes_total"), books[f"{name}_bytes"], tolerance, "nginx's log")
            self.check(f"handshakes of {client} :{port} at node", self.of_edge(
                agents["node"], edge, "handshake_rtt_seconds_count"), books["connections"], (0, 3), "nginx's log")

    def check_redis(self, agents):
        edge, books = self.edges["redis"][0], self.services["redis"].books()
        for name in ("client", "server"):
            self.check(f"{name}_payload_bytes_total of redis at node", self.of_edge(
                agents["node"], edge, f"{name}_payload_bytes_total"), books[f"{name}_bytes"], (0.002, 1000), "redis's INFO")
        self.check("handshakes of redis at node", self.of_edge(agents["node"], edge, "handshake_rtt_seconds_count"),
                   books["connections"], (0, 1), "redis's INFO")

    def check_database(self, agents, sent):
        edge = self.edges["PostgreSQL"][0]
        for name, want in zip(("client", "server"), sent[edge]):
            self.check(f"{name}_payload_bytes_total of PostgreSQL at node", self.of_edge(
                agents["node"], edge, f"{name}_payload_bytes_total"), want, (0.01, 2000), "ss")
        # pgbench asks once on a connection of its own before it begins.
        self.check("handshakes of PostgreSQL at node", self.of_edge(agents["node"], edge, "handshake_rtt_seconds_count"),
                   DATABASE_CONNECTIONS + 1, (0, 0), "pgbench")

    def check_iperf3(self, agents, sent, again, lost):
        bulk, lossy = self.edges["iperf3"]
        report = json.loads(self.programs[BULK].stdout())["end"]
        for name, want in (("client", report["sum_sent"]["bytes"]), ("server", report["sum_received_bidir_reverse"]["bytes"])):
            for node in agents:
                self.check(f"{name}_payload_bytes_total of iperf3 at {node}", self.of_edge(
                    agents[node], bulk, f"{name}_payload_bytes_total"), want,
                    self.with_drops((0.002, 100_000), agents[node], "bytes"), "iperf3's report")
        for name, want in zip(("client", "server"), sent[lossy]):
            self.check(f"{name}_payload_bytes_total of the lossy path at node", self.of_edge(
                agents["node"], lossy, f"{name}_payload_bytes_total"), want, (0.01, 100_000), "ss")
        self.check("retransmitted_segments_total of the lossy path at node", self.of_edge(
            agents["node"], lossy, "retransmitted_segments_total"), sum(again[lossy]), (0.1, 10), "ss")
        # Who is behind the loss sees a gap, which a segment fills later.
        for node, want in (("server", lost[0]), ("client", lost[1])):
            self.check(f"out_of_order_segments_total of the lossy path at {node}", self.of_edge(
                agents[node], lossy, "out_of_order_segments_total"), want, (0.15, 10), "nftables: dropped before it")
            self.check(f"retransmitted_segments_total of the lossy path at {node}", self.of_edge(
                agents[node], lossy, "retransmitted_segments_total"), again[lossy][node == "server"], (0.15, 10),
                "ss: sent again by this end")

    def check_attempts(self, agents, clients):
        """The SYNs that were sent again, and the time-outs among the attempts that were given up."""
        want = protocols(self.network.client)["TcpExtTCPSynRetrans"]
        for node in ("client", "node"):
            self.check(f"syn_retransmissions_total at {node}", agents[node].value("tcpgauge_syn_retransmissions_total"), want,
                       (0.01, 2), "nstat")
        if "nginx" in self.services:
            dropped = self.edges["nginx"][2]
            for node in ("client", "node"):
                self.check(f"edge_syn_retransmissions_total of :{WEB_DROPPED} at {node}", self.of_edge(
                    agents[node], dropped, "syn_retransmissions_total"), want, (0.01, 2), "nstat")

    def check_capture(self, agents):
        """What came by the two interfaces that carry nothing else, and the frames that we broke."""
        self.check("decode_errors_total at client", sum(agents["client"].find("tcpgauge_decode_errors_total").values()),
                   self.network.broken_frames, (0, 2), "who sent them")
        for node, interface in ENDS.items():
            want = self.network.packets(node, interface) - self.packets_before[node]
            got = sum(sum(agents[node].find(f"tcpgauge_capture_{name}packets_total").values()) for name in ("", "dropped_"))
            self.check(f"packets captured or dropped at {node}", got, want, (0.001, 20), "the interface's counters")
