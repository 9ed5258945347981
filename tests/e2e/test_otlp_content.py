# SPDX-License-Identifier: Apache-2.0
"""Checks what the agent pushes over OTLP with OpenTelemetry's own decoders."""
import itertools
import json
import os
import time
import unittest

from support.agent import binary
from support.example_capture import write_capture
from support.otlp import (NO_RECORDED_VALUE, OF_THE_AGENT, Catalog, Decoders, Push, as_in_text, buckets_of, comparable,
                          exponential_buckets_of)
from support.otlp_case import LiveOtlpCase, OtlpCase, environment
from support.processes import Process
from support.traffic import Conversation
from support.waiting import wait_until

CONNECTION_PAYLOAD = "tcpgauge_connection_client_payload_bytes_total"
PAYLOAD = ("tcpgauge_client_payload_bytes_total", frozenset())


class DecodingCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.decoders = Decoders()
        cls.catalog = Catalog()

    def decode(self, request):
        return Push(self.decoders.by_javascript(request.body), self.catalog)


class ContentTest(DecodingCase, OtlpCase):
    def check(self, agent, request):
        """That it says what /metrics says."""
        push = Push(request, self.catalog)
        kept = {key: as_in_text(value) for key, value in push.samples.items()
                if not key[0].startswith(OF_THE_AGENT)}
        wanted = comparable(agent.metrics())
        self.assertEqual(set(kept.items()) ^ set(wanted.items()), set())
        self.assertGreater(len(wanted), 100)
        of_the_agent = {name for name, _ in push.samples if name.startswith(OF_THE_AGENT)}
        self.assertEqual(of_the_agent, {name for name, _ in agent.metrics().samples if name.startswith(OF_THE_AGENT)})
        return push

    def test_protobuf_says_what_metrics_says(self):
        receiver = self.receiver()
        agent = self.agent(receiver.url)
        request = receiver.wait_for(1)[0]
        self.assertEqual(request.path, "/v1/metrics")
        self.assertEqual(request.headers["Content-Type"], "application/x-protobuf")
        self.assertIsNone(request.headers["Content-Encoding"])
        by_javascript = self.check(agent, self.decoders.by_javascript(request.body))
        by_protoc = self.check(agent, self.decoders.by_protoc(request.body))
        self.assertEqual(by_protoc.resource, by_javascript.resource)
        self.assertEqual(by_protoc.samples, by_javascript.samples)
        self.assertEqual(set(by_protoc.resource),
                         {"service.name", "service.version", "service.instance.id", "host.name", "os.type"})

    def test_json_says_what_metrics_says(self):
        receiver = self.receiver()
        agent = self.agent(receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL="http/json", OTEL_EXPORTER_OTLP_COMPRESSION="gzip")
        request = receiver.wait_for(1)[0]
        self.assertEqual(request.headers["Content-Type"], "application/json")
        self.assertEqual(request.headers["Content-Encoding"], "gzip")
        self.assertLess(len(request.wire_body), len(request.body) / 5)
        self.check(agent, self.decoders.by_javascript(request.body, "json"))

    def test_the_resource_is_what_the_environment_says(self):
        receiver = self.receiver()
        self.agent(receiver.url, OTEL_SERVICE_NAME="edge", OTEL_RESOURCE_ATTRIBUTES=(
            "service.name=no,k8s.pod.name=tcpgauge-x7,k8s.node.name=node%201,service.instance.id=me"))
        resource = self.decode(receiver.wait_for(1)[0]).resource
        self.assertEqual({name: resource[name] for name in
                          ("service.name", "k8s.pod.name", "k8s.node.name", "service.instance.id", "os.type")},
                         {"service.name": "edge", "k8s.pod.name": "tcpgauge-x7", "k8s.node.name": "node 1",
                          "service.instance.id": "me", "os.type": "linux"})

    def test_starts_are_true(self):
        before = time.time_ns()
        receiver = self.receiver()
        self.agent(receiver.url)
        push = self.decode(receiver.wait_for(1)[0])
        for (name, labels), point in push.points.items():
            start, now = int(point.get("startTimeUnixNano", 0)), int(point["timeUnixNano"])
            if "gauge" in push.metrics[name]:
                self.assertEqual(start, 0, name)
            elif name.startswith("tcpgauge_connection_") and labels:
                self.assertEqual(start, 1700000000 * 10**9, "its first packet")
            elif name.startswith("tcpgauge_edge_") and labels and ("client_address", "other") not in labels:
                self.assertEqual(start, 1700000000 * 10**9, "when it got series")
            else:
                # The kernel says when a process began in ticks of 10 ms, and when those began in whole seconds.
                earliest = before - 1010 * 10**6 if name.startswith("process_") else before
                self.assertTrue(earliest <= start <= now <= time.time_ns(), name)

    def check_edge(self, decode, **variables):
        """That the edge has the one handshake of the capture, in the bucket where it belongs."""
        write_capture(self.capture, rtt_us=20000)
        receiver = self.receiver()
        self.agent(receiver.url, **variables)
        push = Push(decode(receiver.wait_for(1)[0].body), self.catalog)
        point, = [point for (name, labels), point in push.points.items()
                  if name == "tcpgauge_edge_handshake_rtt_seconds" and ("client_address", "10.0.0.1") in labels]
        self.assertEqual((int(point["count"]), float(point["sum"])), (1, 0.02))
        (lower, upper, count), = exponential_buckets_of(point)
        self.assertEqual(count, 1)
        self.assertTrue(lower < 0.02 <= upper, point)
        self.assertAlmostEqual(upper / lower, 2 ** (1 / 8))

    def test_an_edge_has_exponential_buckets_in_protobuf(self):
        self.check_edge(self.decoders.by_javascript)

    def test_an_edge_has_exponential_buckets_for_protoc(self):
        self.check_edge(self.decoders.by_protoc)

    def test_an_edge_has_exponential_buckets_in_json(self):
        self.check_edge(lambda body: self.decoders.by_javascript(body, "json"), OTEL_EXPORTER_OTLP_PROTOCOL="http/json")

    def test_every_histogram_has_bounds_or_is_exponential(self):
        """Fluent Bit refuses a request with any other."""
        receiver = self.receiver()
        self.agent(receiver.url)
        push = self.decode(receiver.wait_for(1)[0])
        with_bounds = [point for (name, _), point in push.points.items() if "histogram" in push.metrics[name]]
        self.assertGreater(len(with_bounds), 3)
        for point in with_bounds:
            self.assertGreater(len(buckets_of(point)), 1)
        self.assertTrue(any("exponentialHistogram" in metric for metric in push.metrics.values()))
        self.assertFalse(any("summary" in metric for metric in push.metrics.values()))

    def test_deltas_add_up(self):
        receiver = self.receiver()
        self.agent(receiver.url, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE="delta")
        pushes = [self.decode(request) for request in receiver.wait_for(3)]
        self.assertEqual([push.samples[PAYLOAD] for push in pushes], [1000, 0, 0])
        self.assertEqual([push.metrics[PAYLOAD[0]]["sum"]["aggregationTemporality"] for push in pushes], [1, 1, 1])
        rtt, = [sample for sample in pushes[0].samples if sample[0] == "tcpgauge_edge_handshake_rtt_seconds_count" and
                ("client_address", "10.0.0.1") in sample[1]]
        self.assertEqual([push.samples[rtt] for push in pushes], [1, 0, 0])
        for earlier, later in zip(pushes, pushes[1:]):
            self.assertEqual(later.points[PAYLOAD]["startTimeUnixNano"], earlier.points[PAYLOAD]["timeUnixNano"])

    def test_the_console_gets_json_lines(self):
        agent = self.own(Process([binary(), "-T", self.capture, "--web.listen-address=127.0.0.1:0"],
                                 env=environment(OTEL_METRICS_EXPORTER="console")))
        wait_until(lambda: agent.stdout().count("\n") >= 2, "two lines", 60)
        for line in agent.stdout().splitlines()[:2]:
            push = Push(self.decoders.by_javascript(line.encode(), "json"), self.catalog)
            self.assertEqual(push.samples[PAYLOAD], 1000)


