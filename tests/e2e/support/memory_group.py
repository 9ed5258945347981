# SPDX-License-Identifier: Apache-2.0
"""A control group that limits memory, of the version that this machine has (cgroups(7))."""
import os
import unittest

from support import cleanup

_V1 = "/sys/fs/cgroup/memory"
_V2 = "/sys/fs/cgroup"


class MemoryGroup:
    """A fresh group at the top. Skips the test, with the reason, where none can be made."""

    def __init__(self, limit_bytes):
        self._is_v1 = os.path.exists(f"{_V1}/memory.limit_in_bytes")
        self._folder = f"{_V1 if self._is_v1 else _V2}/tcpgauge-e2e-{os.getpid()}"
        try:
            if not self._is_v1:
                _write(f"{_V2}/cgroup.subtree_control", "+memory")
            os.mkdir(self._folder)
        except OSError as error:
            raise unittest.SkipTest(f"no control group for memory can be made here: {error}") from None
        cleanup.keep(self)
        _write(self._path("memory.limit_in_bytes", "memory.max"), limit_bytes)

    def holding(self, namespace):
        """In the place of the namespace: what is run there is in the group too, and can see it (`ip netns exec` hides
        control groups)."""
        return _Both(self, namespace)

    def command(self, *words):
        """One that enters the group and becomes `words`."""
        return ["sh", "-c", f"echo $$ >{self._folder}/cgroup.procs && exec \"$@\"", "sh", *words]

    def peak_bytes(self):
        return int(self._read("memory.max_usage_in_bytes", "memory.peak"))

    def unreclaimable_bytes(self):
        """What is charged now and cannot be given back: not the pages of files."""
        values = dict(line.split() for line in self._read("memory.stat", "memory.stat").splitlines())
        return int(values["rss" if self._is_v1 else "anon"])

    def kills(self):
        """How many processes the kernel killed for want of memory."""
        values = dict(line.split() for line in self._read("memory.oom_control", "memory.events").splitlines())
        return int(values["oom_kill"])

    def close(self):
        cleanup.release(self)
        os.rmdir(self._folder)

    def _path(self, of_v1, of_v2):
        return f"{self._folder}/{of_v1 if self._is_v1 else of_v2}"

    def _read(self, of_v1, of_v2):
        with open(self._path(of_v1, of_v2)) as file:
            return file.read()


class _Both:
    def __init__(self, group, namespace):
        self._group, self._namespace = group, namespace

    def command(self, *words):
        return self._group.command("nsenter", f"--net=/run/netns/{self._namespace.name}", *words)

    def entered(self):
        return self._namespace.entered()


def _write(path, value):
    with open(path, "w") as file:
        file.write(str(value))
