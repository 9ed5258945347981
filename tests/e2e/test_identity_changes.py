# SPDX-License-Identifier: Apache-2.0
"""Names that come late, change or get lost while connections go on. No counter falls, and no amount is lost."""
from support.naming_case import NamingCase, edges_of, labels, of_host, of_pod
from support.workloads import Talk

CLIENT_BYTES = "tcpgauge_edge_client_payload_bytes_total"
RENAMED, RETIRED = "tcpgauge_edges_renamed_total", "tcpgauge_edges_retired_total"
RETIRED_BYTES = "tcpgauge_edges_retired_client_payload_bytes_total"
WEB, OTHER = "web-6d4b75cb6d-x7x2k", "cart-7c9f8d6b54-2lkqz"


class ChangingNamesTest(NamingCase):
    def setUp(self):
        super().setUp()
        self.there = self.outside.listen(self.outside.address)

    def wait_for_sums(self, *talks):
        """Waits until all that `talks` have sent is counted; their edges and the retired ones must have all of it."""
        sent = sum(talk.client_bytes for talk in talks)

        def counted(metrics):
            self.assert_sums(metrics)
            return metrics.value("tcpgauge_client_payload_bytes_total") == sent
        return self.wait_for_metrics(counted, f"{sent} bytes are counted")

    def test_an_address_that_another_pod_gets_ends_the_edge_and_begins_another(self):
        web = self.node.pod(WEB)
        self.start()
        first = Talk(web, self.there)
        self.wait_for_edge(first, labels(of_pod(web, "web")))
        before = self.wait_for_sums(first)
        first.close()
        web.close()
        cart = self.node.pod(OTHER, place=web.place)
        self.wait_for_endpoint(cart.address, cart)
        second = Talk(cart, self.there)
        metrics = self.wait_for_metrics(
            lambda metrics: set(edges_of(metrics, second)) == {labels(of_pod(cart, "cart"))}, "the edge of the other pod",
            second.exchange)
        self.assertEqual(metrics.value(RETIRED), before.value(RETIRED) + 1)
        self.assertEqual(metrics.value(RETIRED_BYTES), first.client_bytes)
        metrics = self.wait_for_sums(first, second)
        self.assertEqual(edges_of(metrics, second, CLIENT_BYTES)[labels(of_pod(cart, "cart"))], second.client_bytes)
        self.assertEqual(metrics.value(RENAMED), 0)
        self.assert_row(second, of_pod(cart, "cart"), {})

    def test_a_port_that_another_unit_serves_ends_the_edge_and_begins_another(self):
        blue, green = (self.node.process(f"system.slice/{name}.service") for name in ("blue", "green"))
        listener = blue.listen(self.node.address)
        port = listener.getsockname()[1]
        self.start()
        first = Talk(self.outside, listener)
        self.wait_for_edge(first, labels(server=of_host("blue.service")))
        before = self.wait_for_sums(first)
        first.close()
        listener.close()
        listener = green.listen(self.node.address, port)
        queue = {"address": self.node.address, "port": str(port), "workload": "green.service"}
        self.wait_for_metrics(lambda metrics: metrics.find("tcpgauge_listener_queue_limit", **queue), "the other listener")
        second = Talk(self.outside, listener)
        named = labels(server=of_host("green.service"))
        metrics = self.wait_for_metrics(lambda metrics: set(edges_of(metrics, second)) == {named}, "the other edge",
                                        second.exchange)
        self.assertEqual(metrics.value(RETIRED), before.value(RETIRED) + 1)
        metrics = self.wait_for_sums(first, second)
        self.assertEqual(edges_of(metrics, second, CLIENT_BYTES)[named], second.client_bytes)

    def test_a_pod_that_begins_later_gets_its_name_once(self):
        self.start()
        network = self.node.network()
        # The connection of a process that is in no pod's group, as one that nobody has described yet.
        talk = Talk(network, self.there)
        self.wait_for_edge(talk, labels())
        web = self.node.pod(WEB, place=network)
        named = labels(of_pod(web, "web"))
        metrics = self.wait_for_edge(talk, named)
        metrics = self.wait_for_metrics(lambda metrics: set(edges_of(metrics, talk)) == {named}, "only the edge with the name",
                                        talk.exchange)
        self.assertEqual(metrics.value(RENAMED), 1)
        metrics = self.wait_for_sums(talk)
        self.assertEqual(edges_of(metrics, talk, CLIENT_BYTES)[named] + metrics.value(RETIRED_BYTES)
                         + sum(metrics.find(CLIENT_BYTES, client_address="other").values()), talk.client_bytes)
        self.assert_row(talk, of_pod(web, "web"), {})
        self.wait_for_round()
        self.assertEqual(self.agent.metrics().value(RENAMED), 1)

    def check_splits_no_counter(self, web, lose, find):
        self.start()
        talks = [Talk(web, self.there)]
        named = labels(of_pod(web, "web"))
        self.wait_for_edge(talks[0], named)
        before = self.wait_for_sums(*talks)
        share = edges_of(before, talks[0], CLIENT_BYTES)[named] - talks[0].client_bytes
        for change in (lose, find):
            change()
            self.wait_for_round()
            # The connection from before, and one that begins now.
            talks[0].exchange()
            talks.append(Talk(web.place, self.there).exchange())
            metrics = self.wait_for_sums(*talks)
            sent = sum(talk.client_bytes for talk in talks)
            self.assertEqual(edges_of(metrics, talks[0], CLIENT_BYTES), {named: sent + share})
        self.assertEqual(metrics.value(RENAMED), 0)
        self.assertEqual(metrics.value(RETIRED), before.value(RETIRED))

    def test_a_log_that_is_lost_and_comes_back_splits_no_counter(self):
        web = self.node.pod(WEB)
        self.check_splits_no_counter(web, web.remove_log, web.add_log)

    def test_a_container_that_ends_and_is_started_again_splits_no_counter(self):
        web = self.node.pod(WEB)
        self.check_splits_no_counter(web, web.close, lambda: self.node.pod(WEB, place=web.place, uid=web.uid))
