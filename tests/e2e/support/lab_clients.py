# SPDX-License-Identifier: Apache-2.0
"""The clients of the lab that are not programs of their own: of nginx, of redis, and of a port nobody listens on.

All of them run in one process in the client's namespace. Once a second it prints its books: for each edge the attempts
to connect, how they ended, and the bytes that went each way.
"""
import asyncio
import json
import signal
import sys

from support.processes import Process

# So long a client waits until it is connected. By then Linux has sent its last SYN after 7 s.
CONNECT_SECONDS = 8
_NAMES = ("attempts", "refused", "given_up", "connections", "requests", "client_bytes", "server_bytes")


class LabClients(Process):
    """`tasks` are (kind, client's address, server's address, port, rate in 1/s)."""

    def __init__(self, namespace, tasks):
        super().__init__(namespace.command(sys.executable, "-m", __name__, json.dumps(tasks)))

    def end(self):
        """Ends all of them; their last books stay."""
        self.signal(signal.SIGTERM)
        if self.wait() != 0:
            raise AssertionError(f"the clients failed: {self.stderr()[-1000:]}")

    def books(self):
        """{(client, server, port): {name: count}}, at most a second old."""
        lines = self.stdout().splitlines(keepends=True)
        whole = [line for line in lines[-2:] if line.endswith("\n")]
        return {tuple(edge): books for edge, books in json.loads(whole[-1])} if whole else {}


class _Client:
    def __init__(self, client, server, port, rate):
        self.edge = (client, server, port)
        self.books = dict.fromkeys(_NAMES, 0)
        self._pause = 1 / rate
        self._tasks = set()

    async def connect(self):
        """(reader, writer), or None when that failed."""
        client, server, port = self.edge
        self.books["attempts"] += 1
        try:
            ends = await asyncio.wait_for(asyncio.open_connection(server, port, local_addr=(client, 0)), CONNECT_SECONDS)
        except ConnectionRefusedError:
            self.books["refused"] += 1
            return None
        except (OSError, asyncio.TimeoutError):
            self.books["given_up"] += 1
            return None
        self.books["connections"] += 1
        return ends

    async def ask(self, ends, request, read_answer):
        reader, writer = ends
        writer.write(request)
        self.books["client_bytes"] += len(request)
        self.books["server_bytes"] += await read_answer(reader)
        self.books["requests"] += 1

    async def each(self, act):
        """Starts act() at the rate of this client, however long one takes."""
        while True:
            task = asyncio.create_task(act())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(self._pause)


async def _http_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().split(b"content-length:")[1].split()[0])
    return len(head) + len(await reader.readexactly(size))


class _Http(_Client):
    """Asks for files of all sizes by turns: each on a connection of its own, or all on one that stays open."""

    _SIZES = (200, 2000, 20000)

    def __init__(self, *where):
        super().__init__(*where)
        self._number = 0

    def _request(self, connection):
        self._number += 1
        size = self._SIZES[self._number % len(self._SIZES)]
        return f"GET /{size} HTTP/1.1\r\nHost: lab\r\nConnection: {connection}\r\n\r\n".encode()

    async def _once(self):
        ends = await self.connect()
        if ends is None:
            return
        try:
            await asyncio.wait_for(self.ask(ends, self._request("close"), _http_answer), CONNECT_SECONDS)
        except (OSError, EOFError, asyncio.TimeoutError):
            pass
        ends[1].close()

    async def run(self):
        await self.each(self._once)

    async def run_on_one_connection(self):
        ends = await self.connect()
        while True:
            await self.ask(ends, self._request("keep-alive"), _http_answer)
            await asyncio.sleep(self._pause)


async def _redis_answer(reader):
    line = await reader.readuntil(b"\r\n")
    if not line.startswith(b"$"):
        return len(line)
    return len(line) + len(await reader.readexactly(int(line[1:]) + 2))


class _Redis(_Client):
    """Writes a value and reads it, on one connection; connects again when that is gone."""

    _RETRY_SECONDS = 0.5

    async def run(self):
        key, value = b"key-of-the-lab-000001", b"v" * 300
        write = b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, len(value), value)
        read = b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key)
        while True:
            ends = await self.connect()
            if ends is None:
                await asyncio.sleep(self._RETRY_SECONDS)
                continue
            try:
                while True:
                    for request in (write, read):
                        await self.ask(ends, request, _redis_answer)
                        await asyncio.sleep(self._pause)
            except (OSError, EOFError):
                ends[1].close()


class _Knock(_Client):
    """Only connects."""

    async def _once(self):
        ends = await self.connect()
        if ends is not None:
            ends[1].close()

    async def run(self):
        await self.each(self._once)


async def _main(tasks):
    kinds = {"http": (_Http, "run"), "http-standing": (_Http, "run_on_one_connection"), "redis": (_Redis, "run"),
             "knock": (_Knock, "run")}
    clients, running = [], []
    for kind, *where in tasks:
        make, method = kinds[kind]
        clients.append(make(*where))
        running.append(asyncio.create_task(getattr(clients[-1], method)()))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    running.append(asyncio.create_task(stop.wait()))
    while True:
        books = {}
        for client in clients:
            of_edge = books.setdefault(client.edge, dict.fromkeys(_NAMES, 0))
            for name, count in client.books.items():
                of_edge[name] += count
        print(json.dumps(list(books.items())), flush=True)
        if stop.is_set():
            return
        done, _ = await asyncio.wait(running, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # A client ends only by a failure.


if __name__ == "__main__":
    asyncio.run(_main(json.loads(sys.argv[1])))
