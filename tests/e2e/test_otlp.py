"""The push over OTLP: what is sent, read by OpenTelemetry's own decoders, and what becomes of it with receivers of every
kind."""
import email.utils
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from support.agent import Agent, ThisHost, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.otlp import NO_RECORDED_VALUE, Catalog, Decoders, Push, as_in_text, comparable
from support.processes import Process
from support.receiver import Answer, Receiver
from support.traffic import Conversation, bytes_sent
from support.waiting import holds_for, wait_until
from test_output import write_capture

INTERVAL_MS = 200
# ABSENT_SECONDS=600 is the run that RELIABILITY.md tells of.
ABSENT_SECONDS = float(os.environ.get("ABSENT_SECONDS", "6"))
PARTIAL_SUCCESS = b"\x0a\x0b\x08\x03\x12\x07too old"  # rejected_data_points = 3, error_message = "too old"
DROPPED = "tcpgauge_otlp_data_points_dropped_total"
FAILURES = "tcpgauge_otlp_push_failures_total"


def environment(**variables):
    """This process's without what would change the push, and with `variables`."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("OTEL_", "TCPGAUGE_OTLP")) and not name.lower().endswith("_proxy")}
    return {**kept, "OTEL_METRIC_EXPORT_INTERVAL": str(INTERVAL_MS), **variables}


class OtlpCase(unittest.TestCase):
    """The agent reads a file, whose state then stays, and pushes to a receiver."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.capture = os.path.join(self.folder, "capture.pcap")
        write_capture(self.capture)

    def own(self, thing):
        self.addCleanup(thing.close)
        return thing

    def receiver(self, *script, **arguments):
        return self.own(Receiver(script, **arguments))

    def agent(self, endpoint, *options, **variables):
        return self.own(Agent(ThisHost(), "-T", self.capture, *options,
                              environment=environment(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, **variables)))

    def stop(self, agent, seconds=5):
        took = agent.signal_and_time(signal.SIGTERM, seconds)
        self.assertIsNotNone(took, f"it is still there after {seconds} s")
        return took

    def wait_for(self, agent, name, least, **labels):
        return agent.wait_for(name, lambda value: value >= least, f"{name} of {least}", **labels)


