# SPDX-License-Identifier: Apache-2.0
"""The base classes of the tests of the push over OTLP: an agent that pushes, and a receiver."""
import os
import signal
import tempfile
import unittest

from support.agent import Agent, ThisHost
from support.case import NamespaceCase
from support.example_capture import write_capture
from support.namespaces import Testbed
from support.receiver import Receiver

DROPPED = "tcpgauge_otlp_data_points_dropped_total"
FAILURES = "tcpgauge_otlp_push_failures_total"
# Nothing is pushed before the end, and the push at the end has the time that a busy machine may need.
ONLY_AT_THE_END = {"OTEL_METRIC_EXPORT_INTERVAL": "3600000", "OTEL_METRIC_EXPORT_TIMEOUT": "10000"}

_INTERVAL_MS = 200


def environment(**variables):
    """This process's without what would change the push, and with `variables`."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("OTEL_", "TCPGAUGE_OTLP")) and not name.lower().endswith("_proxy")}
    return {**kept, "OTEL_METRIC_EXPORT_INTERVAL": str(_INTERVAL_MS), **variables}


class OtlpCase(unittest.TestCase):
    """The agent reads a file, whose state then stays, and pushes to a receiver."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.capture = os.path.join(self.folder, "capture.pcap")
        write_capture(self.capture)

    def own(self, thing):
        self.addCleanup(thing.close)
        return thing

    def receiver(self, *script, **arguments):
        return self.own(Receiver(script, **arguments))

    def agent(self, endpoint, *options, host=ThisHost(), **variables):
        return self.own(Agent(host, "-T", self.capture, *options,
                              environment=environment(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, **variables)))

    def stop(self, agent, seconds=30):
        took = agent.signal_and_time(signal.SIGTERM, seconds)
        self.assertIsNotNone(took, f"it is still there after {seconds} s")
        return took

    def wait_for(self, agent, name, least, **labels):
        return agent.wait_for(name, lambda value: value >= least, f"{name} of {least}", 60, **labels)


class LiveOtlpCase(NamespaceCase):
    """The agent captures in a namespace, and pushes to a receiver there."""

    def setUp(self):
        self.testbed = self.own(Testbed())

    def receiver(self, *script, **arguments):
        with self.testbed.server.entered():
            return self.own(Receiver(script, **arguments))

    def agent(self, receiver, *options, prefix=(), **variables):
        return self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, *options, prefix=prefix,
                              environment=environment(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, **variables)))
