# SPDX-License-Identifier: Apache-2.0
"""The servers of the lab: real programs, as plain processes in the server's namespace, with their data in a folder.

Each tells by why_not() whether the program is here. None touches a service of this machine.
"""
import glob
import json
import os
import pwd
import shutil
import signal
import socket
import tempfile

from support import cleanup
from support.namespaces import run
from support.processes import Process
from support.waiting import wait_until

_READY_SECONDS = 60


class Service(Process):
    """A process with a folder, which goes when the process does."""

    programs = ()

    @classmethod
    def why_not(cls):
        missing = [program for program in cls.programs if not find(program)]
        return f"{missing[0]} is missing" if missing else None

    def __init__(self, command):
        super().__init__(command)

    def wait_for(self, condition, what):
        wait_until(lambda: condition() or not self.running(), what, _READY_SECONDS)
        if not self.running():
            raise AssertionError(f"{what}: it ended: {self.stdout()[-1000:]}{self.stderr()[-1000:]}")

    def close(self):
        super().close()
        self._folder.close()


class Folder:
    """A folder that `user` may use, until closed."""

    def __init__(self, user=None):
        self.path = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        cleanup.keep(self)
        if user:
            shutil.chown(self.path, user, user)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        with open(self.file(name), "w") as file:
            file.write(text)
        return self.file(name)

    def close(self):
        cleanup.release(self)
        shutil.rmtree(self.path, ignore_errors=True)


def find(program):
    """Its path: Debian keeps the programs of PostgreSQL's server outside PATH."""
    return shutil.which(program) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{program}"))), None)


class Nginx(Service):
    """Answers a request for /N with a file of N bytes, and logs what it read and wrote."""

    programs = ("nginx",)
    SIZES = (200, 2000, 20000)
    _CONFIG = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error;