class ContentTest(OtlpCase):
    @classmethod
    def setUpClass(cls):
        cls.decoders = Decoders()
        cls.addClassCleanup(cls.decoders.close)
        cls.catalog = Catalog()

    def check(self, agent, request):
        """That it says what /metrics says."""
        push = Push(request, self.catalog)
        kept = {key: as_in_text(value) for key, value in push.samples.items()
                if not key[0].startswith(("process_", "tcpgauge_otlp_", "tcpgauge_scrape_duration"))}
        wanted = comparable(agent.metrics())
        self.assertEqual(set(kept.items()) ^ set(wanted.items()), set())
        self.assertGreater(len(wanted), 100)
        of_process = {name for name, _ in push.samples if name.startswith(("process_", "tcpgauge_otlp_"))}
        self.assertEqual(of_process, {name for name, _ in agent.metrics().samples
                                      if name.startswith(("process_", "tcpgauge_otlp_"))})
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
        resource = Push(self.decoders.by_javascript(receiver.wait_for(1)[0].body), self.catalog).resource
        self.assertEqual({name: resource[name] for name in
                          ("service.name", "k8s.pod.name", "k8s.node.name", "service.instance.id", "os.type")},
                         {"service.name": "edge", "k8s.pod.name": "tcpgauge-x7", "k8s.node.name": "node 1",
                          "service.instance.id": "me", "os.type": "linux"})

    def test_starts_are_true(self):
        before = time.time_ns()
        receiver = self.receiver()
        self.agent(receiver.url)
        push = Push(self.decoders.by_javascript(receiver.wait_for(1)[0].body), self.catalog)
        for (name, labels), point in push.points.items():
            start, now = int(point.get("startTimeUnixNano", 0)), int(point["timeUnixNano"])
            if "sum" not in push.metrics[name] and "histogram" not in push.metrics[name]:
                self.assertEqual(start, 0, name)
            elif name.startswith("tcpgauge_connection_") and labels:
                self.assertEqual(start, 1700000000 * 10**9, "its first packet")
            elif name.startswith("tcpgauge_edge_") and ("client_address", "other") not in labels:
                self.assertEqual(start, 1700000001 * 10**9, "when it got series")
            else:
                self.assertTrue(before - 10**9 <= start <= now <= time.time_ns(), name)

    def test_deltas_add_up(self):
        receiver = self.receiver()
        self.agent(receiver.url, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE="delta")
        pushes = [Push(self.decoders.by_javascript(request.body), self.catalog) for request in receiver.wait_for(3)]
        key = ("tcpgauge_client_payload_bytes_total", frozenset())
        self.assertEqual([push.samples[key] for push in pushes], [1000, 0, 0])
        self.assertEqual([push.metrics[key[0]]["sum"]["aggregationTemporality"] for push in pushes], [1, 1, 1])
        for earlier, later in zip(pushes, pushes[1:]):
            self.assertEqual(later.points[key]["startTimeUnixNano"], earlier.points[key]["timeUnixNano"])

    def test_the_console_gets_json_lines(self):
        agent = self.own(Process([binary(), "-T", self.capture, "--web.listen-address=127.0.0.1:0"],
                                 env=environment(OTEL_METRICS_EXPORTER="console")))
        wait_until(lambda: agent.stdout().count("\n") >= 2, "two lines")
        for line in agent.stdout().splitlines()[:2]:
            push = Push(self.decoders.by_javascript(line.encode(), "json"), self.catalog)
            self.assertEqual(push.samples["tcpgauge_client_payload_bytes_total", frozenset()], 1000)


