# SPDX-License-Identifier: Apache-2.0
"""When the alerts per service and per listener fire and resolve, and for which one: promtool, on what three agents would show.

Each trouble begins just after a scrape, which is the worst moment, and lasts for ten minutes.
"""
import shutil
import unittest

from support.promtool_world import World

_INTERVALS = (15, 30)  # of the shipped scrape configurations
_AGENTS = ("a", "b", "c")
_CLIENT = "10.0.0.1"
_BEGIN, _END = 241, 841
_DUE = 180
_SECONDS = _END + _DUE + 60
_TIMEOUT = 127  # an attempt of Linux times out so long after its SYN

_COUNTERS = {"opened": "connections_opened_total", "syns_again": "syn_retransmissions_total",
             "segments": "segments_total", "again": "retransmitted_segments_total", "late": "out_of_order_segments_total",
             "rtt_sum": "handshake_rtt_seconds_sum", "rtt_count": "handshake_rtt_seconds_count",
             "response_sum": "response_seconds_sum", "response_count": "response_seconds_count"}
_FAILED = {"refused": "refused", "timed_out": "timeout"}
_GAUGES = {"connections": "connections", "stalled": "connections_stalled"}


def always(rate):
    return [(_SECONDS, rate)]


def trouble(rate, usual=0, begin=_BEGIN, end=_END):
    """`usual`, and `rate` during the trouble."""
    return [(begin, usual), (end, rate), (_SECONDS, usual)]


def edge(world, server, port, agents=_AGENTS, begins=0, client=_CLIENT, **pieces):
    """An edge as each agent shows it with all details. What is not given is 0."""
    labels = {"client_address": client, "server_address": server, "server_port": str(port)}
    for agent in agents:
        of_agent = {"job": "tcpgauge", "instance": agent, **labels}
        for key, name in _COUNTERS.items():
            world.counter(f"tcpgauge_edge_{name}", of_agent, pieces.get(key, []), begins)
        for key, reason in _FAILED.items():
            world.counter("tcpgauge_edge_connections_failed_total", dict(of_agent, reason=reason), pieces.get(key, []),
                          begins)
        for key, name in _GAUGES.items():
            world.gauge(f"tcpgauge_edge_{name}", of_agent, pieces.get(key, []), begins)


def listener(world, agent, port, limit, held=(), drops=(), **names):
    """A listening socket as its agent shows it: connections in its queue, and what it drops in a second."""
    labels = {"job": "tcpgauge", "instance": agent, "address": "0.0.0.0", "port": str(port), **names}
    world.gauge("tcpgauge_listener_queue_connections", labels, held or always(0))
    world.gauge("tcpgauge_listener_queue_limit", labels, always(limit))
    world.counter("tcpgauge_listener_dropped_total", labels, drops)


def healthy(rate=10.0):
    """A service that answers: `rate` connections and ten times as many segments a second."""
    return {"opened": always(rate), "rtt_sum": always(rate * 0.001), "rtt_count": always(rate),
            "response_sum": always(rate * 0.02), "response_count": always(rate),
            "segments": always(rate * 10), "connections": always(5)}


