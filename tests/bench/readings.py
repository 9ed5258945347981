# SPDX-License-Identifier: Apache-2.0
"""What is read of a running process: its processor time, and an agent's counters of packets."""
import time


def cpu_seconds(pid):
    """The processor time of all threads of a process."""
    scheduler_clock = 2  # of a process: clock_getcpuclockid(3) makes clock numbers so
    return time.clock_gettime(~pid << 3 | scheduler_clock)


def captured(agent, what):
    """An agent's `packets` or `dropped_packets`, of all interfaces and protocols."""
    return int(sum(agent.metrics().find(f"tcpgauge_capture_{what}_total").values()))