class LiveTest(NamespaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.decoders = Decoders()
        cls.addClassCleanup(cls.decoders.close)
        cls.catalog = Catalog()

    def setUp(self):
        self.testbed = self.own(Testbed())

    def run_agent(self, answer, *options, **variables):
        with self.testbed.server.entered():
            receiver = self.own(Receiver(then=answer))
        agent = self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, *options,
                               environment=environment(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, **variables)))
        return receiver, agent

    def test_a_connection_that_ends_is_closed_with_the_flag(self):
        receiver, agent = self.run_agent(Answer(), "--metrics.window", "1", "-r", "0.5")
        talk = self.own(Conversation(self.testbed, 7000))
        talk.client_sends(5000)
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total", lambda value: value == 5000, "its bytes")
        time_of_push = len(receiver.requests)
        receiver.wait_for(time_of_push + 2)
        talk.close()

        def closed():
            for request in list(receiver.requests)[time_of_push:]:
                push = Push(self.decoders.by_javascript(request.body), self.catalog)
                points = {key: point for key, point in push.points.items()
                          if key[0] == "tcpgauge_connection_client_payload_bytes_total"}
                for (_, labels), point in points.items():
                    if int(point.get("flags", 0)) == NO_RECORDED_VALUE:
                        return dict(labels)
            return None
        labels = wait_until(closed, "the last point", 20)
        self.assertEqual({name: labels[name] for name in talk.labels}, talk.labels)

    def check_capture(self, answer, **variables):
        """Bytes are counted to the last and scrapes are quick, whatever the receiver does."""
        _, agent = self.run_agent(answer, OTEL_EXPORTER_OTLP_TIMEOUT="500", **variables)
        talk = self.own(Conversation(self.testbed, 7000))
        slowest = 0.0
        end = time.monotonic() + 3
        while time.monotonic() < end:
            talk.client_sends(1 << 20)
            start = time.monotonic()
            self.assertEqual(agent.get("/metrics")[0], 200)
            slowest = max(slowest, time.monotonic() - start)
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total",
                       lambda value: value == bytes_sent(talk.client), "all bytes")
        self.assertEqual(agent.metrics().value("tcpgauge_capture_dropped_packets_total",
                                               interface=self.testbed.link.server_interface), 0)
        self.assertLess(slowest, 0.4, "a scrape waits for nobody")

    def test_a_receiver_that_never_answers_costs_no_packet(self):
        forever = threading.Event()
        self.addCleanup(forever.set)
        self.check_capture(Answer(delay=forever))

    def test_a_receiver_that_is_always_busy_costs_no_packet(self):
        self.check_capture(Answer(503))


    def test_a_receiver_that_is_away_for_long_costs_neither_memory_nor_packets(self):
        with self.testbed.server.entered(), socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        interface = self.testbed.link.server_interface
        agent = self.own(Agent(self.testbed.server, "-i", interface,
                               environment=environment(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}",
                                                       OTEL_METRIC_EXPORT_INTERVAL="100")))
        agent.wait_for(DROPPED, lambda value: value > 0, "a full queue", 30)
        talk = self.own(Conversation(self.testbed, 7000))
        resident, queued_bytes, before = [], [], agent.metrics()
        start = time.monotonic()

        def talks_on():
            talk.client_sends(100000)
            now = agent.metrics()
            resident.append(now.value("process_resident_memory_bytes"))
            queued_bytes.append(now.value("tcpgauge_otlp_queue_bytes"))
            return now.value("tcpgauge_otlp_queue_requests") == 100
        self.assertTrue(holds_for(talks_on, ABSENT_SECONDS), "the queue stays full, and no fuller")
        seconds = time.monotonic() - start
        after = agent.metrics()
        # The oldest give way, one for each that is added: ten a second, each of the points that are dropped.
        lost = after.value(DROPPED) - before.value(DROPPED)
        self.assertGreater(lost, seconds * 5 * 50)
        self.assertLess(max(queued_bytes), 32 << 20)
        settled = resident[len(resident) // 4:]
        self.assertLess(max(settled) - settled[0], 4 << 20, "more than the kernel's huge pages explain")
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total",
                       lambda value: value == bytes_sent(talk.client), "all bytes")
        self.assertEqual(after.value("tcpgauge_capture_dropped_packets_total", interface=interface), 0)
        self.assertLess(agent.stderr().count("\n"), 20 + seconds / 10)
        print(f"  away for {seconds:.0f} s: {lost:.0f} points dropped and counted, queue of 100 in "
              f"{max(queued_bytes) / 1e6:.1f} MB, resident {settled[0] / 1e6:.1f} to {max(settled) / 1e6:.1f} MB, "
              f"{bytes_sent(talk.client)} bytes captured, none lost, {agent.stderr().count(chr(10))} lines logged")
        with self.testbed.server.entered():
            receiver = self.own(Receiver(port=port))
        receiver.wait_for(100, 60)  # the agent tries again every 15 to 45 s
        self.assertEqual(len({request.body for request in receiver.requests[:100]}), 100)


