# SPDX-License-Identifier: Apache-2.0
"""Finds a thread of the agent, and keeps it from running."""
import contextlib
import ctypes
import os
import pathlib

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_WAIT_FOR_THREADS = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_void_p]


class StoppedThread:
    """Does not run until closed, as one that hangs."""

    def __init__(self, thread):
        self._thread = thread
        if _libc.ptrace(_SEIZE, thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), f"cannot stop thread {thread}")
        _libc.ptrace(_INTERRUPT, thread, None, None)
        os.waitpid(thread, _WAIT_FOR_THREADS)

    def close(self):
        _libc.ptrace(_DETACH, self._thread, None, None)


def capture_thread(pid):
    """None when it was not found: while one that served a request ends, the list may break off."""
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
            if (thread / "comm").read_text() == "capture\n":
                return int(thread.name)
    return None
