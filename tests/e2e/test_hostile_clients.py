# SPDX-License-Identifier: Apache-2.0
"""600 hostile HTTP clients beside well-behaved ones and real traffic, with and without a memory limit.

The well-behaved clients are served, capture loses no packet, memory stays within its plan, and SIGTERM ends the agent.
"""
import http.client
import json
import os
import re
import signal
import tempfile
import typing

from support.agent import binary, listen_address
from support.case import NamespaceCase
from support.certificate import client_context, write_tls_config
from support.exposition import Exposition
from support.hostile_clients import CROWDED_ADDRESS, HostileClients
from support.injector import Injector
from support.marks import alone, slow
from support.mill import Mill
from support.namespaces import Testbed
from support.passwords import header, write_config
from support.processes import Process
from support.scrapers import Scraper, Site
from support.traffic import Conversation
from support.waiting import holds_for, wait_until

# HOSTILE_SECONDS=120 is the run that RELIABILITY.md tells of.
SECONDS = float(os.environ.get("HOSTILE_SECONDS", "10"))
CLIENTS = 600
# In the table, so that listings are dear; fewer where the memory limit does not allow so many, so that none is evicted.
CONNECTIONS = 50_000
SHARE_OF_TABLE = 0.8
SEGMENTS_PER_SECOND = 5000
OTHER_ADDRESS = "127.0.9.9"
P99_SECONDS = 0.1
SIGTERM_SECONDS = 1.0


class Security(typing.NamedTuple):
    """The options of an agent that is protected, and what its clients need."""
    options: tuple = ()
    tls: typing.Any = None
    headers: dict = {}
    ca_file: str = None


