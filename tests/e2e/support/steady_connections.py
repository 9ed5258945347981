# SPDX-License-Identifier: Apache-2.0
"""Short connections at a steady rate from many client addresses, and the server's own count of them.

The clients run in one process of their own, and the server in another.
"""
import asyncio
import os
import random
import sys
import time

from support.processes import Process
from support.waiting import wait_until

PORT = 7100
NETWORK = "10.8.0.0/16"


class SteadyConnections:
    """Makes `per_second` connections a second from `clients` addresses by turns, until closed.

    Each carries some thousand bytes, and lives for up to a second.
    """

    def __init__(self, testbed, per_second, clients):
        link = testbed.link
        testbed.client.run("ip", "route", "add", "local", NETWORK, "dev", "lo")  # any of them may be bound to
        testbed.server.run("ip", "route", "add", NETWORK, "via", link.client_address)
        self._server = Process(testbed.server.command(sys.executable, "-m", __name__, "server", link.server_address))
        self._client = None
        try:
            wait_until(lambda: self._server.stdout(), "the server listens", 60)
        except AssertionError:
            self._server.close()
            raise
        self._client = Process(testbed.client.command(
            sys.executable, "-m", __name__, "client", link.server_address, str(per_second), str(clients)))

    def accepted(self):
        """How many connections the server has accepted, as of the last half second."""
        return int(self._server.stdout().split()[-1])

    def stop(self):
        """Makes no more connections. Returns how many there were."""
        self._client.close()
        before = None
        while before != self.accepted():
            before = self.accepted()
            time.sleep(2)
        return before

    def close(self):
        if self._client:
            self._client.close()
        self._server.close()


async def _run_server(address):
    accepted = 0

    async def serve(reader, writer):
        nonlocal accepted
        accepted += 1
        try:
            while await reader.read(65536):
                pass
            writer.write(bytes(1000))
            await writer.drain()
        except OSError:
            pass
        writer.close()
    await asyncio.start_server(serve, address, PORT, backlog=1024)
    while True:
        print(accepted, flush=True)
        await asyncio.sleep(0.5)


async def _connect(server, client, dice):
    try:
        reader, writer = await asyncio.open_connection(server, PORT, local_addr=(client, 0))
        writer.write(bytes(min(int(1000 * dice.paretovariate(1)), 50_000)))
        await asyncio.sleep(dice.random())
        writer.write_eof()
        while await reader.read(65536):
            pass
        writer.close()
    except OSError:
        pass


async def _run_client(server, per_second, clients):
    dice = random.Random(1)
    start, tasks = time.monotonic(), set()
    for number in range(sys.maxsize):
        await asyncio.sleep(max(0, start + number / per_second - time.monotonic()))
        client = number % clients
        task = asyncio.create_task(_connect(server, f"10.8.{client >> 8}.{client & 255}", dice))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    os.nice(5)  # the agent and Prometheus go first
    if sys.argv[1] == "server":
        asyncio.run(_run_server(sys.argv[2]))
    else:
        asyncio.run(_run_client(sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
