# SPDX-License-Identifier: Apache-2.0
"""The lab: three agents on one path, real servers and their clients, two Prometheus servers over the agents, and one over
the books."""
import concurrent.futures
import contextlib
import signal

import yaml
from support import cleanup, shipped
from support.agent import fetch
from support.exposition import Exposition
from support.lab_books import Books
from support.lab_clients import LabClients
from support.lab_network import LabNetwork
from support.lab_services import Iperf3, Nginx, Postgres, Redis, find
from support.mill import Mill
from support.processes import Process
from support.prometheus import Prometheus
from support.state_metrics import StateMetrics
from support.waiting import wait_until

WEB, WEB_DROPPED, REDIS, DATABASE, BULK, LOSSY, CLOSED = 80, 8080, 6379, 5432, 5201, 5202, 7300
DATABASE_CONNECTIONS = 4
ENDS = {"client": "client0", "server": "server0"}  # whose interfaces carry only what crosses the path
INTERVALS = {"15s": 9015, "30s": 9030}  # at which a Prometheus scrapes, and its port
_TRUTH_PORT = 9001


class Lab:
    """Everything runs when the constructor returns. A program that is missing is in `absent`, with the reason.

    `edges` are the (client, server, port) of each program, and of "refused", a port that nobody listens on.
    """

    def __init__(self):
        self._owned = contextlib.ExitStack()
        cleanup.keep(self)
        self.network = self._own(LabNetwork())
        client1, client2, client3 = self.network.clients
        server1, server2 = self.network.servers
        # Programs that cannot be told their address have the client's first.
        self.edges = {"nginx": [(client1, server1, WEB), (client2, server1, WEB), (client1, server1, WEB_DROPPED)],
                      "redis": [(client2, server1, REDIS)], "PostgreSQL": [(client1, server1, DATABASE)],
                      "iperf3": [(client1, server2, BULK), (client1, server2, LOSSY)],
                      "refused": [(client3, server1, CLOSED)]}
        self._start_services(server1)
        for absent in self.absent:
            del self.edges[absent]
        self.every_edge = [edge for edges in self.edges.values() for edge in edges]
        self.network.count(self.every_edge)
        self.packets_before = {node: self.network.packets(node, interface) for node, interface in ENDS.items()}
        self._receiver = self._own(self.network.start_receiver())
        for agent in self.network.start_agents(self._receiver).values():
            self._own(agent)
        self._start_clients(client1, client2, client3, server1, server2)
        self._start_prometheus()
        self._own(Mill(self.network.pod_comes_and_goes, 3))
        self._own(Mill(self.network.send_broken_frame, 2))

    def metrics(self, node):
        """What the agent on that node shows now; asked from outside the path."""
        status, body = fetch(self.network.monitor, f"http://{self.network.addresses[node]}/metrics")
        if status != 200:
            raise AssertionError(f"/metrics at {node} answered {status}")
        return Exposition(body)

    def ports(self):
        return {port for _, _, port in self.every_edge}

    def begin_outage(self, kind, port):
        """`kind` is "stopped", for redis, or one of LabNetwork's."""
        if kind == "stopped":
            self.services["redis"].stop()
        else:
            self.network.begin_outage(kind, port)

    def end_outage(self, kind, port):
        if kind == "stopped":
            self.services["redis"].start()
        else:
            self.network.end_outage(port)

    def end_clients(self):
        """Returns once the client's kernel has no connection any more."""
        for program in self.programs.values():
            program.signal(signal.SIGINT)
        self.clients.end()
        for program in self.programs.values():
            program.wait()
        wait_until(lambda: not self.books.open_connections(), "the kernel has no connection")

    def close(self):
        cleanup.release(self)
        self._owned.close()

    def _own(self, thing):
        self._owned.callback(thing.close)
        return thing

    def _start_services(self, server1):
        server = self.network.server
        makers = {"nginx": (Nginx.why_not(), lambda: Nginx(server, server1, (WEB, WEB_DROPPED))),
                  "redis": (Redis.why_not(), lambda: Redis(server, server1, REDIS)),
                  "PostgreSQL": (Postgres.why_not(), lambda: Postgres(server, server1, DATABASE, "192.0.2.0/24")),
                  "iperf3": (Iperf3.why_not(), lambda: Iperf3(server, (BULK, LOSSY)))}
        self.absent = {name: why for name, (why, _) in makers.items() if why}
        self.services = {name: self._own(make()) for name, (why, make) in makers.items() if not why}

    def _start_clients(self, client1, client2, client3, server1, server2):
        tasks = {"nginx": [("http", client1, server1, WEB, 8), ("http-standing", client2, server1, WEB, 10),
                           ("http", client1, server1, WEB_DROPPED, 2)],
                 "redis": [("redis", client2, server1, REDIS, 50)],
                 "refused": [("knock", client3, server1, CLOSED, 1)]}
        self.clients = self._own(LabClients(self.network.client, [
            task for name, of_name in tasks.items() if name not in self.absent for task in of_name]))
        commands = {}
        if "iperf3" in self.services:
            for port, rate in ((BULK, "5M"), (LOSSY, "1M")):
                commands[port] = ["iperf3", "--client", server2, "--port", port, "--bind", client1, "--bidir", "--json",
                                  "--bitrate", rate, "--length", "16K", "--congestion", "cubic", "--time", "0"]
        if "PostgreSQL" in self.services:
            # What waited for too long is left out, so that no backlog follows an outage.
            commands[DATABASE] = [find("pgbench"), "-h", server1, "-p", DATABASE, "-U", "postgres", "-n", "-S",
                                  "-c", DATABASE_CONNECTIONS, "-R", 20, "-L", 1000, "-T", 100000, "postgres"]
        self.programs = {port: self._own(Process(self.network.client.command(*map(str, command))))
                         for port, command in commands.items()}

    def _start_prometheus(self):
        settings = yaml.safe_load(shipped.read("deploy/prometheus/scrape/host.yml"))["global"]
        rules = [shipped.read(name) for name in shipped.RULE_FILES]
        monitor = self.network.monitor
        agents = list(self.network.addresses.values())
        self.books = self._own(Books(self.network, self.every_edge, self.clients, {WEB_DROPPED}, self._receiver))
        pods = self._own(StateMetrics(monitor, {"shop-1": self.network.clients[0], "shop-2": self.network.clients[1]}))

        def start(scraped, port, features="", **changes):
            return self._own(Prometheus(monitor, {"tcpgauge": scraped, "kube-state-metrics": pods.address}, rules,
                                        port=port, settings=dict(settings, **changes), features=features))
        # At once, since each waits for its first scrapes.
        with concurrent.futures.ThreadPoolExecutor() as starters:
            truth = starters.submit(start, self.books.address, _TRUTH_PORT, evaluation_interval="15s")
            # Both servers of answers that are compared evaluate rules as often: sums over a few evaluations are coarse.
            # The other one does so once a minute, as by default, and has no native histograms, as by default.
            evaluations = {"15s": {"evaluation_interval": "15s", "features": "native-histograms"}, "30s": {}}
            servers = {interval: starters.submit(start, agents, port, scrape_interval=interval, **evaluations[interval])
                       for interval, port in INTERVALS.items()}
            self.truth = truth.result()
            self.prometheus = {interval: server.result() for interval, server in servers.items()}
