# SPDX-License-Identifier: Apache-2.0
"""Gives a test precedence over all other processes of this machine.

Tests use it that measure time, or that must keep up with what changes quickly.
"""
import os

from support import cleanup, marks

_RCU_EXPEDITED = "/sys/kernel/rcu_expedited"


def take(test):
    """Until `test`, which has the mark "alone", ends, this process and all that it starts from now on run before ordinary
    processes. Where that is not allowed, nothing changes."""
    if not marks.is_marked(test, "alone"):
        raise AssertionError("what takes precedence disturbs tests beside it: mark it as alone")
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        return
    test.addCleanup(os.sched_setscheduler, 0, os.SCHED_OTHER, os.sched_param(0))


def hasten_the_kernel(test):
    """Until `test` ends, who closes a packet socket does not wait for an ordinary kernel thread (RCU): 20 ms on an
    idle machine, 300 on a busy one. Where that cannot be had, nothing changes."""
    try:
        with open(_RCU_EXPEDITED) as file:
            if int(file.read()) == 0:
                test.addCleanup(_Hastened().close)
    except OSError:
        pass


class _Hastened:
    def __init__(self):
        _write(1)
        cleanup.keep(self)

    def close(self):
        cleanup.release(self)
        _write(0)


def _write(value):
    with open(_RCU_EXPEDITED, "w") as file:
        file.write(str(value))
