# SPDX-License-Identifier: Apache-2.0
"""Runs scripts with Node, in folders that hold the npm packages they need.

These are the checkers of tests/npm, and the OTLP decoder of tests/e2e/otlp. Packages are kept from one run to the next.
"""
import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import unittest

from support import shipped

_FOLDER = "tests/npm"


@functools.lru_cache(None)
def workplace(source, *options):
    """A folder with the files of `source` (a folder of the project) and the packages of its package-lock.json, installed
    with `options`. Skips the test, with the reason, where there can be none. Packages are kept from one run to the next."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise unittest.SkipTest(f"{tool} is missing")
    lock = shipped.read(f"{source}/package-lock.json")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "tcpgauge-tests", "npm-" + hashlib.sha256(lock.encode()).hexdigest()[:16])
    os.makedirs(folder, exist_ok=True)
    with _locked(folder):
        _prepare(folder, source, options)
    return folder


def _prepare(folder, source, options):
    for name in os.listdir(shipped.path(source)):
        # At once, because the test beside this one may be about to read it.
        new = shutil.copy(os.path.join(shipped.path(source), name), os.path.join(folder, name + ".new"))
        os.replace(new, os.path.join(folder, name))
    if not os.path.exists(os.path.join(folder, "node_modules", ".package-lock.json")):
        # What failed for one test of this run is not tried again for the next: all would wait for the network.
        failed = f"{folder}.failed-in-{os.getppid()}"
        if os.path.exists(failed):
            raise unittest.SkipTest("npm had no packages for a test before this one")
        done = subprocess.run(["npm", "ci", *options, "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            open(failed, "w").close()
            raise unittest.SkipTest(f"npm has no packages here: {done.stderr.strip().splitlines()[-1:]}")


@contextlib.contextmanager
def _locked(folder):
    """Tests run side by side, and the first one there installs for all."""
    with open(folder + ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check(script, *words, given=""):
    """What the checker complains of, a line each; skips the test where it cannot run."""
    done = subprocess.run(["node", script, *words], cwd=workplace(_FOLDER), input=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{script}: {done.stderr}")
    return done.stdout.splitlines()
