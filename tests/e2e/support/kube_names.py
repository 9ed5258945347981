# SPDX-License-Identifier: Apache-2.0
"""Runs tests/kube/print_names: the sources of the Kubernetes API alone."""
import json
import subprocess
import tempfile
import unittest

from support import cleanup
from support.harness import told
from support.waiting import wait_until

SOURCES = {"pods": "kubernetes-pods", "slices": "kubernetes-endpointslices", "services": "kubernetes-services"}


class KubeNames:
    """Asks the API server at `url` until it is closed. `options` are those of print_names."""

    def __init__(self, url, **options):
        program = told("TCPGAUGE_PRINT_NAMES")
        if program is None:
            raise unittest.SkipTest("TCPGAUGE_PRINT_NAMES names no binary")
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen([program, f"--server={url}", *words], text=True, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=self._log, env={})
        cleanup.keep(self)

    def _ask(self, command):
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def names(self):
        """From an address or endpoint to what is known of it."""
        return self._ask("names")

    def counts(self):
        return self._ask("counts")

    def of(self, source):
        """The counts of a source: "pods", "slices" or "services"."""
        return self.counts()["sources"][SOURCES[source]]

    def cost_of_adding(self):
        """How long it takes to add all that is known to a draft: {"seconds", "cpu_seconds"}."""
        return self._ask("add")

    def round(self):
        """Makes an identity map. Returns what the process takes then, and took at most: {"private_kilobytes", …}."""
        return self._ask("round")

    def wait_for_name(self, end, seconds=30, **members):
        """Waits until what is known of `end` has these members."""
        wait_until(lambda: _has(self.names().get(end), members), f"{end} is {members}", seconds)

    def wait_until_up(self, *sources, seconds=60):
        wait_until(lambda: all(self.of(source)["up"] for source in sources), f"{sources} are up", seconds)

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def close(self):
        cleanup.release(self)
        if self._process.poll() is None:
            self._process.stdin.close()  # its sources stop
            try:
                self._process.wait(timeout=10)
            finally:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        self._log.close()


def _has(identity, members):
    return identity is not None and all(identity[name] == value for name, value in members.items())