class ReceiverTest(OtlpCase):
    def test_the_connection_stays_open(self):
        receiver = self.receiver()
        self.agent(receiver.url)
        self.assertEqual(len({request.connection for request in receiver.wait_for(5)}), 1)

    def test_what_was_pushed_is_counted(self):
        receiver = self.receiver()
        agent = self.agent(receiver.url)
        self.wait_for(agent, "tcpgauge_otlp_pushes_total", 3)
        metrics = agent.metrics()
        points = metrics.value("tcpgauge_otlp_data_points_sent_total")
        self.assertGreaterEqual(points, 3 * 80)
        self.assertEqual(metrics.value(DROPPED), 0)
        self.assertEqual(sum(metrics.find(FAILURES).values()), 0)
        self.assertLessEqual(metrics.value("tcpgauge_otlp_queue_requests"), 1)

    def test_busy_with_retry_after_is_waited_for_and_repeated(self):
        for status, reason in ((503, "unavailable"), (429, "throttled")):
            with self.subTest(status):
                receiver = self.receiver(Answer(status, headers={"Retry-After": "2"}))
                agent = self.agent(receiver.url)
                receiver.wait_for(1)
                start = time.monotonic()
                self.assertTrue(holds_for(lambda: len(receiver.requests) == 1, 1.6), "it was not asked to come so soon")
                first, second = receiver.wait_for(2)
                self.assertLess(time.monotonic() - start, 5)
                self.assertEqual(first.body, second.body)
                self.assertEqual(agent.metrics().value(FAILURES, reason=reason), 1)
                self.assertEqual(agent.metrics().value(DROPPED), 0)

    def test_retry_after_may_be_a_date(self):
        date = email.utils.formatdate(time.time() + 3, usegmt=True)
        receiver = self.receiver(Answer(503, headers={"Retry-After": date}))
        self.agent(receiver.url)
        receiver.wait_for(1)
        self.assertTrue(holds_for(lambda: len(receiver.requests) == 1, 1.6), "it was not asked to come so soon")
        receiver.wait_for(2)

    def test_a_retry_after_does_not_outlive_its_answer(self):
        receiver = self.receiver(Answer(503, headers={"Retry-After": "1"}), Answer(503))
        self.agent(receiver.url)
        receiver.wait_for(2)
        start = time.monotonic()
        receiver.wait_for(3)
        self.assertLess(time.monotonic() - start, 4, "the second wait is its own: 2 s and chance")

    def test_what_is_refused_is_dropped_and_named(self):
        receiver = self.receiver(Answer(400, b"\x08\x03\x12\x0eno such tenant"))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertNotEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="rejected")
        self.assertGreater(agent.metrics().value(DROPPED), 80)
        self.assertIn('error="status 400: no such tenant"', agent.stderr())

    def test_partial_success_is_counted_and_not_repeated(self):
        receiver = self.receiver(Answer(200, PARTIAL_SUCCESS))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertNotEqual(first.body, second.body)
        self.assertEqual(self.wait_for(agent, "tcpgauge_otlp_data_points_rejected_total", 1), 3)
        self.assertIn('rejected_data_points=3 message="too old"', agent.stderr())

    def test_an_answer_that_is_not_http_is_a_broken_connection(self):
        receiver = self.receiver(Answer(raw=b"\x00\xffgarbage\n" * 20))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="connection")

    def test_an_answer_without_sense_is_an_answer(self):
        for body in (b"\xff\xff\xff<html>", bytes(10 << 20)):
            with self.subTest(len(body)):
                receiver = self.receiver(Answer(200, body))
                agent = self.agent(receiver.url)
                first, second = receiver.wait_for(2)
                self.assertNotEqual(first.body, second.body)
                self.wait_for(agent, "tcpgauge_otlp_pushes_total", 1)
                self.assertIn('message="the answer cannot be understood"', agent.stderr())

    def test_a_connection_that_breaks_within_the_answer_is_repeated(self):
        receiver = self.receiver(Answer(200, b"x" * 100, cut=True))
        agent = self.agent(receiver.url)
        first, second = receiver.wait_for(2)
        self.assertEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.assertEqual(agent.metrics().value(DROPPED), 0)

    def test_an_answer_that_takes_too_long_is_repeated(self):
        late = threading.Event()
        self.addCleanup(late.set)
        receiver = self.receiver(Answer(delay=late))
        agent = self.agent(receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT="300")
        first, second = receiver.wait_for(2)
        self.assertEqual(first.body, second.body)
        self.wait_for(agent, FAILURES, 1, reason="timeout")

    def test_a_receiver_that_comes_late_gets_what_was_queued_in_order(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        agent = self.agent(f"http://127.0.0.1:{port}")
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.wait_for(agent, "tcpgauge_otlp_queue_requests", 5)
        receiver = self.receiver(port=port)
        receiver.wait_for(6)
        self.wait_for(agent, "tcpgauge_otlp_pushes_total", 6)
        wait_until(lambda: "the OTLP receiver takes metrics again" in agent.stderr(), "the log says so")
        self.assertEqual(agent.metrics().value(DROPPED), 0)
        self.assertEqual(len({request.body for request in receiver.requests}), len(receiver.requests))

    def test_the_queue_is_bounded_and_what_is_lost_is_counted(self):
        agent = self.agent("http://127.0.0.1:1", OTEL_METRIC_EXPORT_INTERVAL="100")
        self.wait_for_long(agent, DROPPED, 1)
        self.assertEqual(agent.metrics().value("tcpgauge_otlp_queue_requests"), 100)
        self.assertLess(agent.metrics().value("tcpgauge_otlp_queue_bytes"), 32 << 20)

    def wait_for_long(self, agent, name, least):
        agent.wait_for(name, lambda value: value >= least, f"{name} of {least}", 30)

    def test_nothing_to_be_found_by_that_name_is_a_broken_connection(self):
        agent = self.agent("http://nothing.invalid:4318")
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.stop(agent)


class EndTest(OtlpCase):
    def test_the_last_push_is_made_at_the_end(self):
        receiver = self.receiver()
        agent = self.agent(receiver.url, OTEL_METRIC_EXPORT_INTERVAL="3600000")
        self.assertEqual(receiver.requests, [])
        self.stop(agent)
        self.assertEqual(len(receiver.requests), 1)

    def test_a_file_without_anybody_to_look_is_pushed_once(self):
        receiver = self.receiver()
        done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address=", "--otlp.endpoint", receiver.url],
                              env=environment(), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(receiver.requests), 1)

    def test_a_receiver_that_is_away_does_not_hold_the_end_up(self):
        agent = self.agent("http://127.0.0.1:1")
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.assertLess(self.stop(agent), 1)
        self.assertIn("the last metrics did not get to the OTLP receiver", agent.stderr())

    def test_a_slow_receiver_holds_the_end_up_no_longer_than_the_time_out(self):
        late = threading.Event()
        self.addCleanup(late.set)
        receiver = self.receiver(then=Answer(delay=late))
        agent = self.agent(receiver.url, OTEL_METRIC_EXPORT_TIMEOUT="1000", OTEL_METRIC_EXPORT_INTERVAL="3600000")
        took = self.stop(agent)
        self.assertGreater(took, 0.8)
        self.assertLess(took, 2)
        self.assertEqual(agent.wait(), 0)


