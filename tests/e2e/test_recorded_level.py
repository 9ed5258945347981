# SPDX-License-Identifier: Apache-2.0
"""What the recording rules say of edges that several agents see, by promtool: each counts once, `other` not at all."""
import re
import shutil
import unittest

import yaml
from support import shipped
from support.promtool_world import World

_AT = 600
_RULES = [rule for group in yaml.safe_load(shipped.read(shipped.RULE_FILES[0]))["groups"] for rule in group["rules"]]
_SERVICE = '{server_address="10.0.0.2",server_port="443"}'


def edge(agent, client="10.0.0.1", server="10.0.0.2", port="443", **more):
    return {"job": "tcpgauge", "instance": agent, "client_address": client, "server_address": server,
            "server_port": port, **more}


@unittest.skipUnless(shutil.which("promtool"), "promtool (Debian's prometheus) is missing")
class RecordedLevelTest(unittest.TestCase):
    def rates(self, world, metric, rates, **labels):
        """`rates` are {edge's labels as a tuple of edge()'s arguments: rate a second}."""
        for where, rate in rates.items():
            world.counter(f"tcpgauge_edge_{metric}", edge(*where, **labels), [(_AT * 100, rate)])

    def assert_values(self, world, expected, at=_AT):
        for (expression, value), found in zip(expected.items(), world.answers([(each, at) for each in expected])):
            self.assertEqual([round(got, 6) for _, got in found], [value], expression)

    def test_each_counter_of_an_edge_is_that_of_the_agent_that_saw_most(self):
        names = {match[1]: match[0] for rule in _RULES if rule["record"].startswith("edge:tcpgauge_edge_")
                 for match in re.findall(r"rate\((tcpgauge_edge_(\w+?)(?:_total)?)\{", rule["expr"])}
        self.assertEqual(set(names) - {"handshake_rtt_seconds_sum", "handshake_rtt_seconds_count", "response_seconds_sum",
                                       "response_seconds_count"},
                         {"client_payload_bytes", "server_payload_bytes", "connections_opened", "connections_failed",
                          "syn_retransmissions", "segments", "retransmitted_segments", "out_of_order_segments"})
        world = World(15, _AT)
        for series in names.values():
            for agent, rate in (("a", 3), ("b", 5), ("c", 4)):
                world.counter(series, edge(agent), [(_AT, rate)])
                world.counter(series, edge(agent, "other", "other", "other"), [(_AT, 1000)])
        self.assert_values(world, {f"edge:tcpgauge_edge_{name}:rate5m": 5 for name in names})

    def test_gauges_of_an_edge_are_those_of_the_agent_that_saw_most(self):
        world = World(15, _AT)
        for name in ("connections", "connections_stalled"):
            for agent, value in (("a", 4), ("b", 4), ("c", 3)):
                world.gauge(f"tcpgauge_edge_{name}", edge(agent), [(_AT + 1, value)])
                world.gauge(f"tcpgauge_edge_{name}", edge(agent, "other", "other", "other"), [(_AT + 1, 99)])
        world.gauge("tcpgauge_edge_connections", edge("a", "10.0.0.9"), [(_AT + 1, 2)])
        self.assert_values(world, {"server:tcpgauge_edge_connections:sum": 6, "job:tcpgauge_edge_connections:sum": 6,
                                   "server:tcpgauge_edge_connections_stalled:sum": 4})

    def test_failures_are_kept_apart_by_reason_and_added_for_a_service(self):
        world = World(15, _AT)
        # The agent before a firewall sees it refuse; the one behind it sees nothing.
        self.rates(world, "connections_failed_total", {("a",): 2, ("b",): 0}, reason="refused")
        self.rates(world, "connections_failed_total", {("a",): 1, ("b",): 1}, reason="timeout")
        self.rates(world, "connections_opened_total", {("a",): 10, ("b",): 8})
        self.assert_values(world, {'edge:tcpgauge_edge_connections_failed:rate5m{reason="refused"}': 2,
                                   'edge:tcpgauge_edge_connections_failed:rate5m{reason="timeout"}': 1,
                                   "server:tcpgauge_edge_connections_failed:rate5m": 3,
                                   "server:tcpgauge_edge_connections_failed:ratio_rate5m": 0.3})

    def test_a_loss_between_two_agents_is_one_loss(self):
        world = World(15, _AT)
        self.rates(world, "segments_total", {("a",): 100, ("b",): 96})
        self.rates(world, "retransmitted_segments_total", {("a",): 4, ("b",): 1})
        self.rates(world, "out_of_order_segments_total", {("a",): 0, ("b",): 3})
        self.assert_values(world, {"edge:tcpgauge_edge_lost_segments:rate5m": 4,
                                   "server:tcpgauge_edge_lost_segments:ratio_rate5m": 0.04,
                                   "server:tcpgauge_edge_lost_segments:ratio_rate2m": 0.04})

    def test_an_edge_on_which_no_segment_goes_has_no_share(self):
        world = World(15, _AT)
        for name in ("segments_total", "retransmitted_segments_total", "out_of_order_segments_total",
                     "connections_opened_total", "handshake_rtt_seconds_sum", "handshake_rtt_seconds_count",
                     "response_seconds_sum", "response_seconds_count"):
            self.rates(world, name, {("a",): 0})
        self.rates(world, "connections_failed_total", {("a",): 0}, reason="refused")
        shares = [rule["record"] for rule in _RULES if re.match(r"server:.*:(ratio|mean)_", rule["record"])]
        self.assertGreater(len(shares), 10)
        self.assertEqual(world.answers([(each, _AT) for each in shares]), [[]] * len(shares))

    def test_with_less_detail_the_rules_say_what_can_be_said(self):
        world = World(15, _AT)
        self.rates(world, "connections_opened_total", {("a",): 10, ("b",): 10})
        self.rates(world, "connections_failed_total", {("a",): 4, ("b",): 4})
        self.rates(world, "retransmitted_segments_total", {("a",): 3, ("b",): 2})
        self.rates(world, "handshake_rtt_seconds_sum", {("a",): 1.2, ("b",): 1.2})
        self.rates(world, "handshake_rtt_seconds_count", {("a",): 6, ("b",): 6})
        self.assert_values(world, {"server:tcpgauge_edge_connections_failed:ratio_rate5m": 0.4,
                                   "server:tcpgauge_edge_syns_failed:ratio_rate2m": 0.4,
                                   "server:tcpgauge_edge_lost_segments:rate5m": 3,
                                   "server:tcpgauge_edge_handshake_rtt_seconds:mean_rate5m": 0.2})
        self.assertEqual(world.answers([("server:tcpgauge_edge_lost_segments:ratio_rate5m", _AT)]), [[]])

    def test_an_exchange_that_two_agents_see_counts_once(self):
        world = World(15, _AT)
        self.rates(world, "response_seconds_sum", {("a",): 0.5, ("b",): 0.4, ("a", "10.0.0.9"): 3})
        self.rates(world, "response_seconds_count", {("a",): 10, ("b",): 10, ("a", "10.0.0.9"): 4})
        for window in ("2m", "5m"):
            self.assert_values(world, {f"server:tcpgauge_edge_responses:rate{window}": 14,
                                       f"server:tcpgauge_edge_response_seconds:mean_rate{window}": 0.25})

    def test_no_syn_fails_twice(self):
        world = World(15, _AT)
        # Of 3 attempts a second one is answered, and two are sent again six times before they time out.
        self.rates(world, "connections_opened_total", {("a",): 3, ("b",): 3})
        self.rates(world, "syn_retransmissions_total", {("a",): 12, ("b",): 12})
        self.rates(world, "connections_failed_total", {("a",): 2, ("b",): 2}, reason="timeout")
        self.assert_values(world, {"server:tcpgauge_edge_syns:rate2m": 15,
                                   "server:tcpgauge_edge_syns_failed:rate2m": 14})
        # They are no news while the edge completes handshakes.
        self.rates(world, "handshake_rtt_seconds_count", {("b",): 1})
        self.assert_values(world, {"server:tcpgauge_edge_syns_failed:rate2m": 12})

    def test_slow_handshakes_are_those_of_edges_whose_mean_is_slow(self):
        world = World(15, _AT)
        for client, count, seconds in (("10.0.0.1", 1, 0.6), ("10.0.0.7", 2, 0.4), ("10.0.0.8", 1, 1.0),
                                       ("10.0.0.9", 0, 0)):
            for agent in "ab":
                self.rates(world, "handshake_rtt_seconds_count", {(agent, client): count})
                self.rates(world, "handshake_rtt_seconds_sum", {(agent, client): seconds})
        self.rates(world, "handshake_rtt_seconds_count", {("a", "10.0.0.1", "10.0.0.3"): 5})
        self.rates(world, "handshake_rtt_seconds_sum", {("a", "10.0.0.1", "10.0.0.3"): 0.1})
        self.assert_values(world, {f"server:tcpgauge_edge_slow_handshakes:ratio_rate5m{_SERVICE}": 0.5,
                                   'server:tcpgauge_edge_slow_handshakes:ratio_rate5m{server_address="10.0.0.3"}': 0})

    def test_burn_rates_weigh_a_busy_minute_more_than_a_quiet_one(self):
        world = World(30, 6 * 3600, evaluation=60)
        end = 6 * 3600
        # 5 h of 1 attempt a second, of which a tenth fails. Then 1 h of 10, of which half fail in the first 20 minutes.
        attempts = [(end - 3600, 1), (end, 10)]
        failed = [(end - 3600, 0.1), (end - 2400, 5), (end, 0)]
        slow = [(end - 3600, 0), (end - 2400, 10), (end, 0)]
        for agent in "abc":
            world.counter("tcpgauge_edge_connections_opened_total", edge(agent), attempts)
            world.counter("tcpgauge_edge_connections_failed_total", edge(agent, reason="refused"), failed)
            world.counter("tcpgauge_edge_handshake_rtt_seconds_count", edge(agent), attempts)
            world.counter("tcpgauge_edge_handshake_rtt_seconds_sum", edge(agent), slow)
        expected = {"connections_failed": (0, 0, 6000 / 36000, 7800 / 54000),
                    "slow_handshakes": (0, 0, 12000 / 36000, 12000 / 54000)}
        for name, values in expected.items():
            windows = ("5m", "30m", "1h", "6h")
            found = world.answers([(f"server:tcpgauge_edge_{name}:ratio_rate{window}", end) for window in windows])
            for window, value, [(_, got)] in zip(windows, values, found):
                print(f"  {name} over {window}: {got:.4f}, by the world's books {value:.4f}")
                self.assertAlmostEqual(got, value, delta=0.02, msg=f"{name} over {window}")
