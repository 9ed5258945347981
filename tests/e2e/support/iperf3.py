"""iperf3 across a testbed, with its report as numbers."""
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
        wait_until(lambda: "listening" in self.stdout(), "iperf3's server listens")


class Client(Process):
    """Sends for `seconds` at `rate` (iperf3's notation) from testbed.client.

    The congestion control is named because a machine's default may be bbr, which paces by itself.
    """

    def __init__(self, testbed, seconds, rate, port=5201, address=None):
        self.start_time = time.time()
        self.seconds = seconds
        super().__init__(testbed.client.command(
            "iperf3", "--client", address or testbed.link.server_address, "--port", str(port), "--json",
            "--congestion", "cubic", "--bitrate", rate, "--time", str(seconds)))

    def report(self):
        """Its report, once it has ended."""
        status = self.wait(self.seconds + 20)
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
        # Bytes per second of each second of the run.
        self.rates = [interval["sum"]["bits_per_second"] / 8 for interval in report["intervals"]]