@unittest.skipUnless(shutil.which("promtool"), "promtool (Debian's prometheus) is missing")
class ServiceAlertsTest(unittest.TestCase):
    def check(self, build, expected):
        """`build(world)` makes the trouble. Exactly the `expected` alerts, {(alert, "SERVER PORT")}, fire within three
        minutes of its beginning, fire still at its end, and none does three minutes later."""
        for interval in _INTERVALS:
            with self.subTest(interval=interval):
                world = World(interval, _SECONDS)
                build(world)
                before, early, during, still, after = world.firing(
                    _BEGIN - 1, _BEGIN + 105, _BEGIN + _DUE, _END, _END + _DUE)
                self.assertEqual(before, set(), "before")
                self.assertLessEqual(early, set(expected), "after a minute and three quarters")
                self.assertEqual(during, set(expected), "three minutes after the beginning")
                self.assertEqual(still, set(expected), "at the end")
                self.assertEqual(after, set(), "three minutes after the end")

    def check_failing(self, build, *services):
        self.check(build, {("TcpgaugeServiceFailing", each) for each in services})

    def test_a_service_that_is_down_fails_and_its_neighbour_does_not(self):
        def build(world):
            edge(world, "10.0.0.2", 6379, **{**healthy(), "refused": trouble(10), "rtt_count": trouble(0, 10),
                                             "rtt_sum": trouble(0, 0.01), "segments": trouble(0, 100)})
            edge(world, "10.0.0.2", 6380, **healthy())
            edge(world, "10.0.0.3", 6379, **healthy())
        self.check_failing(build, "10.0.0.2 6379")

    def test_an_ipv6_service_that_is_down_fails(self):
        def build(world):
            edge(world, "2001:db8::2", 443, agents=("a",), opened=always(0.5), refused=trouble(0.5))
        self.check_failing(build, "2001:db8::2 443")

    def test_a_dropped_port_fails_though_time_outs_come_two_minutes_late(self):
        def build(world):
            # A SYN a second, each sent again after 1, 3, 7, 15, 31 and 63 s; those of the last minute after the end.
            edge(world, "10.0.0.2", 5432, opened=always(1), rtt_count=trouble(0, 1), rtt_sum=trouble(0, 0.001),
                 syns_again=[(_BEGIN, 0), (_BEGIN + 63, 4), (_END, 6), (_END + 32, 1), (_SECONDS, 0)],
                 timed_out=trouble(1, begin=_BEGIN + _TIMEOUT, end=_END + _TIMEOUT))
        self.check_failing(build, "10.0.0.2 5432")

    def test_a_dropped_port_fails_where_clients_give_up_after_three_seconds(self):
        def build(world):
            edge(world, "10.0.0.2", 5432, opened=always(0.33), rtt_count=trouble(0, 0.33), rtt_sum=trouble(0, 0.001),
                 syns_again=trouble(0.33), timed_out=trouble(0.33, begin=_BEGIN + _TIMEOUT, end=_END + _TIMEOUT))
        self.check_failing(build, "10.0.0.2 5432")

    def test_a_service_that_loses_every_fourth_syn_fails(self):
        def build(world):
            edge(world, "10.0.0.2", 80, **{**healthy(3), "syns_again": trouble(1)})
        self.check_failing(build, "10.0.0.2 80")

    def test_a_service_fails_when_all_of_its_clients_together_are_refused(self):
        def build(world):
            for client in range(10, 20):
                edge(world, "10.0.0.2", 80, client=f"10.0.0.{client}", **{**healthy(0.5), "refused": trouble(0.05)})
        self.check_failing(build)  # 0.5 of 5 a second: exactly a tenth

        def worse(world):
            for client in range(10, 20):
                edge(world, "10.0.0.2", 80, client=f"10.0.0.{client}", **{**healthy(0.5), "refused": trouble(0.06)})
        self.check_failing(worse, "10.0.0.2 80")

    def test_an_edge_that_is_new_fails_once_its_minute_at_zero_is_over(self):
        def build(world):
            edge(world, "10.0.0.2", 6379, begins=_BEGIN, opened=trouble(1, begin=_BEGIN + 60),
                 refused=trouble(1, begin=_BEGIN + 60))
        self.check_failing(build, "10.0.0.2 6379")

    def test_clients_that_give_up_within_a_second_are_seen_by_their_time_outs(self):
        for interval in _INTERVALS:
            world = World(interval, _SECONDS)
            edge(world, "10.0.0.2", 80, opened=always(1), rtt_count=trouble(0, 1), rtt_sum=trouble(0, 0.001),
                 timed_out=trouble(1, begin=_BEGIN + _TIMEOUT, end=_END + _TIMEOUT))
            # No metric tells of them sooner.
            soon, later, after = world.firing(_BEGIN + _DUE - 60, _BEGIN + _TIMEOUT + _DUE, _END + _DUE)
            self.assertEqual((soon, later, after), (set(), {("TcpgaugeServiceFailing", "10.0.0.2 80")}, set()))

    def test_with_less_detail_a_service_that_is_down_fails(self):
        def build(world):
            labels = {"job": "tcpgauge", "instance": "a", "client_address": _CLIENT, "server_address": "10.0.0.2",
                      "server_port": "6379"}
            world.counter("tcpgauge_edge_connections_opened_total", labels, always(1))
            world.counter("tcpgauge_edge_connections_failed_total", labels, trouble(1))
            world.counter("tcpgauge_edge_retransmitted_segments_total", labels, trouble(1))
        self.check_failing(build, "10.0.0.2 6379")

    def test_what_is_rare_or_a_small_share_or_in_other_is_no_alert(self):
        def build(world):
            # 3 % of 1000; 5 % where three agents see it; all of 0.15 a second, of which three agents see 0.45.
            edge(world, "10.0.0.2", 80, **{**healthy(1000), "refused": trouble(30)})
            edge(world, "10.0.0.2", 81, **{**healthy(10), "refused": trouble(0.5)})
            edge(world, "10.0.0.2", 82, opened=always(0.15), refused=trouble(0.15))
            edge(world, "10.0.0.2", 83, opened=always(0.07), syns_again=trouble(0.14))
            edge(world, "other", "other", client="other", opened=always(100), refused=trouble(100),
                 syns_again=trouble(100), segments=always(1000), again=trouble(500), late=trouble(400),
                 stalled=trouble(50), rtt_count=always(10), rtt_sum=trouble(100))
        self.check_failing(build)

    def test_the_noise_of_a_node_is_no_alert_of_a_service(self):
        def build(world):
            edge(world, "10.0.0.2", 80, **healthy())
            node = {"job": "tcpgauge", "instance": "a"}
            world.counter("tcpgauge_connections_closed_total", dict(node, reason="refused"), trouble(50))
            world.counter("tcpgauge_syn_retransmissions_total", node, trouble(50))
            world.counter("tcpgauge_client_retransmitted_segments_total", node, trouble(2))
            world.counter("tcpgauge_server_retransmitted_segments_total", node, trouble(0))
            world.counter("tcpgauge_out_of_order_segments_total", node, trouble(0))
            world.counter("tcpgauge_segments_total", node, always(1000))
        self.check(build, set())

    def test_a_service_that_loses_segments_is_lossy_on_either_side_of_the_loss(self):
        def build(world):
            # The agent before the loss counts retransmissions, the one behind it segments out of order.
            edge(world, "10.0.0.2", 443, agents=("a",), segments=always(100), again=trouble(3.7))
            edge(world, "10.0.0.2", 443, agents=("b",), segments=always(97), late=trouble(3.7))
            edge(world, "10.0.0.3", 443, segments=always(100), late=trouble(2))
            edge(world, "10.0.0.4", 443, segments=always(2), again=trouble(0.1))
            edge(world, "10.0.0.5", 443, segments=always(1000), again=trouble(2))  # 0.2 %
        self.check(build, {("TcpgaugeServiceLossy", f"10.0.0.{host} 443") for host in (2, 3, 4)})

    def test_a_loss_between_two_agents_counts_once(self):
        def build(world):
            edge(world, "10.0.0.2", 443, agents=("a",), segments=always(100), again=trouble(0.7))
            edge(world, "10.0.0.2", 443, agents=("b",), segments=always(100), late=trouble(0.7))
            edge(world, "10.0.0.2", 443, agents=("c",), segments=always(100), late=trouble(0.7))
        self.check(build, set())

    def test_a_single_lost_segment_is_no_alert(self):
        def build(world):
            edge(world, "10.0.0.2", 443, segments=always(0.5), again=trouble(1 / 15, end=_BEGIN + 15))
        self.check(build, set())

    def test_connections_that_stall_are_told_of_by_their_service(self):
        def build(world):
            edge(world, "10.0.0.2", 5432, stalled=trouble(1), connections=always(3))
            edge(world, "10.0.0.3", 5432, agents=("b",), stalled=trouble(4), connections=always(4))
            edge(world, "2001:db8::3", 3306, agents=("a", "c"), stalled=trouble(2), connections=always(9))
            edge(world, "10.0.0.2", 5433, stalled=trouble(1, end=_BEGIN + 20), connections=always(3))
            edge(world, "10.0.0.4", 443, stalled=trouble(3), connections=always(500))  # a few clients vanished
            edge(world, "10.0.0.4", 5432, stalled=trouble(30), connections=always(500))
        self.check(build, {("TcpgaugeServiceStalled", each)
                           for each in ("10.0.0.2 5432", "10.0.0.3 5432", "10.0.0.4 5432", "2001:db8::3 3306")})

    def test_a_service_with_slow_handshakes_is_slow_and_one_slow_handshake_is_not(self):
        def build(world):
            edge(world, "10.0.0.2", 80, opened=always(1), rtt_count=always(1), rtt_sum=trouble(1, 0.001))
            edge(world, "10.0.0.3", 80, opened=always(10), rtt_count=always(10), rtt_sum=trouble(6, 0.01))
            edge(world, "10.0.0.4", 80, opened=always(1), rtt_count=always(1), rtt_sum=trouble(0.4, 0.001))
            # One handshake of 3 s.
            edge(world, "10.0.0.5", 80, opened=trouble(1 / 15, end=_BEGIN + 15),
                 rtt_count=trouble(1 / 15, end=_BEGIN + 15), rtt_sum=trouble(3 / 15, end=_BEGIN + 15))
        self.check(build, {("TcpgaugeServiceSlow", f"10.0.0.{host} 80") for host in (2, 3)})

    def test_a_service_with_slow_answers_is_slow_to_respond_and_one_slow_answer_is_not(self):
        def build(world):
            edge(world, "10.0.0.2", 80, response_count=always(1), response_sum=trouble(8, 0.02))
            # Ten requests at a time, of which each takes 6 s.
            edge(world, "10.0.0.3", 80, response_count=trouble(1.7, 50), response_sum=trouble(10, 1))
            edge(world, "10.0.0.4", 80, response_count=always(10), response_sum=trouble(40, 0.2))
            # One answer after a minute.
            edge(world, "10.0.0.5", 80, response_count=trouble(1 / 15, end=_BEGIN + 15),
                 response_sum=trouble(60 / 15, end=_BEGIN + 15))
        self.check(build, {("TcpgaugeServiceResponseSlow", f"10.0.0.{host} 80") for host in (2, 3)})

    def test_edges_that_differ_in_the_names_of_their_ends_are_added_for_each_agent(self):
        def build(world):
            # Ten units of one host, each with a tenth of the attempts. Two agents see them, so 5 % fail, not 10 %.
            for agent in ("a", "b"):
                for unit in range(10):
                    labels = {"job": "tcpgauge", "instance": agent, "client_address": _CLIENT, "server_address": "10.0.0.2",
                              "server_port": "80", "client_workload": f"unit{unit}.service"}
                    world.counter("tcpgauge_edge_connections_opened_total", labels, always(1))
                    world.counter("tcpgauge_edge_connections_failed_total", dict(labels, reason="refused"),
                                  trouble(0.5 if unit == 0 else 0))
                    world.counter("tcpgauge_edge_connections_failed_total",
                                  dict(labels, reason="refused", server_address="10.0.0.3"), trouble(0.15))
                    world.counter("tcpgauge_edge_connections_opened_total", dict(labels, server_address="10.0.0.3"), always(1))
        self.check_failing(build, "10.0.0.3 80")

    def test_an_accept_queue_that_is_full_is_told_of_and_one_that_is_nearly_full_is_not(self):
        def build(world):
            listener(world, "a", 5432, 128, held=trouble(129), workload="postgresql.service")
            listener(world, "a", 5433, 128, held=trouble(128))
            listener(world, "b", 5432, 0, held=trouble(1))
            listener(world, "c", 5432, 4096, held=trouble(4000))
        self.check(build, {("TcpgaugeAcceptQueueFull", "0.0.0.0 a 5432 postgresql.service"),
                           ("TcpgaugeAcceptQueueFull", "0.0.0.0 b 5432")})

    def test_an_accept_queue_that_fills_between_scrapes_is_told_of_by_its_drops(self):
        def build(world):
            listener(world, "a", 80, 511, drops=trouble(1))
            listener(world, "b", 80, 511, drops=trouble(0.2))
            listener(world, "c", 80, 511, drops=trouble(0.02))  # a lost SYN or two
        self.check(build, {("TcpgaugeAcceptQueueFull", "0.0.0.0 a 80"), ("TcpgaugeAcceptQueueFull", "0.0.0.0 b 80")})
