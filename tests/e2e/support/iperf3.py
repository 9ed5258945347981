# SPDX-License-Identifier: Apache-2.0
"""Runs iperf3 from the client to the server of a testbed, and reads the numbers of its report."""
import bisect
import json
import time

from support.processes import Process
from support.waiting import wait_until

# iperf3 opens each of its connections with this many bytes: a cookie that its report does not count.
COOKIE_BYTES = 37


class Server(Process):
    """Serves one test after another on `port` of testbed.server."""

    def __init__(self, testbed, port=5201):
        super().__init__(testbed.server.command("iperf3", "--server", "--port", str(port), "--forceflush"))
        wait_until(lambda: "listening" in self.stdout(), "iperf3's server listens", 30)


class Client(Process):
    """Sends for `seconds` at `rate` (iperf3's notation) from testbed.client.

    The congestion control is named because a machine's default may be bbr, which paces by itself.
    """

    def __init__(self, testbed, seconds, rate, port=5201):
        self.start_time = time.time()
        self.seconds = seconds
        super().__init__(testbed.client.command(
            "iperf3", "--client", testbed.link.server_address, "--port", str(port), "--json",
            "--congestion", "cubic", "--bitrate", rate, "--time", str(seconds), "--interval", "0.1"))

    def report(self):
        """Its report, once it has ended."""
        status = self.wait(self.seconds + 60)
        report = json.loads(self.stdout())
        if status != 0:
            raise AssertionError(f"iperf3: {report.get('error')}")
        return Report(report)


class Report:
    def __init__(self, report):
        connected = report["start"]["connected"][0]
        self.labels = {"client_address": connected["local_host"], "client_port": str(connected["local_port"]),
                       "server_address": connected["remote_host"], "server_port": str(connected["remote_port"])}
        self.sent_bytes = report["end"]["sum_sent"]["bytes"]
        # When each interval of the run ended, and what had been sent by then.
        self._ends, self._sent = [0], [0]
        for interval in report["intervals"]:
            self._ends.append(interval["sum"]["end"])
            self._sent.append(self._sent[-1] + interval["sum"]["bytes"])

    def rates(self, first, last):
        """Bytes per second of all seconds between these of the run, whichever tenth they begin at: others cut seconds
        elsewhere than iperf3 does, and what a busy machine held up goes out in a burst."""
        return [self._sent_until(start / 10 + 1) - self._sent_until(start / 10)
                for start in range(10 * first, 10 * (last - 1) + 1)]

    def _sent_until(self, seconds):
        after = min(bisect.bisect_left(self._ends, seconds, lo=1), len(self._ends) - 1)
        share = (seconds - self._ends[after - 1]) / (self._ends[after] - self._ends[after - 1])
        return self._sent[after - 1] + min(share, 1) * (self._sent[after] - self._sent[after - 1])