class EndedConnectionTest(DecodingCase, LiveOtlpCase):
    def pushes_from_now_on(self, receiver):
        """Each is decoded, which takes its time, when it is asked for."""
        return (self.decode(receiver.wait_for(count)[-1]) for count in itertools.count(len(receiver.requests) + 1))

    def test_a_connection_that_ends_is_closed_with_the_flag(self):
        receiver = self.receiver()
        agent = self.agent(receiver, "--metrics.window", "1", "-r", "0.5")
        talk = self.own(Conversation(self.testbed, 7000))
        talk.client_sends(5000)
        agent.wait_for(CONNECTION_PAYLOAD, lambda value: value == 5000, "its bytes", 60)
        pushes = self.pushes_from_now_on(receiver)
        wait_until(lambda: any(name == CONNECTION_PAYLOAD for name, _ in next(pushes).samples), "they are pushed", 60)
        pushes = self.pushes_from_now_on(receiver)
        talk.close()

        def closed():
            for (name, labels), point in next(pushes).points.items():
                if name == CONNECTION_PAYLOAD and int(point.get("flags", 0)) == NO_RECORDED_VALUE:
                    return dict(labels)
            return None
        labels = wait_until(closed, "the last point", 60)
        self.assertEqual({name: labels[name] for name in talk.labels}, talk.labels)