class Watched:
    """An agent that captures on the testbed's link, and what asks it."""

    def __init__(self, test, testbed, options, security):
        self.process = test.own(Process(testbed.server.command(
            binary(), "-i", testbed.link.server_interface, "--web.listen-address=127.0.0.1:0", *options)))
        wait_until(lambda: listen_address(self.process.stderr()) or not self.process.running(), "the agent listens", 60)
        test.assertTrue(self.process.running(), self.process.stderr())
        host, port = listen_address(self.process.stderr()).replace("https://", "").rsplit(":", 1)
        self.address = (host, int(port))
        self.site = Site(testbed.server, self.address, security.tls, security.headers)
        wait_until(lambda: self.site.get("/-/ready")[0] == 200, "the agent is ready", 60)

    def metrics(self):
        status, body = self.site.get("/metrics", OTHER_ADDRESS)
        if status != 200:
            raise AssertionError(f"/metrics answered {status}: {body[:200]}")
        return Exposition(body.decode())

    def memory(self, name):
        """A line of /proc/PID/status, in bytes."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return 1024 * int(re.search(rf"{name}:\s+(\d+)", status.read()).group(1))


def crossed(testbed):
    """What the kernel counts at the captured interface, in both directions."""
    interface = testbed.link.server_interface
    [link] = json.loads(testbed.server.run("ip", "-json", "-statistics", "link", "show", interface))
    return link["stats64"]["rx"]["packets"] + link["stats64"]["tx"]["packets"]


def captured(metrics):
    return sum(metrics.find("tcpgauge_capture_packets_total").values())


def dropped(metrics):
    return sum(metrics.find("tcpgauge_capture_dropped_packets_total").values())


def bytes_of(metrics, conversation):
    return metrics.value("tcpgauge_connection_client_payload_bytes_total", **conversation.labels)


@alone
@slow
class HostileClientsTest(NamespaceCase):
    def setUp(self):
        self.injector = self.own(Injector())
        self.testbed = self.own(Testbed(ipv6=False))
        # So that the clients do not run out of ports.
        self.testbed.server.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000")

    def check(self, *options, protected=False):
        security = self.protect() if protected else Security()
        agent, other = (Watched(self, self.testbed, (*options, *security.options), security) for _ in range(2))
        limits = json.loads(agent.site.get("/api/v1/status")[1])["limits"]
        self.injector.run(self.testbed.client, self.testbed.link.client_interface, "connections",
                          min(CONNECTIONS, int(SHARE_OF_TABLE * limits["max_connections"])))
        before = wait_until(lambda: self.settled(agent), "every packet is counted")
        crossed_before = crossed(self.testbed)
        quiet = self.own(Scraper(agent.site, "/metrics", OTHER_ADDRESS))
        wait_until(lambda: len(quiet.seconds) >= 20, "scrapes before the attack")
        quiet.close()

        hostile = self.own(HostileClients(self.testbed.server, agent.address, CLIENTS, security.ca_file, protected))
        scrapers = {
            "from another address": Scraper(agent.site, "/metrics", OTHER_ADDRESS),
            "from the clients' address": Scraper(agent.site, "/metrics", CROWDED_ADDRESS),
            "by one connection": Scraper(agent.site, "/metrics", OTHER_ADDRESS, keep_alive=True)}
        probes = {
            "health from another address": Scraper(agent.site, "/-/healthy", OTHER_ADDRESS),
            "health from the clients' address": Scraper(agent.site, "/-/healthy", CROWDED_ADDRESS)}
        of_other = Scraper(other.site, "/metrics", OTHER_ADDRESS)
        everyone = (*scrapers.values(), *probes.values(), of_other)
        for each in everyone:
            self.own(each)
        conversation, sent = self.carry_traffic(agent)
        for each in everyone:
            each.close()
        print(f"  the clients: {hostile.report()}", flush=True)
        print(f"  before them p99 {1000 * quiet.p99():.1f} ms; meanwhile, of an agent without them"
              f" {1000 * of_other.p99():.1f} ms", flush=True)
        # All of them, so that one run tells everything.
        problems = [*self.client_problems(scrapers, probes, of_other), *self.memory_problems(agent, limits["planned_memory_bytes"]),
                    *self.packet_problems(agent, before, crossed_before, conversation, sent),
                    *self.end_problems(agent, hostile)]
        if problems:
            self.fail("\n".join(problems))

    def protect(self):
        folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(folder.cleanup)
        users = os.path.join(folder.name, "users.yml")
        write_config(users)
        with open(users) as file:
            config = write_tls_config(folder.name, file.read())
        return Security((f"--web.config.file={config}", "--user", ""), client_context(folder.name), header(),
                        os.path.join(folder.name, "cert.pem"))

    def settled(self, agent):
        """The metrics, if they count every packet that has crossed the link."""
        try:
            metrics = agent.metrics()
        except (OSError, http.client.HTTPException, AssertionError):
            return None
        return metrics if captured(metrics) + dropped(metrics) == crossed(self.testbed) else None

    def carry_traffic(self, agent):
        """For SECONDS: made-up segments, and a conversation that is checked to the byte. Returns it and what it sent."""
        conversation = self.own(Conversation(self.testbed, 7000))
        sent = [0]

        def send():
            conversation.client_sends(20000)
            sent[0] += 20000
        segments = self.own(self.injector.start(
            self.testbed.client, self.testbed.link.client_interface, "segments", int(SEGMENTS_PER_SECOND * SECONDS),
            SEGMENTS_PER_SECOND))
        mill = self.own(Mill(send, 0.01))
        self.assertTrue(holds_for(agent.process.running, SECONDS), agent.process.stderr())
        mill.close()
        self.assertEqual(segments.wait(60), 0)
        return conversation, sent[0]

    def client_problems(self, scrapers, probes, of_other):
        for name, each in {**scrapers, **probes}.items():
            print(f"  {name}: {len(each.seconds)} answers, p99 {1000 * each.p99():.1f} ms, slowest"
                  f" {1000 * max(each.seconds, default=0):.1f} ms, {len(each.failures)} failed, opened again"
                  f" {each.reopened} times", flush=True)
            if each.failures:
                yield f"{name}: {len(each.failures)} of {len(each.seconds)} refused, as {each.failures[0]}"
            if len(each.seconds) < SECONDS:
                yield f"{name}: {len(each.seconds)} answers in {SECONDS:g} s"
        for name, each in scrapers.items():
            if each.p99() >= P99_SECONDS + of_other.p99():
                yield f"{name}: p99 {1000 * each.p99():.1f} ms, of the other agent {1000 * of_other.p99():.1f} ms"

    def memory_problems(self, agent, planned):
        most, anonymous = (agent.memory(name) for name in ("VmHWM", "RssAnon"))
        print(f"  resident {most / 2**20:.1f} MiB at most, at the end {anonymous / 2**20:.1f} MiB without files and shared"
              f" memory; planned {planned / 2**20:.1f} MiB", flush=True)
        if most > planned:
            yield f"{most} bytes resident, {planned} planned"

    def packet_problems(self, agent, before, crossed_before, conversation, sent):
        latest = [None]

        def counted():
            latest[0] = self.settled(agent) or latest[0]
            return latest[0] and bytes_of(latest[0], conversation) == sent
        try:
            wait_until(counted, "every packet and byte is counted", 60)
        except AssertionError as error:
            yield str(error)
        if latest[0] is None:
            return
        packets = crossed(self.testbed) - crossed_before
        seen, lost = captured(latest[0]) - captured(before), dropped(latest[0]) - dropped(before)
        said = (f"{packets} packets crossed, {seen:.0f} captured, {lost:.0f} lost; {sent} bytes sent,"
                f" {bytes_of(latest[0], conversation)} counted")
        print(f"  {said}", flush=True)
        if lost or seen != packets or bytes_of(latest[0], conversation) != sent:
            yield said

    def end_problems(self, agent, hostile):
        """Of SIGTERM, while the clients are there."""
        if hostile.report()["connects"] < CLIENTS:
            yield f"only {hostile.report()['connects']} hostile connections"
        seconds = agent.process.signal_and_time(signal.SIGTERM)
        print(f"  SIGTERM {'is not obeyed' if seconds is None else f'took {seconds:.2f} s'}", flush=True)
        if seconds is None or seconds >= SIGTERM_SECONDS:
            yield f"SIGTERM: {seconds} s"
        elif agent.process.wait() != 0:
            yield f"status {agent.process.wait()} after SIGTERM"

    def test_64_mebibytes(self):
        self.check("--max-memory", "64M")

    def test_384_mebibytes(self):
        self.check("--max-memory", "384M")

    def test_without_a_limit(self):
        self.check()

    def test_64_mebibytes_with_tls_and_passwords(self):
        self.check("--max-memory", "64M", protected=True)

    def test_384_mebibytes_with_tls_and_passwords(self):
        self.check("--max-memory", "384M", protected=True)

    def test_tls_and_passwords_without_a_limit(self):
        self.check(protected=True)
