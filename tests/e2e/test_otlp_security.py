# SPDX-License-Identifier: Apache-2.0
"""Keys, certificates and secrets of the push over OTLP."""
import os
import ssl
import subprocess

from support.agent import binary
from support.otlp_case import FAILURES, OtlpCase, environment
from support.receiver import Answer
from support.waiting import wait_until


class SecurityTest(OtlpCase):
    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=30)

    def path(self, name):
        return os.path.join(self.folder, name)

    def setUp(self):
        super().setUp()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
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
        for path, why in (("/nowhere/ca.pem", "No such file or directory"), ("/dev/null", "is not a regular file")):
            with self.subTest(path):
                done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address="], capture_output=True,
                                      text=True, env=environment(OTEL_EXPORTER_OTLP_ENDPOINT="https://127.0.0.1:1",
                                                                 OTEL_EXPORTER_OTLP_CERTIFICATE=path), timeout=60)
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
