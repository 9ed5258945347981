# SPDX-License-Identifier: Apache-2.0
"""The base class of tests of the names at the ends of connections."""
import json
import pwd

from support.agent import Agent
from support.case import NamespaceCase
from support.node import Node
from support.processes import status_of_threads
from support.waiting import wait_until

_NAMES = {f"{end}_{name}" for end in ("client", "server") for name in ("namespace", "workload", "pod", "service")}
_OPENED = "tcpgauge_edge_connections_opened_total"
_NO_CAPABILITY = "0" * 16
# The agent reads its sources every five seconds, and less often where that takes long. The machine may be busy.
ROUND_SECONDS = 90

UNKNOWN = {}


def of_pod(pod, workload):
    """What is known of a pod."""
    return {"namespace": pod.namespace, "workload": workload, "pod": pod.pod}


def of_host(workload):
    """What is known of a unit or of a container outside Kubernetes."""
    return {"workload": workload}


def labels(client=UNKNOWN, server=UNKNOWN):
    """The labels of an edge with these ends. An unknown name has no label."""
    return frozenset((f"{end}_{name}", value) for end, known in (("client", client), ("server", server))
                     for name, value in known.items())


def edges_of(metrics, talk, name=_OPENED):
    """The edges between the two addresses and the server's port of `talk`: {labels that are names: value of `name`}."""
    found = metrics.find(name, client_address=talk.client_address, server_address=talk.server_address,
                         server_port=str(talk.server_port))
    return {frozenset(label for label in series if label[0] in _NAMES): value for series, value in found.items()}


def workload_edges_of(metrics, name, reporter):
    """{(client namespace and workload, server namespace and workload, port): value} of tcpgauge_workload_edge_`name`."""
    keys = ("client_namespace", "client_workload", "server_namespace", "server_workload", "server_port")
    found = metrics.find(f"tcpgauge_workload_edge_{name}", reporter=reporter)
    return {tuple(dict(series).get(key, "") for key in keys): value for series, value in found.items()}


class NamingCase(NamespaceCase):
    """`node`, and the agent on it once start() was called."""

    tools = ("nsenter",)

    def setUp(self):
        self.node = self.own(Node())
        self.outside = self.node.outside

    def start(self, *options, edges=400, prefix=()):
        """Starts the agent on all interfaces. It must have given up all rights, since names need none."""
        self.agent = self.own(Agent(self.node, "-i", "any", "--user", "nobody", "--path.container-logs", self.node.logs,
                                    "--metrics.edges", str(edges), "--metrics.new-edges", "400", *options, "not", "net", "127.0.0.0/8",
                                    prefix=prefix))
        nobody = str(pwd.getpwnam("nobody").pw_uid)
        for thread in status_of_threads(self.agent.pid):
            self.assertEqual(thread["Uid"].split(), [nobody] * 4)
            self.assertEqual((thread["CapEff"], thread["CapPrm"]), (_NO_CAPABILITY, _NO_CAPABILITY))
            self.assertEqual((thread["Seccomp"], thread["NoNewPrivs"]), ("2", "1"))

    def wait_for_metrics(self, condition, what, meanwhile=lambda: None, seconds=ROUND_SECONDS):
        """The first exposition that fulfils condition(). Calls meanwhile() before each."""
        metrics = None

        def look():
            nonlocal metrics
            meanwhile()
            metrics = self.agent.metrics()
            return metrics if condition(metrics) else None
        try:
            return wait_until(look, what, seconds)
        except AssertionError as error:
            seen = [line for line in metrics.text.splitlines() if line.startswith((_OPENED, "tcpgauge_endpoint_info"))]
            raise AssertionError("\n".join([f"{error}; there are:", *seen])) from None

    def wait_for_edge(self, talk, named):
        """Waits until the edge of `talk` with the labels `named` has series. Goes on talking meanwhile."""
        return self.wait_for_metrics(lambda metrics: named in edges_of(metrics, talk), f"the edge {sorted(named)}",
                                     talk.exchange)

    def wait_for_endpoint(self, address, pod):
        """Waits until the agent says that the pod has the address."""
        return self.wait_for_metrics(
            lambda metrics: metrics.find("tcpgauge_endpoint_info", address=address, pod=pod.pod, namespace=pod.namespace),
            f"{address} is {pod.pod}")

    def wait_for_round(self):
        """Waits until the agent has read all its sources once more, from the first to the last.

        A pod that has just begun is known only after such a round.
        """
        self.rounds = getattr(self, "rounds", 0) + 1
        probe = self.node.pod(f"probe-{self.rounds}", namespace="probes")
        self.wait_for_endpoint(probe.address, probe)
        probe.close()

    def row_of(self, talk):
        """The connection in the JSON API, or None."""
        status, body = self.agent.get(f"/api/v1/connections?filter=port:{talk.client_port}")
        self.assertEqual(status, 200, body[:300])
        for row in json.loads(body)["connections"]:
            ends = [(row[end]["address"], row[end]["port"]) for end in ("client", "server")]
            if ends == [(talk.client_address, talk.client_port), (talk.server_address, talk.server_port)]:
                return row
        return None

    def known_of(self, end):
        """What an end of a connection in JSON says that is a name."""
        return {name: end[name] for name in ("namespace", "workload", "pod") if name in end}

    def assert_row(self, talk, client, server):
        row = wait_until(lambda: self.row_of(talk), "the connection is in the API")
        self.assertEqual((self.known_of(row["client"]), self.known_of(row["server"])), (client, server))
        return row

    def assert_sums(self, metrics):
        """Law 2: all edges, the edge `other` and the edges that have ended add up to the totals."""
        for end in ("client", "server"):
            edges = sum(metrics.find(f"tcpgauge_edge_{end}_payload_bytes_total").values())
            retired = metrics.value(f"tcpgauge_edges_retired_{end}_payload_bytes_total")
            self.assertEqual(edges + retired, metrics.value(f"tcpgauge_{end}_payload_bytes_total"), f"payload of the {end}")
        self.assertEqual(sum(metrics.find("tcpgauge_edge_connections").values()),
                         sum(value for series, value in metrics.find("tcpgauge_connections").items()
                             if dict(series)["state"] not in ("closed", "reset"))
                         - metrics.value("tcpgauge_edge_attempts_pending"))
