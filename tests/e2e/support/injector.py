# SPDX-License-Identifier: Apache-2.0
"""Puts frames on a link between namespaces as fast as the machine can, with inject.c."""
import os
import shutil
import subprocess
import tempfile
import unittest

from support import cleanup
from support.processes import Process

_SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inject.c")


class Injector:
    """Compiles inject.c once for each that is made; a test needs one."""

    def __init__(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            raise unittest.SkipTest("a C compiler is missing")
        self._folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
        cleanup.keep(self)
        self._binary = os.path.join(self._folder.name, "inject")
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", self._binary, _SOURCE], check=True)

    def start(self, namespace, interface, kind, *numbers):
        """See inject.c; the process, whose last line of output is how many frames the kernel took."""
        return Process(namespace.command(self._binary, interface, kind, *map(str, numbers)))

    def run(self, namespace, interface, kind, *numbers, seconds=120):
        """To its end: how many frames were sent."""
        process = self.start(namespace, interface, kind, *numbers)
        try:
            if process.wait(seconds) != 0:
                raise AssertionError(f"inject: {process.stderr()}")
            return int(process.stdout())
        finally:
            process.close()

    def close(self):
        cleanup.release(self)
        self._folder.cleanup()
