# SPDX-License-Identifier: Apache-2.0
"""Three agents on one path, Prometheus with the shipped rules, and traffic of real programs for ten minutes.

Each query that we ship answers what the kernels, the servers and the clients counted. Each outage of a service makes
its alert fire and resolve, at scrape intervals of 15 and 30 s. LAB_SECONDS shortens the test for who works on it.
"""
import os
import time

from support import lab_answers, lab_rows
from support.case import NamespaceCase
from support.lab import BULK, CLOSED, DATABASE, INTERVALS, LOSSY, REDIS, WEB, WEB_DROPPED, Lab
from support.marks import alone, slow
from support.waiting import wait_until

SECONDS = float(os.environ.get("LAB_SECONDS", "600"))
CALM_SHARE = 0.25  # of the seconds, before the outages
ALERT_SECONDS = 180
# How far an answer may be from the truth: as a share of it, and beyond that.
TOLERANCE = (0.1, 0.02)
# So many connections may begin to have series in a minute, and each keeps them for a minute after its end.
NEW_CONNECTIONS = 20

# What fails, how, and which alert tells of it, by the service's port.
OUTAGES = {
    REDIS: ("stopped", "TcpgaugeServiceFailing"),
    WEB_DROPPED: ("dropped", "TcpgaugeServiceFailing"),
    LOSSY: ("lossy", "TcpgaugeServiceLossy"),
    DATABASE: ("swallowed", "TcpgaugeServiceStalled"),
}
HEALTHY = {str(WEB), str(BULK)}


