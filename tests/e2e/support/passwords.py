# SPDX-License-Identifier: Apache-2.0
"""Writes a web configuration with one user, and makes the header that a client sends."""
import base64
import shutil
import subprocess
import unittest

USER, PASSWORD = "prometheus", "correct horse"
CHEAP_USER = "cheap"


def _hash(cost):
    done = subprocess.run(["perl", "-e", f"print crypt($ARGV[0], '$2b${cost:02d}$' . 'abcdefghijklmnopqrstuu')", PASSWORD],
                          capture_output=True, text=True, check=True)
    return done.stdout


def write_config(path, cost=10, cheap_cost=None):
    """With bcrypt's usual cost, a check takes some 50 ms. With `cheap_cost`, CHEAP_USER has a hash of that cost."""
    if not shutil.which("perl"):
        raise unittest.SkipTest("perl is missing")
    with open(path, "w") as file:
        file.write(f"basic_auth_users:\n  {USER}: {_hash(cost)}\n")
        if cheap_cost is not None:
            file.write(f"  {CHEAP_USER}: {_hash(cheap_cost)}\n")


def header(user=USER, password=PASSWORD):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
