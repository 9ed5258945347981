# SPDX-License-Identifier: Apache-2.0
"""A process that a test starts, and that ends with the test."""
import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time

from support import cleanup

NULL = subprocess.DEVNULL


def wait_gone(pid_descriptor, seconds):
    """Seconds until the process behind a pidfd was gone, or None when it is still there after `seconds`."""
    start = time.monotonic()
    gone, _, _ = select.select([pid_descriptor], [], [], seconds)
    return time.monotonic() - start if gone else None


def status_of_threads(pid):
    """For each thread what /proc says: {field: value}."""
    threads = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # one that served a scrape may have ended
            with open(f"/proc/{pid}/task/{thread}/status") as file:
                threads.append(dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line))
    return threads


class Process:
    """Runs `command`; its output goes to files, so that it can never block on a pipe. Killed by close()."""

    def __init__(self, command, stdin=NULL, env=None, keep=()):
        """`keep` are descriptors that it inherits."""
        self._stdout = tempfile.TemporaryFile("w+")
        self._stderr = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(command, stdin=stdin, stdout=self._stdout, stderr=self._stderr, env=env,
                                         pass_fds=keep)
        self.pid = self._process.pid
        cleanup.keep(self)

    def stdout(self):
        return _text_of(self._stdout)

    def stderr(self):
        return _text_of(self._stderr)

    def running(self):
        return self._process.poll() is None

    def wait(self, seconds=30):
        """Its exit status, once it has ended by itself."""
        return self._process.wait(timeout=seconds)

    def signal(self, signal_number):
        self._process.send_signal(signal_number)

    def signal_and_time(self, signal_number, seconds=30):
        """Sends the signal; returns the seconds until the process was gone, None when it stayed."""
        descriptor = os.pidfd_open(self.pid)
        try:
            self._process.send_signal(signal_number)
            return wait_gone(descriptor, seconds)
        finally:
            os.close(descriptor)

    def close(self):
        cleanup.release(self)
        if self.running():
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._stdout.close()
        self._stderr.close()


def _text_of(file):
    # pread: the child shares the file's offset and goes on writing at it.
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="replace")
