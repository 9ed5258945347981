# SPDX-License-Identifier: Apache-2.0
"""HTTP calls through a real proxy: the push over OTLP, and --attach."""
import os
import socket
import ssl
import subprocess
import tempfile

from support.agent import Agent, binary
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.otlp_case import FAILURES, environment
from support.processes import Process
from support.receiver import Receiver
from support.waiting import wait_until

_PORT = 3128  # in a namespace of its own, where any port is free
_CONFIG = """
Port {port}
Listen {address}
BasicAuth user p.ss
LogFile "{log}"
LogLevel Connect
Timeout 60
"""


class Tinyproxy(Process):
    """Debian's tinyproxy, which asks for a user and a password."""

    def __init__(self, namespace, folder, address):
        config, self._log = (os.path.join(folder, name) for name in ("tinyproxy.conf", "tinyproxy.log"))
        with open(config, "w") as file:
            file.write(_CONFIG.format(port=_PORT, address=address, log=self._log))
        super().__init__(namespace.command("tinyproxy", "-d", "-c", config))
        self.url = f"http://user:p%2Ess@{address}:{_PORT}"

        def listens():
            with namespace.entered(), socket.socket() as client:
                return client.connect_ex((address, _PORT)) == 0
        wait_until(listens, "the proxy listens", 60)

    def log(self):
        with open(self._log, errors="replace") as file:
            return file.read()


class ProxyTest(NamespaceCase):
    tools = ("tinyproxy", "openssl")

    def setUp(self):
        self.testbed = self.own(Testbed())
        self.link = self.testbed.link
        folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.proxy = self.own(Tinyproxy(self.testbed.server, self.folder, self.link.server_address))

    def receiver(self, address=None, namespace=None, **arguments):
        with (namespace or self.testbed.server).entered():
            return self.own(Receiver(address=address or self.link.server_address, **arguments))

    def agent(self, receiver, **variables):
        return self.own(Agent(self.testbed.client, "-i", self.link.client_interface, environment=environment(
            OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, **variables)))

    def certificate(self):
        """A PEM file with the receiver's certificate, which is its own authority, and its key."""
        path = os.path.join(self.folder, "receiver.pem")
        done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                               "-nodes", "-days", "2", "-subj", "/CN=receiver", "-addext",
                               f"subjectAltName=IP:{self.link.server_address}", "-keyout", path + ".key", "-out", path],
                              check=True, capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 0)
        return path

    def came_by_proxy(self, request):
        """Whether the connection of the request is the proxy's."""
        return request.connection[0] == self.link.server_address

    def test_a_push_goes_through_the_proxy_in_either_case(self):
        for variable in ("HTTP_PROXY", "http_proxy"):
            receiver = self.receiver()
            self.agent(receiver, **{variable: self.proxy.url, "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"})
            request = receiver.wait_for(2)[1]
            self.assertTrue(self.came_by_proxy(request))
            self.assertEqual(request.path, "/v1/metrics")
            self.assertNotIn("Proxy-Authorization", request.headers)
            self.assertEqual(request.headers["Host"], f"{self.link.server_address}:{receiver.port}")

    def test_a_push_by_https_goes_through_a_tunnel(self):
        path = self.certificate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path, path + ".key")
        for variable in ("HTTPS_PROXY", "https_proxy"):
            receiver = self.receiver(tls=context)
            self.agent(receiver, OTEL_EXPORTER_OTLP_CERTIFICATE=path, **{variable: self.proxy.url},
                       HTTP_PROXY="http://192.0.2.99:1")
            request = receiver.wait_for(1)[0]
            self.assertTrue(self.came_by_proxy(request))
            self.assertNotIn("Proxy-Authorization", request.headers)
            self.assertIn(f"CONNECT {self.link.server_address}:{receiver.port}", self.proxy.log())

    def test_a_wrong_password_is_a_failure_and_stays_out_of_the_log(self):
        receiver = self.receiver()
        agent = self.agent(receiver, HTTP_PROXY=self.proxy.url.replace("p%2Ess", "wrong"))
        # The proxy may close the connection before its answer is read.
        wait_until(lambda: sum(agent.metrics().find(FAILURES).values()) >= 1, "a failure", 60)
        wait_until(lambda: "OTLP push failed" in agent.stderr(), "the log says so", 60)
        self.assertNotIn("wrong", agent.stderr())
        self.assertEqual(receiver.requests, [])

    def test_no_proxy_leads_past_the_proxy(self):
        receiver = self.receiver()
        address = self.link.server_address
        for exceptions in (address, f"x,{address}:{receiver.port}", "192.0.2.0/24", "*"):
            before = len(receiver.requests)
            agent = self.agent(receiver, HTTP_PROXY=self.proxy.url, NO_PROXY=exceptions)
            receiver.wait_for(before + 1)
            agent.close()
            self.assertFalse(any(self.came_by_proxy(request) for request in receiver.requests), exceptions)
        self.assertNotIn("POST", self.proxy.log())

    def test_a_receiver_on_this_host_is_never_called_by_proxy(self):
        for address in ("127.0.0.1", "127.1.2.3"):
            receiver = self.receiver(address, self.testbed.client)
            self.agent(receiver, http_proxy=self.proxy.url)
            receiver.wait_for(1)
        self.assertNotIn("POST", self.proxy.log())

    def test_attach_goes_through_the_proxy_too(self):
        agent = self.own(Agent(self.testbed.server, "-i", self.link.server_interface,
                               "--web.listen-address", f"{self.link.server_address}:10406"))
        attached = self.own(Process(self.testbed.client.command(
            "env", "TERM=xterm", f"HTTP_PROXY={self.proxy.url}", "script", "-qec",
            f"{binary()} --tui --attach http://{self.link.server_address}:10406", "/dev/null")))
        wait_until(lambda: f"GET http://{self.link.server_address}:10406/api/v1/connections" in self.proxy.log(),
                   "a call through the proxy", 60)
        wait_until(lambda: agent.get("/metrics")[1].count('tcpgauge_http_requests_total{route="/api/v1/connections",code="200"} 0')
                   == 0, "an answer", 60)
        attached.close()
