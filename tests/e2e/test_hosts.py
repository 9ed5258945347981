# SPDX-License-Identifier: Apache-2.0
"""The page and the JSON API answer to the names of the agent alone (DNS rebinding), or not at all (--web.no-ui)."""
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest

from support.agent import Agent, ThisHost, binary, listen_address
from support.processes import Process
from support.synthetic import CaptureWriter
from support.waiting import wait_until

CHECKED = ("/", "/api/v1/connections", "/api/v1/edges", "/api/v1/services", "/api/v1/history", "/api/v1/status")
OPEN = ("/metrics", "/-/healthy", "/-/ready")
LIMIT_SECONDS = 30

# Becomes the agent on a machine with another name, whose FQDN /etc/hosts knows.
_RENAMED = ("unshare", "--uts", "--mount", "sh", "-ec",
            'hostname node7; mount --bind "$1" /etc/hosts; shift; exec "$@"', "sh")


class HostsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)
        self.capture = os.path.join(self.folder, "none.pcap")
        CaptureWriter(self.capture).close()

    def start(self, *options, prefix=(), environment=None):
        agent = Agent(ThisHost(), "-T", self.capture, *options, prefix=prefix, environment=environment)
        self.addCleanup(agent.close)
        return agent

    def exchange(self, connection, head):
        """Sends the head of a request; returns the status and the body of its answer."""
        with connection:
            connection.settimeout(LIMIT_SECONDS)
            connection.sendall(head.encode("latin-1") + b"\r\n")
            answer = b""
            while part := connection.recv(65536):
                answer += part
        begin, _, body = answer.partition(b"\r\n\r\n")
        return int(begin.split()[1]), body.decode()

    def ask(self, agent, host, path="/api/v1/status"):
        address, port = agent.address.rsplit(":", 1)
        return self.exchange(socket.create_connection((address, int(port))),
                             f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n")

    def statuses(self, agent, *hosts):
        return {host: self.ask(agent, host)[0] for host in hosts}

    def test_only_names_of_the_agent_read_the_table(self):
        agent = self.start()
        port = agent.address.rsplit(":", 1)[1]
        name = socket.gethostname()
        known = (agent.address, "127.0.0.1", "192.0.2.1:80", "[::1]:10406", "[fe80::1%25eth0]", "localhost",
                 f"LOCALHOST.:{port}", "", name, name.upper() + "." if "." in name else name.upper())
        self.assertEqual(self.statuses(agent, *known), {host: 200 for host in known})
        others = ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example",
                  "evil.localhost", "localhost..", ".", "127.1", "0x7f000001", "127.0.0.1%25.evil.example", "xn--bcher-kva")
        self.assertEqual(self.statuses(agent, *others), {host: 421 for host in others})
        malformed = ("localhost@evil.example", "evil.example:127.0.0.1", "[::1]evil.example", "b\xfccher.example",
                     "localhost evil.example", "evil.example\r\nHost: localhost", "localhost\r\nHost: evil.example")
        self.assertEqual(self.statuses(agent, *malformed), {host: 400 for host in malformed})
        for path in CHECKED:
            status, body = self.ask(agent, "evil.example", path)
            self.assertEqual(status, 421, path)
            self.assertEqual(body.count("\n"), 1)
            self.assertIn("--web.allowed-hosts", body)
        for path in OPEN:
            self.assertEqual(self.ask(agent, "evil.example", path)[0], 200, path)
        self.assertEqual(self.ask(agent, "evil.example", "/other")[0], 404)

    def test_the_host_of_an_absolute_target_counts(self):
        agent = self.start()
        address, port = agent.address.rsplit(":", 1)
        for target, host, wanted in (("http://evil.example", "localhost", 421), ("http://localhost", "evil.example", 200),
                                     ("HTTP://EVIL.example:80", "127.0.0.1", 421), ("https://[::1]:1", "evil.example", 200)):
            status, _ = self.exchange(socket.create_connection((address, int(port))),
                                      f"GET {target}/api/v1/status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n")
            self.assertEqual(status, wanted, target)

    def test_a_request_of_http_1_0_needs_no_host(self):
        agent = self.start()
        address, port = agent.address.rsplit(":", 1)
        for head, wanted in (("", 200), ("Host: evil.example\r\n", 421)):
            status, _ = self.exchange(socket.create_connection((address, int(port))),
                                      f"GET /api/v1/status HTTP/1.0\r\n{head}")
            self.assertEqual(status, wanted)

    def test_further_names_are_allowed_by_option_and_by_variable(self):
        names = "Gauge.example,*.svc.cluster.local"
        for agent in (self.start("--web.allowed-hosts", names),
                      self.start(environment={**os.environ, "TCPGAUGE_WEB_ALLOWED_HOSTS": names})):
            self.assertEqual(self.statuses(agent, "gauge.EXAMPLE.:1", "a.b.svc.cluster.local", "svc.cluster.local",
                                           "a.gauge.example", "evil.example"),
                             {"gauge.EXAMPLE.:1": 200, "a.b.svc.cluster.local": 200, "svc.cluster.local": 421,
                              "a.gauge.example": 421, "evil.example": 421})
        self.assertEqual(self.ask(self.start("--web.allowed-hosts=*"), "evil.example")[0], 200)
        for wrong in ("gauge:10406", "http://gauge", "a,,b", "", "*gauge", "b\xfccher.example", "[::1]"):
            done = subprocess.run([binary(), "-T", self.capture, "--web.allowed-hosts", wrong], capture_output=True,
                                  text=True, timeout=LIMIT_SECONDS, check=False)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), wrong)
            self.assertRegex(done.stderr, "^tcpgauge: --web.allowed-hosts: .*; right would be ")

    def test_the_names_of_the_machine_are_allowed(self):
        if not shutil.which("unshare") or os.geteuid() != 0:
            self.skipTest("another host name needs unshare(1) and root")
        hosts = os.path.join(self.folder, "hosts")
        with open(hosts, "w") as file:
            file.write("127.0.0.1 localhost\n127.0.1.1 node7.dc.example node7\n")
        agent = self.start(prefix=(*_RENAMED, hosts))
        self.assertEqual(self.ask(agent, "Node7:10406")[0], 200)
        # A thread looks it up.
        wait_until(lambda: self.ask(agent, "node7.dc.example")[0] == 200, "the fully qualified name is known")
        self.assertEqual(self.statuses(agent, "node7.evil.example", "node8"), {"node7.evil.example": 421, "node8": 421})

    def certificate(self, names):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=ignored.example", "-addext", f"subjectAltName={names}", "-keyout", "key.new", "-out", "cert.new",
                        "-days", "2"], cwd=self.folder, capture_output=True, check=True)
        for name in ("key", "cert"):
            os.chmod(os.path.join(self.folder, name + ".new"), 0o644)
            os.rename(os.path.join(self.folder, name + ".new"), os.path.join(self.folder, name + ".pem"))

    @unittest.skipUnless(shutil.which("openssl"), "openssl is missing")
    def test_the_names_of_the_certificate_are_allowed(self):
        self.certificate("DNS:gauge.example,DNS:*.apps.example,IP:127.0.0.1")
        config = os.path.join(self.folder, "web.yml")
        with open(config, "w") as file:
            file.write("tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n")
        path = os.path.join(self.folder, "socket")
        agent = self.start_tls("--web.config.file", config, f"--web.listen-address=unix:{path}")

        def ask(host):
            address, port = agent.rsplit(":", 1)
            plain = socket.create_connection((address, int(port)))
            # The certificate changes during the test.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            return self.exchange(context.wrap_socket(plain),
                                 f"GET /api/v1/status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n")[0]
        for host, wanted in (("gauge.example", 200), ("x.apps.example:1", 200), ("127.0.0.1", 200), ("apps.example", 421),
                             ("y.x.apps.example", 421), ("ignored.example", 421), ("evil.example", 421)):
            self.assertEqual(ask(host), wanted, host)
        # A client of a unix socket is no browser.
        unix = socket.socket(socket.AF_UNIX)
        unix.connect(path)
        self.assertEqual(self.exchange(unix, "GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n")[0],
                         200)
        self.certificate("DNS:renewed.example,IP:127.0.0.1")
        wait_until(lambda: ask("renewed.example") == 200, "the names of the new certificate")
        self.assertEqual(ask("gauge.example"), 421)

    def start_tls(self, *options):
        agent = Process([binary(), "-T", self.capture, "--web.listen-address=127.0.0.1:0", *options])
        self.addCleanup(agent.close)
        wait_until(lambda: "unix:" in agent.stderr() or not agent.running(), "the agent listens")
        return listen_address(agent.stderr()).removeprefix("https://")

    def test_attaching_by_a_name_says_which_option_is_needed(self):
        agent = self.start()
        port = agent.address.rsplit(":", 1)[1]
        hosts = os.path.join(self.folder, "hosts")
        with open(hosts, "w") as file:
            file.write("127.0.0.1 localhost alias.example\n")
        if not shutil.which("unshare") or os.geteuid() != 0:
            self.skipTest("another /etc/hosts needs unshare(1) and root")
        done = subprocess.run([*_RENAMED, hosts, "script", "-qec", f"{binary()} --attach=http://alias.example:{port}",
                               "/dev/null"], capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False,
                              stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"})
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("the agent answers: 421 misdirected request: alias.example", done.stdout)
        self.assertIn("--web.allowed-hosts", done.stdout)

    def test_of_the_addresses_of_a_name_the_one_in_use_is_the_error(self):
        if not shutil.which("unshare") or os.geteuid() != 0:
            self.skipTest("another /etc/hosts needs unshare(1) and root")
        if not socket.has_dualstack_ipv6():
            self.skipTest("there is no IPv6")
        hosts = os.path.join(self.folder, "hosts")
        with open(hosts, "w") as file:
            file.write("192.0.2.77 two.example\n::1 two.example\n")
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
            address = f"two.example:{taken.getsockname()[1]}"
            done = subprocess.run([*_RENAMED, hosts, binary(), "-T", self.capture, f"--web.listen-address={address}"],
                                  capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False,
                                  stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"cannot listen on {address}: Address already in use", done.stderr)

    def test_without_ui_metrics_and_health_remain(self):
        agent = self.start("--web.no-ui")
        for path in CHECKED:
            for host in (agent.address, "evil.example"):
                status, body = self.ask(agent, host, path)
                self.assertEqual(status, 404, path)
                self.assertEqual(body.count("\n"), 1)
                self.assertIn("--web.no-ui", body)
        for path in OPEN:
            self.assertEqual(self.ask(agent, "evil.example", path)[0], 200, path)
        self.assertNotIn("--web.no-ui", self.ask(agent, agent.address, "/other")[1])

