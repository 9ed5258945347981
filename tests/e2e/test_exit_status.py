# SPDX-License-Identifier: Apache-2.0
"""Every error at the start, with its exit status and its one line on standard error.

Status 1: the environment is not as it should be, and the same command may succeed later. Status 2: the command itself
is wrong. A service manager starts the agent again after status 1, and not after status 2.
"""
import os
import re
import shutil
import socket
import subprocess
import tempfile

from support import certificate
from support import shipped
from support.agent import binary
from support.case import NamespaceCase
from support.example_capture import write_capture
from support.namespaces import Namespace

ENVIRONMENT, USAGE = 1, 2
NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all",
             "--inh-caps=-all")
# Ends a live capture that a mistake has let begin.
BRIEF = ("--duration", "0.1")


class ExitStatusTest(NamespaceCase):
    def setUp(self):
        self.namespace = self.own(Namespace())
        self.namespace.run("ip", "link", "add", "down0", "type", "veth", "peer", "name", "down1")
        folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self.addCleanup(shutil.rmtree, folder)
        os.chmod(folder, 0o755)
        self.folder = folder
        self.capture = self.path("capture.pcap")
        write_capture(self.capture)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, contents):
        with open(self.path(name), "wb") as file:
            file.write(contents if isinstance(contents, bytes) else contents.encode())
        return self.path(name)

    def check(self, status, named, *options, prefix=(), program=None, **variables):
        """The agent ends with `status`, and with one line that holds `named`."""
        with self.subTest(options=options, variables=variables):
            done = subprocess.run(self.namespace.command(*prefix, program or binary(), *options), capture_output=True,
                                  text=True, timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, **variables})
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (status, 1), done.stderr)
            self.assertIn(named, done.stderr)
            self.assertTrue(done.stderr.startswith("tcpgauge: "), done.stderr)
            self.assertEqual(done.stdout, "")

    def check_live(self, status, named, *options, **how):
        self.check(status, named, "--web.listen-address=", *BRIEF, *options, **how)

    def check_file(self, status, named, *options, **how):
        self.check(status, named, "-T", self.capture, *options, **how)

    def test_interfaces(self):
        self.check_live(ENVIRONMENT, "there is no interface 'nosuch0'", "-i", "nosuch0")
        self.check_live(ENVIRONMENT, "there is no interface 'nosuch0'", "-i", "lo", "-i", "nosuch0")
        self.check_live(ENVIRONMENT, "there is no interface 'nosuch0'", "-i", "nosuch0", "--workers", "2")
        self.check_live(ENVIRONMENT, "there is no interface 'nosuch0'", TCPGAUGE_INTERFACE="nosuch0")
        self.check_live(ENVIRONMENT, "interface 'down0' is down", "-i", "down0")
        self.check_live(ENVIRONMENT, "no interface is up except loopback")
        self.check_live(USAGE, "-i any captures every interface", "-i", "any", "-i", "lo")
        self.check_live(USAGE, "'' is not the name of an interface", "-i", "")
        for name in ("a/b", "/", ".", "..", "a b", " lo", "a\tb", "nosuch:1", "abcdefghijklmnop", "x" * 300, "\u00e0"):
            for wait in ((), ("--wait",)):
                self.check_live(USAGE, "no interface can be called", "-i", name, *wait)
        self.check_live(USAGE, "no interface can be called ' eth1'", TCPGAUGE_INTERFACE="lo, eth1")
        self.check_live(ENVIRONMENT, "there is no interface 'abcdefghijklmno'", "-i", "abcdefghijklmno")
        for name in ("nflog:99999", "nflog:65536", "nflog:-1", "nflog:x", "nflog:1:2", "nfqueue:70000",
                     "nflog:1" + 32 * ",1"):
            for wait in ((), ("--wait",)):
                self.check_live(USAGE, "use nflog:GROUP", "-i", name, *wait)
        self.check_live(USAGE, "nflog:GROUP", "-i", "nfqueue")

    def test_devices_of_libpcap_that_are_no_interfaces(self):
        for name in ("bluetooth-monitor", "bluetooth0", "dbus-system", "dbus://unix:path=/nowhere"):
            self.check_live(ENVIRONMENT, f"interface '{name}': ", "-i", name)
        done = subprocess.run(self.namespace.command(binary(), "-i", "nflog:65535", "--web.listen-address=", *BRIEF),
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_addresses(self):
        with self.namespace.entered():
            taken = self.own(socket.create_server(("127.0.0.1", 0)))
            wild = self.own(socket.create_server(("", 0)))
        for server in (taken, wild):
            address = "127.0.0.1:%d" % server.getsockname()[1]
            self.check_file(ENVIRONMENT, f"cannot listen on {address}: Address already in use",
                            "--web.listen-address", address)
        path = self.path("socket")
        own = self.own(socket.socket(socket.AF_UNIX))
        own.bind(path)
        own.listen()
        for busy in (path, self.write("file", "text")):
            self.check_file(ENVIRONMENT, f"cannot listen on unix:{busy}: Address already in use",
                            "--web.listen-address", f"unix:{busy}")
        self.check_file(ENVIRONMENT, "use a path in a directory that exists",
                        "--web.listen-address", f"unix:{self.path('none')}/socket")
        self.check_file(ENVIRONMENT, "use an address of this host", "--web.listen-address", "192.0.2.77:0")
        self.check_file(ENVIRONMENT, "use an address of this host", "--web.listen-address", "name.invalid:0")
        for wrong in ("nowhere", "127.0.0.1:99999", "300.0.0.1:80", "unix:", "::1:80"):
            self.check_file(USAGE, f"--web.listen-address: '{wrong}' is not HOST:PORT", "--web.listen-address", wrong)
        for first, second in (("127.0.0.1:1", "127.0.0.1:1"), ("127.0.0.1:1", "127.1:01"), ("[::1]:1", "[0::1]:1"),
                              (":1", "[::]:1"), ("localhost:1", "LOCALHOST:1"), (f"unix:{path}2", f"unix:{path}2")):
            self.check_file(USAGE, f"--web.listen-address: '{second}' is given twice",
                            "--web.listen-address", first, "--web.listen-address", second)
            self.check_file(USAGE, f"TCPGAUGE_WEB_LISTEN_ADDRESS: '{second}' is given twice",
                            TCPGAUGE_WEB_LISTEN_ADDRESS=f"{first},{second}")
        for first, second in ((":1", "127.0.0.1:1"), ("0.0.0.0:1", "127.0.0.1:1"), ("[::1]:1", "[::]:1")):
            self.check_file(USAGE, f"'{first}' and '{second}' cannot both be listened on",
                            "--web.listen-address", first, "--web.listen-address", second)
        self.check_file(USAGE, "at most 107 bytes", "--web.listen-address", "unix:/" + 107 * "x")

    def test_capture_files(self):
        off = "--web.listen-address="
        for path in ("/nonexistent/capture.pcap", self.path("none.pcap"), self.capture + "/below"):
            self.check(ENVIRONMENT, f"cannot open '{path}'", "-T", path, off)
        self.check(ENVIRONMENT, "Is a directory", "-T", self.folder, off)
        self.check(ENVIRONMENT, "truncated dump file", "-T", "-", off)
        with open(self.capture, "rb") as file:
            capture = file.read()
        for damaged in (b"", capture[:3], capture[:20], capture[:30], capture[:-1]):
            self.check(ENVIRONMENT, "truncated dump file", "-T", self.write("damaged.pcap", damaged), off)
        for other in (b"not a capture", bytes(100)):
            self.check(USAGE, "is not a pcap or pcapng file", "-T", self.write("other", other), off)

    def test_capture_file_that_the_user_may_not_read(self):
        program = shutil.copy(binary(), self.folder)
        os.chmod(self.capture, 0o600)
        self.check_file(ENVIRONMENT, f"cannot open '{self.capture}': Permission denied", "--web.listen-address=",
                        prefix=AS_NOBODY, program=program)

    def check_web(self, status, named, path, **how):
        self.check_file(status, named, "--web.listen-address=127.0.0.1:0", "--web.config.file", path, **how)

    def test_web_configurations(self):
        self.check_web(ENVIRONMENT, "No such file", self.path("none.yml"))
        self.check_web(ENVIRONMENT, "Not a directory", self.capture + "/web.yml")
        self.check_web(ENVIRONMENT, "name too long", self.path(256 * "x"))
        self.check_web(ENVIRONMENT, "is not a regular file", self.folder)
        self.check_web(ENVIRONMENT, "is not a regular file", "/dev/null")
        for wrong in ("", "basic_auth_users: [", "nonsense: true\n", "basic_auth_users:\n  alice: secret\n",
                      "tls_server_config:\n  cert_file: cert.pem\n",
                      "tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS9\n"):
            self.check_web(USAGE, "web configuration ", self.write("wrong.yml", wrong))

    def test_web_configuration_that_the_user_may_not_read(self):
        program = shutil.copy(binary(), self.folder)
        path = self.write("web.yml", "basic_auth_users: {}\n")
        os.chmod(path, 0o600)
        self.check_web(ENVIRONMENT, f"{path}: Permission denied", path, prefix=AS_NOBODY, program=program)

    def test_certificates_and_keys(self):
        more = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
        config = certificate.write_tls_config(self.folder, more)
        shutil.copy(self.path("cert.pem"), self.path("ca.pem"))
        for name in ("cert.pem", "key.pem", "ca.pem"):
            with open(self.path(name)) as file:
                good = file.read()
            for wrong in ("", "no PEM", good[:len(good) // 2]):
                self.write(name, wrong)
                self.check_web(USAGE, self.path(name), config)
            os.unlink(self.path(name))
            self.check_web(ENVIRONMENT, f"{self.path(name)}: No such file", config)
            os.mkdir(self.path(name))
            self.check_web(ENVIRONMENT, f"{self.path(name)}: is not a regular file", config)
            os.rmdir(self.path(name))
            self.write(name, good)
        other = tempfile.mkdtemp(dir=self.folder)
        certificate.write_tls_config(other)
        shutil.copy(os.path.join(other, "key.pem"), self.path("key.pem"))
        self.check_web(USAGE, self.path("key.pem"), config)

    def test_files_for_otlp(self):
        receiver = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://127.0.0.1:9"}
        for name in ("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"):
            variable = f"OTEL_EXPORTER_OTLP_{name}"
            for path in (self.path("none.pem"), self.folder, self.write("empty.pem", "")):
                self.check_file(ENVIRONMENT, path, "--web.listen-address=", **receiver, **{variable: path})

    def test_receivers_and_agents_that_cannot_exist(self):
        self.check_file(USAGE, "--otlp.endpoint", "--otlp.endpoint", "nowhere", "--web.listen-address=")
        for url in ("http://h:99999", "http://h:65536", "http://h:0", "http://h:-1", "http://h:abc", "http://h:1e3",
                    "http://h:80:90", "https://[::1]:70000", "http://[::1", "http://[zz]:4318", "http://300.1.1.1"):
            self.check_file(USAGE, f"--otlp.endpoint: '{url}' is not the URL of a receiver", "--otlp.endpoint", url,
                            "--web.listen-address=")
            self.check(USAGE, f'--attach: "{url}" is not an agent\'s address', "--tui", "--attach", url)
            for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"):
                self.check_file(USAGE, f"{name}: '{url}' is not the URL of a receiver", "--web.listen-address=",
                                **{name: url})

    def test_connection_logs(self):
        for path in (self.path("none") + "/log", self.folder, self.capture + "/log"):
            self.check_file(ENVIRONMENT, f"--connection-log: cannot write '{path}'", "--web.listen-address=",
                            "--connection-log", path)
        self.check_file(USAGE, "'-' would mix", "--connection-log", "-", "--output", "json")

    def test_names(self):
        off = "--web.listen-address="
        for level in ("pods", "", "LOCAL"):
            self.check_live(USAGE, f"--identity: '{level}' is not one of off, local, node, cluster", "--identity", level)
        for level in ("local", "node", "cluster"):
            self.check_file(USAGE, "name a file of names with --identity.file", off, "--identity", level)
        self.check_live(USAGE, "there are no names to write", "-i", "lo", "--identity", "off", "--identity.file", "x")
        for level in ("node", "cluster"):
            self.check_live(USAGE, "use --identity.api URL", "-i", "lo", "--identity", level,
                            KUBERNETES_SERVICE_HOST="")
            self.check_live(USAGE, "NODE_NAME: 'a b'", "-i", "lo", "--identity", level, KUBERNETES_SERVICE_HOST="h",
                            NODE_NAME="a b")
        self.check_live(USAGE, "--identity.api: 'h:6443'", "-i", "lo", "--identity.api", "h:6443")
        self.check_live(USAGE, "--identity.max-endpoints: '0'", "-i", "lo", "--identity.max-endpoints", "0")
        self.check_live(USAGE, "--path.procfs: 'proc'", "-i", "lo", "--path.procfs", "proc")
        self.check_live(USAGE, "--metrics.workload-edges: '-1'", "-i", "lo", "--metrics.workload-edges=-1")

    def test_filters(self):
        for words in (("prt", "80"), ("tcp", "port"), ("host", "300.1.1.1"), ("(tcp",), ("less", "0", "and", "less")):
            self.check_file(USAGE, "filter '", "--web.listen-address=", *words)
            self.check_live(USAGE, "filter '", "-i", "lo", *words)
        for words, named in ((("inbound",), "'inbound'"), (("tcp", "and", "not", "outbound"), "'outbound'"),
                             (("port", "443", "or", "ifindex", "3"), "'ifindex'")):
            self.check_file(USAGE, f"only the kernel can answer {named}", "--web.listen-address=", *words)

    def test_options_and_values(self):
        for options, named in ((("--no-such",), "--no-such"), (("-Z",), "-Z"), (("-i",), "a value is missing"),
                               (("-r", "soon"), "'soon'"), (("--workers", "0"), "'0'"), (("--read=",), "''"),
                               (("--wait",), "--wait"), (("-i", "lo", "-T", "x"), "exclude each other"),
                               (("--web.telemetry-path", "/-/healthy", "-T", self.capture), "'/-/healthy'"),
                               (("--attach", "unix:/nowhere", "--tui=false"), "--tui=false"), (("--user", "no-such-user"), "no-such-user"),
                               (("--max-memory", "2M", "-T", self.capture), "--max-memory")):
            self.check(USAGE, named, *options)
        self.check(USAGE, "TCPGAUGE_REMOVE_AFTER: 'soon'", TCPGAUGE_REMOVE_AFTER="soon")

    def checked(self, status, named, *options, **variables):
        """`--check` ends with `status`, and says nothing but one line that holds `named`; '' = no line."""
        with self.subTest(options=options, variables=variables):
            program = shutil.copy(binary(), self.folder)
            done = subprocess.run([*AS_NOBODY, program, "--check", *options], capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL, env={**os.environ, **variables})
            self.assertEqual((done.returncode, len(done.stderr.splitlines()), done.stdout),
                             (status, 1 if named else 0, ""), done.stderr)
            self.assertIn(named, done.stderr)

    def test_a_check_needs_no_privilege_and_opens_nothing(self):
        self.checked(0, "")
        self.checked(0, "", "-i", "nosuch0", "-i", "down0", "--tui", "--user", "no-such-user", "port", "443")
        self.checked(0, "", "-i", "any", "--wait", "--web.listen-address", "192.0.2.77:81", "inbound")
        self.checked(0, "", "-T", self.path("none.pcap"), "--connection-log", self.path("none") + "/log", "port 443")
        self.checked(0, "", TCPGAUGE_INTERFACE="nosuch0,nosuch1", TCPGAUGE_METRICS_EDGES="10")
        self.assertEqual(os.path.exists(self.path("none")), False)

    def test_a_check_finds_what_a_start_would_end_with_status_2_for(self):
        for options, named in ((("--no-such",), "--no-such"), (("-r", "soon"), "'soon'"), (("-i", "a/b"), "'a/b'"),
                               (("-i", "any", "-i", "lo"), "-i any captures every interface"),
                               (("-i", "nflog:99999"), "use nflog:GROUP"), (("-i", "nosuch0", "prt", "80"), "'prt 80'"),
                               (("-T", self.path("none.pcap"), "(tcp"), "filter '(tcp'"),
                               (("--web.telemetry-path", "/-/healthy"), "'/-/healthy'"),
                               (("--web.listen-address", "unix:/" + 107 * "x"), "at most 107 bytes"),
                               (("--max-memory", "2M"), "--max-memory"), (("--attach=http://h:0",), "--attach"),
                               (("--otlp.endpoint", "http://h:99999"), "--otlp.endpoint"),
                               (("--identity", "node", "--identity.api", "https://h:0"), "--identity.api")):
            self.checked(USAGE, named, *options)
        self.checked(USAGE, "TCPGAUGE_REMOVE_AFTER: 'soon'", TCPGAUGE_REMOVE_AFTER="soon")

    def test_a_check_reads_the_web_configuration_with_certificate_and_key(self):
        config = certificate.write_tls_config(self.folder)
        for name in ("web.yml", "cert.pem", "key.pem"):
            os.chmod(self.path(name), 0o644)
        with open(self.path("key.pem")) as file:
            key = file.read()
        self.checked(0, "", "--web.config.file", config)
        self.write("key.pem", key[:len(key) // 2])
        self.checked(USAGE, self.path("key.pem"), "--web.config.file", config)
        os.unlink(self.path("key.pem"))
        self.checked(USAGE, f"{self.path('key.pem')}: No such file", "--web.config.file", config)
        self.checked(USAGE, "web configuration ", "--web.config.file", self.write("wrong.yml", "nonsense: true\n"))
        self.checked(USAGE, "No such file", "--web.config.file", self.path("none.yml"))

    def test_privileges(self):
        program = shutil.copy(binary(), self.folder)
        self.check_live(ENVIRONMENT, "setcap cap_net_raw=ep", "-i", "lo", prefix=AS_NOBODY, program=program)
        self.check(ENVIRONMENT, "CAP_NET_BIND_SERVICE", "-T", self.capture, "--web.listen-address=127.0.0.1:81",
                   prefix=AS_NOBODY, program=program)
        self.check_live(ENVIRONMENT, "CAP_SETUID is missing", "-i", "lo",
                        prefix=("setpriv", "--bounding-set=-setuid", "--inh-caps=-setuid"))

    def test_resources(self):
        self.check_file(ENVIRONMENT, "ulimit -n", "--web.listen-address=127.0.0.1:0", prefix=("prlimit", "--nofile=8"))
        self.check_file(ENVIRONMENT, "ulimit -v", prefix=("prlimit", "--as=100000000"))

    def test_the_service_is_started_again_after_status_1_for_ever_and_not_after_status_2(self):
        unit, service = shipped.read("deploy/systemd/tcpgauge.service").split("[Service]")
        self.assertEqual(re.findall(r"^StartLimitIntervalSec=(.*)$", unit, re.MULTILINE), ["0"])
        settings = dict(re.findall(r"^(Restart\w*)=(.*)$", service, re.MULTILINE))
        self.assertEqual(settings, {"Restart": "always", "RestartSec": "5", "RestartPreventExitStatus": str(USAGE)})
        self.check_live(ENVIRONMENT, "there is no interface 'late0'", "-i", "late0")
        self.namespace.run("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
        self.namespace.run("ip", "link", "set", "late0", "up")
        done = subprocess.run(self.namespace.command(binary(), "-i", "late0", "--web.listen-address=", *BRIEF),
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_without_a_terminal_there_is_no_top_view(self):
        self.check_file(ENVIRONMENT, "--tui needs a terminal", "--tui", "--web.listen-address=")
        self.check(ENVIRONMENT, "--tui needs a terminal", "--tui", "--attach", "unix:/nowhere")
