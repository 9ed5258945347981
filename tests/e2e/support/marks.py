# SPDX-License-Identifier: Apache-2.0
"""Decorators that tell the runner how to run a test, or all tests of a class."""


def alone(test):
    """Runs after all others, with nothing beside it but long tests: it takes precedence over other processes, needs all
    processors, or compares times."""
    test.alone = True
    return test


def slow(test):
    """Runs with --all, or when its name is asked for: it takes long, or is a soak or abuse test."""
    test.slow = True
    return test


def long(test):
    """Begins before all others, which run beside it, even those that run alone: it takes many minutes, and mostly waits
    (it may take a tenth of a processor)."""
    test.long = True
    return test


def is_marked(test, mark):
    """Whether the test or its class has the mark."""
    return getattr(test, mark, False) or getattr(getattr(test, test.id().rsplit(".", 1)[-1], None), mark, False)
