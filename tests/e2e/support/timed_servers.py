# SPDX-License-Identifier: Apache-2.0
"""Real servers that log how long each exchange took: nginx with a backend, redis and PostgreSQL.

Their books are {(client's address, server's address, port): [seconds of each exchange, ...]}.
"""
import asyncio
import collections
import os
import re
import shutil
import sys

from support import cleanup
from support.certificate import write_certificate
from support.lab_services import Folder, Postgres, Redis, Service
from support.processes import Process
from support.waiting import wait_until

WEB, WEB_TLS12, WEB_TLS13, WEB_TLS13_RETRY, REDIS, REDIS_TLS, DATABASE = 80, 4412, 4413, 4414, 6379, 6380, 5432
BACKEND, KEPT_BACKEND = 9000, 9001


class Backend(Process):
    """An HTTP server that answers GET /N after N ms."""

    def __init__(self, namespace, address):
        super().__init__(namespace.command(sys.executable, "-m", __name__, address))
        wait_until(lambda: self.stdout(), "the backend listens", 60)


class TimedNginx(Service):
    """Asks the backend whatever its clients ask: by a connection for each request (BACKEND), or by connections that it
    keeps (KEPT_BACKEND). The server on WEB_TLS13_RETRY has every client send a second ClientHello."""

    programs = ("nginx", "openssl")
    _LINE = "$remote_addr $server_port $connection_requests $request_time $upstream_addr $upstream_header_time"
    _CONFIG = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error;
events {{ worker_connections 1024; }}
http {{
  log_format times '{line}';
  access_log {folder}/access times;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/cert.pem;
  ssl_certificate_key {folder}/key.pem;
  upstream kept {{ server {backend}:{kept_port}; keepalive 100; }}
  server {{
    listen {address}:{WEB};
    location / {{ proxy_pass http://{backend}:{port}; }}
  }}
  server {{
    listen {address}:{WEB_TLS12} ssl;
    ssl_protocols TLSv1.2;
    location / {{ {to_kept} }}
  }}
  server {{
    listen {address}:{WEB_TLS13} ssl;
    ssl_protocols TLSv1.3;
    location / {{ {to_kept} }}
  }}
  server {{
    listen {address}:{WEB_TLS13_RETRY} ssl;
    ssl_protocols TLSv1.3;
    ssl_ecdh_curve secp521r1;
    location / {{ {to_kept} }}
  }}
}}
"""
    _TO_KEPT = "proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection '';"

    def __init__(self, namespace, address, backend):
        self._folder, self._address = Folder(), address
        write_certificate(self._folder.path)
        os.chmod(self._folder.path, 0o755)
        config = self._folder.write("config", self._CONFIG.format(
            folder=self._folder.path, line=self._LINE, address=address, backend=backend, port=BACKEND,
            kept_port=KEPT_BACKEND, to_kept=self._TO_KEPT, WEB=WEB, WEB_TLS12=WEB_TLS12, WEB_TLS13=WEB_TLS13,
            WEB_TLS13_RETRY=WEB_TLS13_RETRY))
        super().__init__(namespace.command("nginx", "-c", config))
        self.wait_for(lambda: os.path.exists(self._folder.file("pid")), "nginx listens")

    def books(self):
        books = collections.defaultdict(list)
        with open(self._folder.file("access")) as file:
            for line in file:
                client, port, number, request_time, upstream, header_time = line.split()
                backend, backend_port = upstream.split(":")
                books[self._address, backend, int(backend_port)].append(float(header_time))
                # A client that speaks TLS 1.3 sends its first request beside the end of its handshake.
                if number != "1" or int(port) not in (WEB_TLS13, WEB_TLS13_RETRY):
                    books[client, self._address, int(port)].append(float(request_time))
        return books


class TimedRedis:
    """With TLS on REDIS_TLS. Clients that use it have the address `tls_client`."""

    why_not = Redis.why_not

    def __init__(self, namespace, address, tls_client):
        self._address, self._tls_client = address, tls_client
        self._certificate = Folder()
        write_certificate(self._certificate.path)
        self._redis = Redis(
            namespace, address, REDIS, "--tls-port", str(REDIS_TLS), "--tls-auth-clients", "no", "--tls-cert-file",
            self._certificate.file("cert.pem"), "--tls-key-file", self._certificate.file("key.pem"),
            "--enable-debug-command", "yes", "--slowlog-log-slower-than", "0", "--slowlog-max-len", "10000")
        cleanup.keep(self)

    def books(self):
        books = collections.defaultdict(list)
        begun = set()
        for client, seconds in self._redis.slow_log():
            host = client.rsplit(":", 1)[0]
            is_tls = host == self._tls_client
            # See TimedNginx.books().
            if not is_tls or client in begun:
                books[host, self._address, REDIS_TLS if is_tls else REDIS].append(seconds)
            begun.add(client)
        return books

    def close(self):
        cleanup.release(self)
        self._redis.close()
        self._certificate.close()


class TimedPostgres:
    """With TLS. It logs how long each statement took."""

    why_not = Postgres.why_not
    _DURATION = re.compile(r"^(\S+) LOG:  duration: ([\d.]+) ms$", re.MULTILINE)

    def __init__(self, namespace, address, clients_network):
        self._address = address
        self._certificate = Folder(Postgres.USER)
        write_certificate(self._certificate.path)
        for name in ("cert.pem", "key.pem"):
            shutil.chown(self._certificate.file(name), Postgres.USER, Postgres.USER)
        self._postgres = Postgres(namespace, address, DATABASE, clients_network, {
            "ssl": "on", "ssl_cert_file": self._certificate.file("cert.pem"),
            "ssl_key_file": self._certificate.file("key.pem"), "log_duration": "on", "log_line_prefix": "%h "})
        cleanup.keep(self)

    def books(self):
        books = collections.defaultdict(list)
        for client, milliseconds in self._DURATION.findall(self._postgres.stderr()):
            if client != "[local]":
                books[client, self._address, DATABASE].append(float(milliseconds) / 1000)
        return books

    def close(self):
        cleanup.release(self)
        self._postgres.close()
        self._certificate.close()


async def _run_backend(address):
    async def serve(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await asyncio.sleep(int(re.match(r"GET /(\d+) ", head)[1]) / 1000)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                if "Connection: close" in head:
                    break
        except (OSError, EOFError):
            pass
        writer.close()
    for port in (BACKEND, KEPT_BACKEND):
        await asyncio.start_server(serve, address, port, backlog=1024)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run_backend(sys.argv[1]))