events {{ worker_connections 256; }}
http {{
  log_format books '$server_port $remote_addr $connection $request_length $bytes_sent';
  access_log {folder}/access books;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  keepalive_timeout 600;
  root {folder}/files;
  server {{ {listen} }}
}}
"""

    def __init__(self, namespace, address, ports):
        self._folder = Folder()
        os.mkdir(self._folder.file("files"))
        for size in self.SIZES:
            self._folder.write(f"files/{size}", "x" * size)
        os.chmod(self._folder.path, 0o755)
        config = self._folder.write("config", self._CONFIG.format(
            folder=self._folder.path, listen=" ".join(f"listen {address}:{port};" for port in ports)))
        super().__init__(namespace.command("nginx", "-c", config))
        self._read = 0
        self._connections = set()
        self._books = {}
        self.wait_for(lambda: os.path.exists(self._folder.file("pid")), "nginx listens")

    def books(self):
        """{(client's address, port): {"requests", "client_bytes", "server_bytes", "connections"}}, by its log."""
        with open(self._folder.file("access"), "rb") as file:
            file.seek(self._read)
            lines = file.read()
        whole = lines[:lines.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode().splitlines():
            port, client, connection, read, written = line.split()
            of_edge = self._books.setdefault((client, int(port)), dict.fromkeys(
                ("requests", "client_bytes", "server_bytes", "connections"), 0))
            of_edge["requests"] += 1
            of_edge["client_bytes"] += int(read)
            of_edge["server_bytes"] += int(written)
            if connection not in self._connections:
                self._connections.add(connection)
                of_edge["connections"] += 1
        return self._books


class Redis:
    """Can be stopped and started again; its books go on."""

    _INFO = b"INFO stats\r\n"
    _KEYS = {"client_bytes": "total_net_input_bytes", "server_bytes": "total_net_output_bytes",
             "connections": "total_connections_received", "commands": "total_commands_processed"}

    @staticmethod
    def why_not():
        return None if find("redis-server") else "redis-server is missing"

    def __init__(self, namespace, address, port, *options):
        self._folder = Folder()
        self._command = namespace.command(
            "redis-server", "--bind", address, "--port", str(port), "--dir", self._folder.path, "--save", "",
            "--protected-mode", "no", "--unixsocket", self._folder.file("socket"), *options)
        self._before = dict.fromkeys(self._KEYS, 0)
        self._last = self._before
        self._process = None
        self.start()
        cleanup.keep(self)

    def start(self):
        self._process = Process(self._command)
        self._asked = {"client_bytes": 0, "server_bytes": 0, "connections": 0, "commands": 0}
        wait_until(lambda: "Ready to accept" in self._process.stdout(), "redis is ready", _READY_SECONDS)

    def stop(self):
        self._before = self.books()
        self._last = self._before
        self._process.close()
        self._process = None

    def books(self):
        """Bytes, connections and commands by INFO, without those of this very question."""
        if self._process is None:
            return self._last
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(10)
            end.connect(self._folder.file("socket"))
            end.sendall(self._INFO)
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += end.recv(65536)
        stats = dict(line.split(":", 1) for line in answer.decode().splitlines() if ":" in line)
        # What is read of a command counts before its answer is made, what is written after.
        own = {"client_bytes": self._asked["client_bytes"] + len(self._INFO),
               "server_bytes": self._asked["server_bytes"],
               "connections": self._asked["connections"] + 1, "commands": self._asked["commands"]}
        self._last = {key: self._before[key] + int(stats[name]) - own[key] for key, name in self._KEYS.items()}
        self._asked = dict(own, server_bytes=own["server_bytes"] + len(answer), commands=own["commands"] + 1)
        return self._last

    def slow_log(self):
        """What it logged of commands that came over the network, the oldest first: [(client's HOST:PORT, seconds)]."""
        entries = json.loads(run("redis-cli", "-s", self._folder.file("socket"), "--json", "slowlog", "get", "-1"))
        return [(client, microseconds / 1e6) for _, _, microseconds, _, client, _ in reversed(entries)
                if not client.startswith(self._folder.path)]

    def close(self):
        cleanup.release(self)
        if self._process is not None:
            self._process.close()
        self._folder.close()


class Iperf3:
    """A server for each port."""

    @staticmethod
    def why_not():
        return None if find("iperf3") else "iperf3 is missing"

    def __init__(self, namespace, ports):
        self._servers = [Process(namespace.command("iperf3", "--server", "--port", str(port), "--forceflush"))
                         for port in ports]
        for server in self._servers:
            wait_until(lambda: "listening" in server.stdout(), "iperf3's server listens", _READY_SECONDS)

    def close(self):
        for server in self._servers:
            server.close()


class Postgres(Service):
    """A cluster of its own, with the tables of pgbench. `settings` are {parameter: value}, beyond its own."""

    programs = ("initdb", "postgres", "pgbench", "psql")
    USER = "postgres"

    @classmethod
    def why_not(cls):
        try:
            pwd.getpwnam(cls.USER)
        except KeyError:
            return f"there is no user {cls.USER}"
        return super().why_not()

    def __init__(self, namespace, address, port, clients_network, settings=None):
        self._folder = Folder(self.USER)
        self._port = port
        data = self._folder.file("data")
        run(*self._as_user("initdb", "--no-sync", "--auth=trust", "-D", data))
        with open(f"{data}/pg_hba.conf", "a") as file:
            file.write(f"host all all {clients_network} trust\n")
        # No probes of their own, no background work that matters.
        super().__init__(namespace.command(*self._as_user(
            "postgres", "-D", data, "-p", str(port), "-c", f"listen_addresses={address}",
            "-c", f"unix_socket_directories={self._folder.path}", "-c", "fsync=off", "-c", "autovacuum=off",
            "-c", "tcp_keepalives_idle=3600",
            *(word for name, value in (settings or {}).items() for word in ("-c", f"{name}={value}")))))
        self.wait_for(lambda: "ready to accept connections" in self.stderr(), "PostgreSQL is ready")
        run(*self._as_user("pgbench", "-h", self._folder.path, "-p", str(port), "-i", "-q", "postgres"))
        self._before = self._sessions()

    def sessions(self):
        """How many of its clients came over the network, by pg_stat_database."""
        self._before += 1  # who asks
        return self._sessions() - self._before

    def _sessions(self):
        answer = run(*self._as_user(
            "psql", "-h", self._folder.path, "-p", str(self._port), "-XAt", "-c",
            "SELECT sessions FROM pg_stat_database WHERE datname = 'postgres'", "postgres"))
        return int(answer)

    def close(self):
        # Fast shutdown: the usual one waits for its clients.
        if self.running():
            self.signal(signal.SIGINT)
            try:
                self.wait(10)
            except Exception:
                pass  # close() kills it.
        super().close()

    def _as_user(self, program, *words):
        return ["setpriv", f"--reuid={self.USER}", f"--regid={self.USER}", "--clear-groups", find(program), *words]