# Becomes the command in a root that has all folders of this one and a machine's id, and no file that marks a container.
_AS_ON_A_HOST = """
set -e
mount -t tmpfs none "$1"
for name in /*; do
  if [ -L "$name" ]; then cp -P "$name" "$1"; elif [ -d "$name" ]; then mkdir "$1$name"; mount --rbind "$name" "$1$name"; fi
done
mount --bind "$2" "$1/etc/machine-id"
root=$1
shift 2
exec chroot "$root" "$@"
"""


class InstanceIdTest(OtlpCase):
    MACHINE_ID = "0123456789abcdef0123456789abcdef"

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0 or not os.path.exists("/etc/machine-id"):
            self.skipTest("another root needs root's rights and a file /etc/machine-id")
        self.root = os.path.join(self.folder, "root")
        os.mkdir(self.root)
        self.machine = os.path.join(self.folder, "machine-id")
        with open(self.machine, "w") as file:
            file.write(self.MACHINE_ID + "\n")

    def told(self, address, **variables):
        """service.instance.id, as a new agent writes it to standard output."""
        plain = {name: value for name, value in environment(OTEL_METRICS_EXPORTER="console", **variables).items()
                 if name not in ("container", "KUBERNETES_SERVICE_HOST") or name in variables}
        agent = Process(["unshare", "--mount", "sh", "-c", _AS_ON_A_HOST, "sh", self.root, self.machine, binary(), "-T",
                         self.capture, f"--web.listen-address={address}"], env=plain)
        try:
            # Without an address, it ends after the file.
            wait_until(lambda: "\n" in agent.stdout() or not agent.running(), "a push to standard output")
            said = agent.stdout()
            self.assertIn("\n", said, agent.stderr())
        finally:
            agent.close()
        self.assertNotIn(self.MACHINE_ID, said)
        attributes = json.loads(said.splitlines()[0])["resourceMetrics"][0]["resource"]["attributes"]
        return {attribute["key"]: attribute["value"]["stringValue"] for attribute in attributes}["service.instance.id"]

    def test_it_stays_over_a_restart_on_a_host_alone(self):
        address = f"unix:{self.folder}/socket"
        first = self.told(address)
        self.assertEqual(self.told(address), first)
        self.assertNotEqual(self.told(address + "2"), first)
        self.assertNotEqual(self.told(""), self.told(""))
        self.assertNotEqual(self.told(address, container="lxc"), self.told(address, container="lxc"))
