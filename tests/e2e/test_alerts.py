# SPDX-License-Identifier: Apache-2.0
"""Makes alerts fire and resolve: with a real Prometheus, real agents and real traffic.

The rules are the shipped files. Only their durations are shortened. The two alerts that are left out have cases in
tests/deploy/prometheus only: no traffic of a test fills a bounded part of the agent, or makes it log again and again.
"""
import contextlib
import itertools
import os
import re
import signal
import socket
import time
import types

from support import impairment, precedence, shipped
from support.accept_queue import FullQueue
from support.agent import Agent
from support.case import NamespaceCase
from support.marks import alone
from support.mill import Mill
from support.namespaces import Testbed
from support.prometheus import Prometheus
from support.receiver import Answer, Receiver
from support.traffic import Conversation
from support.waiting import wait_until

_SHORT = {"[2m]": "[8s]", "[5m]": "[8s]", "[30m]": "[20s]", "[1h]": "[40s]", "[6h]": "[60s]",
          "interval: 15s": "interval: 1s", "vector(0.5)": "vector(0.2)", "vector(5)": "vector(0.3)"}
_LOSSY_PORT, _SLOW_PORT, _CLOSED_PORT, _STALLED_PORT, _FULL_PORT, _THINKING_PORT = 7100, 7200, 7300, 7400, 7500, 7600
_NOT_MADE_HERE = {"TcpgaugeOverflowing", "TcpgaugeLogLosing"}


def shortened(rules):
    """Rates over 8 s, all groups evaluated every second, everything due after 2 s, a handshake slow above 0.2 s and an
    answer above 0.3 s."""
    for long, short in _SHORT.items():
        rules = rules.replace(long, short)
    rules = re.sub(r"^( +for:) \d+[ms]$", r"\1 2s", rules, flags=re.MULTILINE)
    left = re.findall(r"\[\d+[mhd]\]|offset \d+[mhd]|^ +for: \d+[mhd]$|interval: \d\d+s", rules, flags=re.MULTILINE)
    if left:
        raise AssertionError(f"not shortened: {left}")
    return rules


