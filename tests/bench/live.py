# SPDX-License-Identifier: Apache-2.0
"""The part `live`: the agent and tcpdump side by side, while both capture the same load on one veth interface.

Each agent is measured with a scrape each second, and without a reader. Every run has a tcpdump of its own beside it,
because packets come at another rate in each run.
"""
import contextlib
import re
import shutil
import threading
import time

from bench import say, table
from readings import captured, cpu_seconds
from support import namespaces
from support.agent import Agent
from support.processes import Process
from support.waiting import wait_until
from turns import by_turns, median, spread

_TCPDUMP = ("-s", "96", "-w", "/dev/null")
_TOOLS = ("iperf3", "tcpdump")


class Run:
    """What one run gave. Times are in nanoseconds a packet."""

    def __init__(self, packets, seconds, agent_seconds, tcpdump_seconds, drops):
        self.rate = packets / seconds
        self.agent_ns = agent_seconds / packets * 1e9
        self.tcpdump_ns = tcpdump_seconds / packets * 1e9
        self.agent_drops, self.tcpdump_drops = drops


@contextlib.contextmanager
def _scrapes_each_second(agent):
    """A reader, for as long as the block runs."""
    ended = threading.Event()

    def scrape():
        while not ended.wait(1):
            agent.get_bytes("/metrics", {"Accept-Encoding": "gzip"})  # as Prometheus does
    reader = threading.Thread(target=scrape)
    reader.start()
    try:
        yield
    finally:
        ended.set()
        reader.join()


def _measure(testbed, program, is_read, load):
    interface = testbed.link.server_interface
    agent = Agent(testbed.server, "-i", interface, program=program)
    tcpdump = Process(testbed.server.command("tcpdump", "-i", interface, *_TCPDUMP))
    try:
        wait_until(lambda: "listening on" in tcpdump.stderr(), "tcpdump listens")
        # `ip netns exec` becomes the program itself, so these are their own numbers.
        before = cpu_seconds(agent.pid), cpu_seconds(tcpdump.pid)
        start = time.monotonic()
        with _scrapes_each_second(agent) if is_read else contextlib.nullcontext():
            load()
        seconds = time.monotonic() - start
        time.sleep(0.2)  # until both have read what the kernel still holds back
        used = cpu_seconds(agent.pid) - before[0], cpu_seconds(tcpdump.pid) - before[1]
        time.sleep(1.2)  # until the agent has read the kernel's counters again
        packets, drops = captured(agent, "packets"), captured(agent, "dropped_packets")
        tcpdump.signal_and_time(15)
        tcpdump_drops = int(re.search(r"(\d+) packets dropped by kernel", tcpdump.stderr()).group(1))
        return Run(packets, seconds, *used, (drops, tcpdump_drops))
    finally:
        tcpdump.close()
        agent.close()


def _iperf3(testbed, streams, seconds):
    def load():
        server = Process(testbed.server.command("iperf3", "--server", "--one-off", "--forceflush"))
        wait_until(lambda: "listening" in server.stdout(), "iperf3's server listens")
        testbed.client.run("iperf3", "--client", testbed.link.server_address, "--parallel", str(streams), "--time",
                           str(max(1, round(seconds))), "--congestion", "cubic")
        server.close()
    return load


def _short_connections(testbed, program, seconds):
    def load():
        server = Process(testbed.server.command(program, "serve", testbed.link.server_address, "8080"))
        wait_until(lambda: "listening" in server.stdout(), "the server listens")
        testbed.client.run(program, "load", testbed.link.server_address, "8080", str(seconds))
        server.close()
    return load


def measure(bench):
    say(f"## Live on a veth, beside `tcpdump {' '.join(_TCPDUMP)}`\n")
    reason = namespaces.why_not() or next((f"{tool} is missing" for tool in _TOOLS if not shutil.which(tool)), None)
    if reason:
        say(f"Left out: {reason}.\n")
        return
    row = table("load", "agent", "reader", "packets/s", "agent ns/packet", "tcpdump ns/packet", "times tcpdump",
                "agent dropped", "tcpdump dropped")
    testbed = namespaces.Testbed()
    seconds = bench.options.seconds
    cases = [(name, program, is_read) for name, program in bench.agents.items() for is_read in (True, False)]
    loads = {"iperf3, 1 stream": _iperf3(testbed, 1, seconds), "iperf3, 64 streams": _iperf3(testbed, 64, seconds),
             "short connections": _short_connections(testbed, bench.binary("short_connections"), seconds)}
    try:
        for load_name, load in loads.items():
            columns = by_turns(bench.rounds, cases, lambda case: _measure(testbed, case[1], case[2], load))
            for (name, _, is_read), runs in zip(cases, columns):
                row(load_name, name, "a scrape each second" if is_read else "none", f"{median(runs, 'rate'):.0f}",
                    f"{median(runs, 'agent_ns'):.0f}", f"{median(runs, 'tcpdump_ns'):.0f}",
                    spread(run.agent_ns / run.tcpdump_ns for run in runs), ", ".join(str(run.agent_drops) for run in runs),
                    ", ".join(str(run.tcpdump_drops) for run in runs))
    finally:
        testbed.close()
    say()