class SecurityTest(OtlpCase):
    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=30)

    def path(self, name):
        return os.path.join(self.folder, name)

    def setUp(self):
        super().setUp()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                     "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
        for name in ("server", "client"):
            self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                         f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key",
                         "-out", f"{name}.csr")
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                         "-days", "2", "-copy_extensions", "copy", "-out", f"{name}.pem")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        self.context.load_verify_locations(self.path("ca.pem"))
        self.context.verify_mode = ssl.CERT_REQUIRED

    def test_tls_with_a_client_certificate_and_headers(self):
        receiver = self.receiver(tls=self.context)
        self.agent(receiver.url, OTEL_EXPORTER_OTLP_CERTIFICATE=self.path("ca.pem"),
                   OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=self.path("client.pem"),
                   OTEL_EXPORTER_OTLP_CLIENT_KEY=self.path("client.key"),
                   OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20hunter2,x-tenant=a")
        request = receiver.wait_for(2)[0]
        self.assertEqual(request.headers["Authorization"], "Bearer hunter2")
        self.assertEqual(request.headers["X-Tenant"], "a")

    def test_a_receiver_that_cannot_be_trusted_gets_nothing(self):
        receiver = self.receiver(tls=self.context)
        agent = self.agent(receiver.url)
        self.wait_for(agent, FAILURES, 1, reason="connection")
        self.assertEqual(receiver.requests, [])
        self.assertIn("certificate", agent.stderr())

    def test_certificates_that_change_are_read_anew(self):
        os.chmod(self.folder, 0o755)  # an agent that root started is no longer root by then; the key stays root's
        receiver = self.receiver(tls=self.context)
        with open(self.path("trusted.pem"), "w", encoding="ascii") as trusted, open(self.path("client.pem"),
                                                                                    encoding="ascii") as other:
            trusted.write(other.read())  # not the authority
        agent = self.agent(receiver.url, OTEL_EXPORTER_OTLP_CERTIFICATE=self.path("trusted.pem"),
                           OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=self.path("client.pem"),
                           OTEL_EXPORTER_OTLP_CLIENT_KEY=self.path("client.key"))
        self.wait_for(agent, FAILURES, 1, reason="connection")
        os.replace(self.path("ca.pem"), self.path("trusted.pem"))
        receiver.wait_for(1)

    def test_certificates_that_can_no_longer_be_read_stay_in_use(self):
        receiver = self.receiver(tls=self.context)
        agent = self.agent(receiver.url, OTEL_EXPORTER_OTLP_CERTIFICATE=self.path("ca.pem"),
                           OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=self.path("client.pem"),
                           OTEL_EXPORTER_OTLP_CLIENT_KEY=self.path("client.key"))
        receiver.wait_for(1)
        os.unlink(self.path("ca.pem"))
        receiver.wait_for(len(receiver.requests) + 3)
        wait_until(lambda: "the former stays in use" in agent.stderr(), "the log says so")
        self.assertEqual(agent.stderr().count("the former stays in use"), 1)

    def test_a_file_that_cannot_be_used_is_named(self):
        for path, why in (("/nowhere/ca.pem", "No such file or directory"), ("/dev/null", "is empty")):
            with self.subTest(path):
                done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address="], capture_output=True,
                                      text=True, env=environment(OTEL_EXPORTER_OTLP_ENDPOINT="https://127.0.0.1:1",
                                                                 OTEL_EXPORTER_OTLP_CERTIFICATE=path), timeout=20)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(f"{path}: {why}", done.stderr)

    def test_secrets_are_never_shown(self):
        receiver = self.receiver(then=Answer(401))
        agent = self.agent(receiver.url.replace("//", "//user:hunter2@"),
                           OTEL_EXPORTER_OTLP_HEADERS="x-key=hunter2", OTEL_EXPORTER_OTLP_METRICS_HEADERS="hunter2",
                           TCPGAUGE_LOG_LEVEL="debug")
        receiver.wait_for(2)
        self.assertEqual(receiver.requests[0].headers["X-Key"], "hunter2")
        self.wait_for(agent, FAILURES, 1, reason="rejected")
        for shown in (agent.stderr(), agent.get("/api/v1/status")[1], agent.get("/metrics")[1]):
            self.assertNotIn("hunter2", shown)


