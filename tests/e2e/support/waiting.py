# SPDX-License-Identifier: Apache-2.0
"""Waits for a condition, with a deadline.

Tests let time pass in no other way.
"""
import time

POLL_SECONDS = 0.02


def wait_until(condition, what, seconds=30.0, pause=POLL_SECONDS):
    """Returns condition()'s first true value; fails, naming `what`, when there is none within `seconds`. Looks again after
    `pause` seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(pause)


def holds_for(condition, seconds):
    """Whether condition() stays true for `seconds`: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            return False
        time.sleep(POLL_SECONDS)
    return True
