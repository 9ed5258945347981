# SPDX-License-Identifier: Apache-2.0
"""Which end of a connection the agent takes for the client, when the connection began before the capture.

In most cases the port numbers alone would mislead.
"""
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation

BYTES = "tcpgauge_connection_client_payload_bytes_total"
# The kernel's range for clients is 32768 to 60999 in a fresh namespace. Services such as gRPC's have ports in it, so a
# higher port is a client's: of another system, or of one with another range.
HIGH_SERVICE = 50000
BEYOND_EPHEMERAL = 61500


class TruthOfClientTest(NamespaceCase):
    def setUp(self):
        self.testbed = self.own(Testbed())

    def under_way(self, port, **ends):
        conversation = self.own(Conversation(self.testbed, port, **ends))
        conversation.client_sends(100)
        return conversation

    def check(self, agent, conversation):
        """Lets it speak; the agent must show it with its true client, and never the other way round."""
        conversation.client_sends(1000)
        conversation.server_sends(1000)
        ends = {"client_port": conversation.labels["client_port"], "server_port": conversation.labels["server_port"]}
        agent.wait_for(BYTES, lambda count: count >= 1000, f"a connection with {ends}", **ends)
        swapped = {"client_port": ends["server_port"], "server_port": ends["client_port"]}
        self.assertEqual(agent.metrics().find(BYTES, **swapped), {})

    def test_a_local_listening_socket_is_a_server(self):
        conversation = self.under_way(HIGH_SERVICE, client_port=1234, keep_listening=True)
        self.check(self.own(Agent(self.testbed.server, "-i", "server0")), conversation)

    def test_an_endpoint_that_answered_a_handshake_is_a_server(self):
        conversation = self.under_way(HIGH_SERVICE, client_port=1234)
        agent = self.own(Agent(self.testbed.client, "-i", "client0"))
        other = self.under_way(HIGH_SERVICE, client_port=1235)
        agent.wait_for(BYTES, lambda count: count == 100, "the handshake that teaches", **other.labels)
        self.check(agent, conversation)

    def test_a_port_above_the_ephemeral_ones_is_the_clients(self):
        conversation = self.under_way(HIGH_SERVICE, client_port=BEYOND_EPHEMERAL)
        self.check(self.own(Agent(self.testbed.client, "-i", "client0")), conversation)

    def test_a_reserved_port_is_the_clients_of_a_service(self):
        conversation = self.under_way(2049, client_port=911)
        self.check(self.own(Agent(self.testbed.client, "-i", "client0")), conversation)

    def test_an_endpoint_that_connections_share_is_a_server(self):
        first, second = (self.under_way(BEYOND_EPHEMERAL, client_port=port) for port in (40000, 40001))
        agent = self.own(Agent(self.testbed.client, "-i", "client0"))
        first.client_sends(1000)  # its ports alone mislead
        agent.wait_for("tcpgauge_connections", lambda count: count == 1, "the first connection", state="established")
        self.check(agent, second)

    def test_otherwise_the_higher_port_is_the_clients(self):
        conversation = self.under_way(2000, client_port=3000)
        self.check(self.own(Agent(self.testbed.client, "-i", "client0")), conversation)
