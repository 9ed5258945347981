# SPDX-License-Identifier: Apache-2.0
"""Traffic of short connections without end, in which new clients appear all the time.

The clients run in one process of their own, and the server in another.
"""
import asyncio
import os
import random
import sys

from support.processes import Process
from support.waiting import wait_until

CLIENTS = "10.9.0.0/16"
PORTS = range(7000, 7010)
_CONCURRENT = 32
_MAX_PAYLOAD_BYTES = 200_000


class Churn:
    """Runs until closed. Payload sizes and the clients' shares have heavy tails, as real ones do."""

    def __init__(self, testbed):
        link = testbed.link
        testbed.client.run("ip", "route", "add", "local", CLIENTS, "dev", "lo")  # any of them may be bound to
        testbed.server.run("ip", "route", "add", CLIENTS, "via", link.client_address)
        self._server = Process(testbed.server.command(sys.executable, "-m", __name__, "server", link.server_address))
        try:
            wait_until(lambda: self._server.stdout().startswith("ready"), "the churn's server listens", 30)
        except AssertionError:
            self._server.close()
            raise
        self._client = Process(testbed.client.command(sys.executable, "-m", __name__, "client", link.server_address))

    def close(self):
        self._client.close()
        self._server.close()


async def _serve(reader, writer):
    try:
        count = 0
        while chunk := await reader.read(65536):
            count += len(chunk)
        writer.write(bytes(count // 4))
        await writer.drain()
    except OSError:
        pass
    writer.close()


async def _run_server(address):
    for port in PORTS:
        await asyncio.start_server(_serve, address, port, backlog=1024)
    print("ready", flush=True)
    await asyncio.Event().wait()


async def _connect_again_and_again(server, dice):
    while True:
        number = int(dice.paretovariate(0.4)) % 65534 + 1
        client = f"10.9.{number >> 8}.{number & 255}"
        try:
            reader, writer = await asyncio.open_connection(server, dice.choice(PORTS), local_addr=(client, 0))
            writer.write(bytes(min(int(200 * dice.paretovariate(0.9)), _MAX_PAYLOAD_BYTES)))
            writer.write_eof()
            while await reader.read(65536):
                pass
            writer.close()
        except OSError:
            await asyncio.sleep(0.01)  # for want of a port


async def _run_client(server):
    dice = random.Random(1)
    await asyncio.gather(*(_connect_again_and_again(server, dice) for _ in range(_CONCURRENT)))


if __name__ == "__main__":
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # whatever precedence the test has: it gives way
    asyncio.run({"server": _run_server, "client": _run_client}[sys.argv[1]](sys.argv[2]))
