# SPDX-License-Identifier: Apache-2.0
"""The checkers of tests/npm, in a folder of their own with the packages that they need."""
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
def _workplace():
    """Where the checkers can run: (folder, None), or (None, why not). Packages are kept from one run to the next."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            return None, f"{tool} is missing"
    lock = shipped.read(f"{_FOLDER}/package-lock.json")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "tcpgauge-tests", "npm-" + hashlib.sha256(lock.encode()).hexdigest()[:16])
    os.makedirs(folder, exist_ok=True)
    with _locked(folder):
        return _prepared(folder)


def _prepared(folder):
    for name in os.listdir(shipped.path(_FOLDER)):
        # At once, because the test beside this one may be about to read it.
        new = shutil.copy(os.path.join(shipped.path(_FOLDER), name), os.path.join(folder, name + ".new"))
        os.replace(new, os.path.join(folder, name))
    if not os.path.exists(os.path.join(folder, "node_modules", ".package-lock.json")):
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            return None, f"npm has no packages here: {done.stderr.strip().splitlines()[-1:]}"
    return folder, None


@contextlib.contextmanager
def _locked(folder):
    """Tests run side by side, and the first one there installs for all."""
    with open(folder + ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check(script, *words, given=""):
    """What the checker complains of, a line each; skips the test where it cannot run."""
    folder, why_not = _workplace()
    if why_not:
        raise unittest.SkipTest(why_not)
    done = subprocess.run(["node", script, *words], cwd=folder, input=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{script}: {done.stderr}")
    return done.stdout.splitlines()