@slow
@alone
class LabTest(NamespaceCase):
    tools = ("ethtool", "nft", "nstat", "prometheus", "ss")

    def test_answers_and_alerts_are_those_of_the_kernels_the_servers_and_the_clients(self):
        self.lab = self.own(Lab())
        for name, why in self.lab.absent.items():
            print(f"  without {name}: {why}")
        self.begin = time.monotonic()
        self.standing = set()  # connections that were open at the last look
        self.answered = {}  # {query: whether it has found something}

        self.wait_until_second(CALM_SHARE * SECONDS)
        self.check_alerts_in_calm()
        self.check_connections()
        outages = {port: outage for port, outage in OUTAGES.items() if port in self.lab.ports()}
        for port, (kind, _) in outages.items():
            self.lab.begin_outage(kind, port)
        self.wait_for_alerts("fires", outages)
        self.check_answers("while services fail")
        for port, (kind, _) in outages.items():
            self.lab.end_outage(kind, port)
        self.wait_for_alerts("resolved", outages)
        self.wait_until_second(SECONDS)
        self.check_answers("at the end")
        self.check_that_each_query_has_answered()
        self.check_interfaces()
        self.check_connections()
        self.check_sums()

    def wait_until_second(self, second):
        wait_until(lambda: time.monotonic() - self.begin >= second, "the time passes", second + 1, pause=0.5)

    def firing(self, interval):
        """{(alert, port)}; the port is empty where an alert is not about a service."""
        return {(labels["alertname"], labels.get("server_port", "")) for labels in self.lab.prometheus[interval].firing()}

    def check_alerts_in_calm(self):
        for interval in INTERVALS:
            with self.subTest("alerts in calm", interval=interval):
                self.assertEqual(self.firing(interval), {("TcpgaugeServiceFailing", str(CLOSED))})

    def wait_for_alerts(self, what, outages):
        """Waits until the alert of each outage fires or is resolved, at both intervals, and prints after how long."""
        start = time.monotonic()
        left = {(interval, alert, str(port)) for interval in INTERVALS for port, (_, alert) in outages.items()}
        wrong = set()

        def look():
            firing = {(interval, *alert) for interval in INTERVALS for alert in self.firing(interval)}
            wrong.update(alert for alert in firing if alert[2] in HEALTHY)
            for each in sorted(left & firing if what == "fires" else left - firing):
                print(f"  {each[1]} of port {each[2]} {what} after {time.monotonic() - start:5.1f} s, scraped every {each[0]}")
                left.discard(each)
            return not left
        with self.subTest(f"alerts: {what}"):
            try:
                wait_until(look, what, ALERT_SECONDS, pause=1)
            except AssertionError as error:
                self.fail(f"{error}: {sorted(left)}")
        with self.subTest(f"alerts of services that are well, until the others: {what}"):
            self.assertEqual(wrong, set())

    def check_answers(self, when):
        """Of each query that we ship, beside the truth."""
        lab, now = self.lab, time.time()
        prometheus, node = lab.prometheus["15s"], lab.network.addresses["node"]
        client, server = lab.network.clients[0], lab.network.servers[0]
        wanted = {"instance": node, "client_address": client, "server_address": server,
                  "server_port": str(lab.every_edge[0][2])}
        print(f"  {when}: verdict, query, and for some series the answer | the truth, within {TOLERANCE[0]:.0%} and {TOLERANCE[1]}")
        for query in (*lab_answers.recipes(client, server), *lab_answers.rules(prometheus),
                      *lab_answers.panels(prometheus, wanted, lab.books.address)):
            judgement = lab_answers.judge(query, prometheus, lab.truth, now, TOLERANCE, node)
            print(judgement.text)
            name = f"{query.kind} {query.name}"
            self.answered[name] = self.answered.get(name, False) or not judgement.empty
            with self.subTest(when, query=name):
                self.assertFalse(judgement.wrong, judgement.text)

    def check_that_each_query_has_answered(self):
        for query, answered in self.answered.items():
            with self.subTest("an answer at the end or while services failed", query=query):
                self.assertTrue(answered)

    def check_interfaces(self):
        """Interfaces that came and went are neither down nor counted as others."""
        for node, interface in {"client": "client0", "node": "any", "server": "server0"}.items():
            found = {dict(labels)["interface"]: up for labels, up in self.lab.metrics(node).find("tcpgauge_capture_up").items()}
            print(f"  {node}: capture_up {found}")
            with self.subTest("capture_up", node=node):
                self.assertEqual(found, {interface: 1.0})

    def check_connections(self):
        """What has series is alive, and what has been open for long has series."""
        for node in self.lab.network.addresses:
            before = self.lab.books.open_connections()
            exported = {(labels["client_address"], int(labels["client_port"]), labels["server_address"],
                         int(labels["server_port"]))
                        for labels in map(dict, self.lab.metrics(node).find("tcpgauge_connection_state"))}
            after = self.lab.books.open_connections()
            ended, standing = exported - before - after, self.standing & before & after
            print(f"  {node}: {len(exported)} connections have series, {len(ended)} of them have ended; the kernel has "
                  f"{len(after)} open, {len(standing)} of them for long")
            with self.subTest("connections with series that have ended", node=node):
                self.assertLessEqual(len(ended), NEW_CONNECTIONS)
            with self.subTest("connections open for long, without series", node=node):
                self.assertEqual(standing - exported, set())
        self.standing = self.lab.books.open_connections()

    def check_sums(self):
        """Once all clients are gone, every count is final."""
        sent = {edge: self.lab.books.sent_bytes(edge) for edge in self.lab.every_edge}
        repeated = {edge: self.lab.books.retransmitted(edge) for edge in self.lab.every_edge}
        self.lab.end_clients()
        with self.subTest("open connections, when the kernel has none"):
            # Closed connections are still known for two seconds.
            wait_until(lambda: not self.open_connections(), "no edge has an open connection", 1.5)
        for row in lab_rows.Rows(self.lab, set(OUTAGES), sent, repeated).all():
            print(lab_rows.text(row))
            with self.subTest(row.what, node=row.node, of=row.of):
                self.assertTrue(lab_rows.is_right(row), lab_rows.text(row))

    def open_connections(self):
        return sum(count for node in self.lab.network.addresses
                   for count in self.lab.metrics(node).find("tcpgauge_edge_connections").values())