class EnvironmentTest(OtlpCase):
    def run_and_count(self, **variables):
        """How many pushes come while the agent reads a file and ends."""
        receiver = self.receiver()
        variables = {name: value.replace("URL", receiver.url) for name, value in variables.items()}
        options = variables.pop("options", "").split()
        done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address=", *options],
                              env=environment(**variables), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        return len(receiver.requests), done.stderr

    def test_what_begins_a_push(self):
        for pushes, variables in (
                (0, {}),
                (1, {"OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (1, {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "URL/x"}),
                (1, {"options": "--otlp.endpoint URL"}),
                (1, {"TCPGAUGE_OTLP_ENDPOINT": "URL"}),
                (1, {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"OTEL_METRICS_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"options": "--output table", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (1, {"options": "--output table --otlp.endpoint URL"})):
            with self.subTest(variables):
                self.assertEqual(self.run_and_count(**variables)[0], pushes)

    def test_grpc_is_said_not_to_be_supported(self):
        pushes, said = self.run_and_count(OTEL_EXPORTER_OTLP_ENDPOINT="URL", OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
        self.assertEqual(pushes, 1)
        self.assertIn("grpc is not supported; right would be http/protobuf or http/json", said)

    def test_prometheus_without_an_address_is_said(self):
        self.assertIn("'prometheus' has no address to serve at", self.run_and_count(OTEL_METRICS_EXPORTER="prometheus")[1])
