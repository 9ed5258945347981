# SPDX-License-Identifier: Apache-2.0
"""An agent that asks the Kubernetes API, as its user and with the filter of system calls: from the API to the labels."""
import subprocess

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.kube_account import Account
from support.kube_api import PODS, SLICES, KubeApi, pod, service, slice_of
from support.namespaces import BridgedTestbed
from support.traffic import Conversation
from support.waiting import wait_until

# FirstRequestNs() of this name is 0.1 s.
NODE = "node-690"
CLIENT, SERVER = "shop-5d4f8c7b9-x2x4z", "db-0"
LABELS = {"client_namespace": "shop", "client_workload": "shop", "client_pod": CLIENT, "server_namespace": "shop",
          "server_workload": "db", "server_pod": SERVER, "server_service": "db"}
SOURCES = ("kubernetes-pods", "kubernetes-endpointslices", "kubernetes-services")


class KubeAgentTest(NamespaceCase):
    def setUp(self):
        if "--identity.api" not in subprocess.run([binary(), "--help"], capture_output=True, text=True).stdout:
            self.skipTest("this agent does not ask the Kubernetes API")
        self.bed = self.own(BridgedTestbed())
        self.account = self.own(Account())
        tls = self.account.make_authority("first")
        self.account.write("token", "token-1\n")
        with self.bed.bridge.entered():
            self.api = self.own(KubeApi(tls=tls, tokens={"token-1"}))
        self.api.put(pod(CLIENT, self.bed.link.client_address, node=NODE), service("db", "10.43.0.1"),
                     slice_of("db-a", "db", [(self.bed.link.server_address, SERVER, "node-2", "zone-b")], ports=(5432,)),
                     slice_of("shop-a", "shop", [(self.bed.link.client_address, CLIENT, NODE, "zone-a")]))

    def agent(self, level="cluster"):
        return self.own(Agent(self.bed.bridge, "-i", "port-client", f"--identity={level}", f"--identity.api={self.api.url}",
                              "--identity.token-file", self.account.path("token"), "--identity.ca-file",
                              self.account.path("first.pem"), "--identity.node", NODE))

    def wait_until_up(self, agent, sources=SOURCES):
        for source in sources:
            agent.wait_for("tcpgauge_identity_up", lambda value: value == 1, f"{source} is up", source=source)

    def wait_for_names(self, agent, names):
        """Waits for an edge to the port that has these names and no others."""
        def has_them():
            edges = agent.metrics().find("tcpgauge_edge_connections_opened_total", server_port="5432")
            return names in [{name: value for name, value in labels if name in LABELS} for labels in edges]
        wait_until(has_them, f"an edge has the names {names}", 60)

    def talk(self):
        conversation = self.own(Conversation(self.bed, 5432))
        conversation.client_sends(1000)

    def test_both_ends_of_an_edge_have_their_names(self):
        agent = self.agent()
        self.wait_until_up(agent)
        self.talk()
        self.wait_for_names(agent, LABELS)
        self.assertEqual({request.token for request in self.api.requests}, {"token-1"})
        self.assertTrue(self.api.requests[0].user_agent.startswith("tcpgauge/"))

    def test_names_stay_while_the_api_is_away(self):
        agent = self.agent()
        self.wait_until_up(agent)
        self.api.tokens = set()
        for resource in (PODS, SLICES):
            self.api.send_to_watches(resource, None)
        agent.wait_for("tcpgauge_identity_up", lambda value: value == 0, "the source is down", source=SOURCES[0])
        self.talk()
        self.wait_for_names(agent, LABELS)
        self.account.write("token", "token-2\n")
        self.api.tokens = {"token-2"}
        self.wait_until_up(agent)
        self.assertNotIn("token-", agent.stderr())

    def test_level_node_knows_the_pods_of_its_node_alone(self):
        agent = self.agent("node")
        self.wait_until_up(agent, SOURCES[:1])
        self.talk()
        self.wait_for_names(agent, {name: value for name, value in LABELS.items() if "client" in name})
        self.assertEqual({request.resource for request in self.api.requests}, {PODS})
