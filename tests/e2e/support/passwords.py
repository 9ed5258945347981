# SPDX-License-Identifier: Apache-2.0
"""Writes a web configuration with one user, and makes the header that a client sends."""
import base64
import shutil
import subprocess
import unittest

USER, PASSWORD = "prometheus", "correct horse"


def write_config(path, cost=10):
    """With bcrypt's usual cost, a check takes some 50 ms."""
    if not shutil.which("perl"):
        raise unittest.SkipTest("perl is missing")
    done = subprocess.run(["perl", "-e", f"print crypt($ARGV[0], '$2b${cost:02d}$' . 'abcdefghijklmnopqrstuu')", PASSWORD],
                          capture_output=True, text=True, check=True)
    with open(path, "w") as file:
        file.write(f"basic_auth_users:\n  {USER}: {done.stdout}\n")


def header(user=USER, password=PASSWORD):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