@alone
class AlertsTest(NamespaceCase):
    tools = ("ethtool", "nft", "prometheus", "tc")

    def setUp(self):
        precedence.take(self)  # a scrape has no more than a second, and a few that are late are an agent that is down
        self.testbed = self.own(Testbed(links=2))

    def watch(self, agents):
        """Prometheus with the shipped rules; `agents` are {name: agent}."""
        self.agents = agents
        self.prometheus = self.own(Prometheus(
            self.testbed.client, {"tcpgauge": [agent.address for agent in agents.values()]},
            [shortened(shipped.read(name)) for name in shipped.RULE_FILES]))
        # Before the first scrape there is no agent, of which one alert tells.
        wait_until(lambda: not self.prometheus.firing(), "no alert before anything happens", 60)

    def several_agents(self):
        """One for each kind of trouble."""
        return {
            "down": self.agent(0),
            "dropping": self.agent(0, "--buffer-size", "64"),
            # Edges between workloads keep their series for an hour of silence, which would keep the alert as long.
            "limited": self.agent(0, "--metrics.series-limit", "600", "--metrics.window", "5", "--identity", "off"),
            "folding": self.agent(0, "--metrics.edges", "1", "--metrics.window", "5"),
            "full": self.agent(0, "--max-connections", "16"),
            "lossy": self.agent(0, "port", str(_LOSSY_PORT)),
            "logging": self.agent(0, "--connection-log", "/dev/full"),
            "pushing": self.agent(0, environment={
                **os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": self.receiver.url, "OTEL_METRIC_EXPORT_INTERVAL": "500"}),
            "slow": self.agent(1),
        }

    def agent(self, link, *options, environment=None):
        return self.own(Agent(self.testbed.client, "-i", self.testbed.links[link].client_interface, *options,
                              environment=environment))

    def refuse(self):
        """One connection that its server refuses."""
        with self.testbed.client.entered():
            client = socket.socket()
        with contextlib.closing(client), contextlib.suppress(ConnectionRefusedError):
            client.connect((self.testbed.link.server_address, _CLOSED_PORT))

    def connect_slowly(self):
        """One connection whose handshake waits behind what is in the queue."""
        conversation = Conversation(self.testbed, _SLOW_PORT, link=1)
        conversation.close()

    def fill_queue(self):
        """With nearly as much as goes through in a second: more would make the queue longer and longer."""
        with self.testbed.client.entered():
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with contextlib.closing(sender):
            for _ in range(17):
                sender.sendto(bytes(1400), (self.testbed.links[1].server_address, 9))

    def fires(self, alert, of):
        """Whether it fires for the agent of that name, or for the service at that port."""
        if isinstance(of, int):
            wanted = {"server_address": self.testbed.links[of == _SLOW_PORT].server_address, "server_port": str(of)}
        else:
            wanted = {"instance": self.agents[of].address if of else None}
        return any(labels["alertname"] == alert and all(labels.get(name) == value for name, value in wanted.items())
                   for labels in self.prometheus.firing())

    def test_each_fires_and_resolves(self):
        expected = {
            "TcpgaugeAgentDown": "down", "TcpgaugeKernelDrops": "dropping", "TcpgaugeSeriesLimitReached": "limited",
            "TcpgaugeMuchInOther": "folding", "TcpgaugeTableFull": "full", "TcpgaugeLossHigh": "lossy",
            "TcpgaugeHandshakeRttHigh": "slow", "TcpgaugeConnectionLogLosing": "logging", "TcpgaugeOtlpFailing": "pushing",
            "TcpgaugeOtlpDropping": "pushing", "TcpgaugeServiceFailing": _CLOSED_PORT, "TcpgaugeServiceLossy": _LOSSY_PORT,
            "TcpgaugeServiceStalled": _STALLED_PORT, "TcpgaugeServiceSlow": _SLOW_PORT,
            "TcpgaugeServiceResponseSlow": _THINKING_PORT,
            "TcpgaugeAcceptQueueFull": "lossy"}
        shipped_alerts = set(re.findall(r"- alert: (\w+)", shipped.read(shipped.RULE_FILES[1])))
        self.assertEqual(set(expected) | {"TcpgaugeAbsent", "TcpgaugeCaptureDown"} | _NOT_MADE_HERE, shipped_alerts,
                         "alerts shipped, and not seen in this file")
        impairment.segments_are_packets(self.testbed)
        impairment.slow_down(types.SimpleNamespace(server=self.testbed.server, link=self.testbed.links[1]), "200kbit")
        with self.testbed.client.entered():
            self.receiver = self.own(Receiver())
        self.watch(self.several_agents())
        self.assertEqual(self.prometheus.firing(), [], "before there is trouble")
        with self.trouble():
            self.wait_for("fires", expected)
        self.wait_for("resolved", expected)

    def test_that_all_agents_are_gone_fires_and_resolves(self):
        self.watch({"only": self.agent(0)})
        port = int(self.agents["only"].address.rpartition(":")[2])
        self.agents["only"].close()
        self.wait_for("fires", {"TcpgaugeAbsent": None})
        self.agent_again(port)
        self.wait_for("resolved", {"TcpgaugeAbsent": None})

    def test_that_an_interface_is_down_fires_and_resolves(self):
        self.watch({"interface": self.agent(0)})
        interface = self.testbed.link.client_interface
        self.testbed.client.run("ip", "link", "set", interface, "down")
        self.wait_for("fires", {"TcpgaugeCaptureDown": "interface"})
        self.testbed.client.run("ip", "link", "set", interface, "up")
        self.wait_for("resolved", {"TcpgaugeCaptureDown": "interface"})

    @contextlib.contextmanager
    def trouble(self):
        """All that the alerts warn of, at once; over when the block ends."""
        conversations = [self.own(Conversation(self.testbed, 7000 + i)) for i in range(40)]
        lossy = self.own(Conversation(self.testbed, _LOSSY_PORT))
        lossy.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
        impairment.lose(self.testbed, _LOSSY_PORT, 20)  # now that it is open
        # A packet may be lost six times in a row, and each time TCP waits twice as long.
        lossy.client.settimeout(60)
        lossy.server.settimeout(60)
        stalled = self.own(Conversation(self.testbed, _STALLED_PORT))
        impairment.swallow(self.testbed, _STALLED_PORT)
        stalled.client.send(bytes(1000))
        thinking = self.own(Conversation(self.testbed, _THINKING_PORT))
        full = self.own(FullQueue(self.testbed.client, self.testbed.server, self.testbed.link.client_address, _FULL_PORT, 0))
        self.receiver.answer_from_now_on(Answer(400))

        def talk():
            for conversation in conversations:
                conversation.client_sends(1000)

        turns = itertools.cycle((thinking.client_sends, thinking.server_sends))

        def think():
            """Each request, and each answer, comes half a second after the other."""
            next(turns)(100)

        def burst_unseen():
            """The agent is stopped while more arrives than its buffer holds."""
            self.agents["dropping"].signal(signal.SIGSTOP)
            for _ in range(20):
                talk()
            self.agents["dropping"].signal(signal.SIGCONT)

        port = int(self.agents["down"].address.rpartition(":")[2])
        self.agents["down"].close()
        mills = [Mill(talk), Mill(burst_unseen, 3), Mill(lambda: lossy.client_sends(20000)), Mill(self.refuse, 0.05),
                 Mill(self.fill_queue, 1), Mill(self.connect_slowly, 0.2), Mill(think, 0.5)]
        try:
            yield
        finally:
            for mill in mills:
                mill.close()
            impairment.lose_no_more(self.testbed)  # what was swallowed arrives now
            for each in conversations + [lossy, stalled, thinking, full]:
                each.close()
            self.receiver.answer_from_now_on(Answer())
            self.agents["down"] = self.agent_again(port)

    def agent_again(self, port):
        """One that Prometheus finds where it looked for the one before: it listens there, too."""
        agent = self.agent(0, f"--web.listen-address=127.0.0.1:{port}")
        agent.address = f"127.0.0.1:{port}"
        return agent

    def wait_for(self, what, expected):
        """Waits until each alert, {alert: agent or port}, "fires" or is "resolved", and prints after how long."""
        start = time.monotonic()
        left = dict(expected)

        def look():
            for alert, of in list(left.items()):
                if self.fires(alert, of) == (what == "fires"):
                    print(f"  {alert} {what} after {time.monotonic() - start:.1f} s")
                    del left[alert]
            return not left
        try:
            wait_until(look, what, 180)
        except AssertionError:
            raise AssertionError(f"not {what} within three minutes: {sorted(left)}") from None
