# SPDX-License-Identifier: Apache-2.0
"""Measures the agent and tcpdump side by side, while both capture the same load on one veth interface.

Prints the CPU time that each used, and the packets that each dropped. Part of run.py.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from support import namespaces  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def start(command, **options):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **options)


def _end(process):
    process.terminate()
    return process.communicate(timeout=30)


def _agent_drops(testbed, address):
    text = testbed.server.run("curl", "-s", "--noproxy", "*", f"http://{address}/metrics")
    found = re.findall(r"^tcpgauge_capture_(packets|dropped_packets)_total\{[^}]*\} (\S+)$", text, re.M)
    return [int(sum(float(value) for name, value in found if name == wanted)) for wanted in ("packets", "dropped_packets")]


def _capture(testbed, tcpgauge, tcpdump_words, load):
    """Runs `load` while both watch the server's interface; (agent CPU, tcpdump CPU, agent drops, tcpdump drops, packets)."""
    interface = testbed.link.server_interface
    agent = start(testbed.server.command(tcpgauge, "-i", interface, "--web.listen-address=127.0.0.1:0"))
    address = None
    while address is None:
        line = agent.stderr.readline()
        if not line:
            raise SystemExit("run.py: the agent ended at once")
        match = re.search(r"msg=listening address=(?:http://)?(\S+)", line)
        address = match and match.group(1)
    tcpdump = start(testbed.server.command("tcpdump", "-i", interface, "-w", "/dev/null", *tcpdump_words))
    while "listening on" not in tcpdump.stderr.readline():
        pass
    # `ip netns exec` becomes the program itself, so these are their own numbers.
    before = cpu_seconds(agent.pid), cpu_seconds(tcpdump.pid)
    load()
    time.sleep(0.2)
    after = cpu_seconds(agent.pid), cpu_seconds(tcpdump.pid)
    time.sleep(1.2)  # until the agent has read the kernel's counters again
    packets, agent_drops = _agent_drops(testbed, address)
    _, said = _end(tcpdump)
    _end(agent)
    tcpdump_drops = int(re.search(r"(\d+) packets dropped by kernel", said).group(1))
    return after[0] - before[0], after[1] - before[1], agent_drops, tcpdump_drops, packets


def _iperf3(testbed, streams, seconds):
    def load():
        server = start(testbed.server.command("iperf3", "--server", "--one-off", "--forceflush"))
        while "listening" not in server.stdout.readline():
            pass
        testbed.client.run("iperf3", "--client", testbed.link.server_address, "--parallel", str(streams), "--time",
                           str(max(1, round(seconds))), "--congestion", "cubic")
        server.communicate(timeout=30)
    return load


def _short_connections(testbed, program, seconds):
    def load():
        server = start(testbed.server.command(program, "serve", testbed.link.server_address, "8080"))
        server.stdout.readline()
        testbed.client.run(program, "load", testbed.link.server_address, "8080", str(seconds))
        _end(server)
    return load


def measure(tcpgauge, short_connections, seconds, rounds, say):
    say("## Live on a veth, the agent and tcpdump -w /dev/null at the same time\n")
    reason = namespaces.why_not() or next(
        (f"{tool} is missing" for tool in ("iperf3", "tcpdump", "curl") if not shutil.which(tool)), None)
    if reason:
        say(f"Left out: {reason}.\n")
        return
    say("| load | tcpdump | packets | agent CPU s | tcpdump CPU s | agent dropped | tcpdump dropped |")
    say("|---|---|---|---|---|---|---|")
    testbed = namespaces.Testbed()
    try:
        loads = {"iperf3, 1 stream": _iperf3(testbed, 1, seconds), "iperf3, 64 streams": _iperf3(testbed, 64, seconds),
                 "short connections": _short_connections(testbed, short_connections, seconds)}
        for words in ([], ["-s", "256"]):
            for name, load in loads.items():
                runs = [_capture(testbed, tcpgauge, words, load) for _ in range(rounds)]
                agent, tcpdump, agent_drops, tcpdump_drops, packets = zip(*runs)
                say(f"| {name} | {' '.join(words) or 'whole packets'} | {int(statistics.median(packets))} "
                    f"| {statistics.median(agent):.2f} | {statistics.median(tcpdump):.2f} "
                    f"| {', '.join(map(str, agent_drops))} | {', '.join(map(str, tcpdump_drops))} |")
    finally:
        testbed.close()
    say()
