#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures whether the time of a refusal reveals if a user exists.

usage: wrong_passwords.py BINARY [PAIRS]

Sends PAIRS (default 200) of wrong passwords, in each pair one for a known user and one for an unknown user. Prints the
median time of each kind, and their ratio. Does not need root.
"""
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))


def main(binary, pairs=200):
    os.environ["TCPGAUGE_BINARY"] = os.path.realpath(binary)
    from support.agent import Agent, ThisHost
    from support.passwords import USER, header, write_config
    from support.synthetic import CaptureWriter

    with tempfile.TemporaryDirectory(prefix="tcpgauge-bench-") as folder:
        os.chmod(folder, 0o755)
        write_config(f"{folder}/web.yml")
        CaptureWriter(f"{folder}/none.pcap").close()
        agent = Agent(ThisHost(), "-T", f"{folder}/none.pcap", "--web.config.file", f"{folder}/web.yml")
        try:
            seconds = {True: [], False: []}
            for number in range(int(pairs)):
                for known in (True, False) if number % 2 else (False, True):
                    start = time.monotonic()
                    status, _ = agent.get("/metrics", header(USER if known else f"someone{number}", f"guess{number}"))
                    seconds[known].append(time.monotonic() - start)
                    if status != 401:
                        raise SystemExit(f"wrong_passwords.py: a wrong password was answered {status}")
        finally:
            agent.close()
    known, unknown = (1000 * statistics.median(seconds[which]) for which in (True, False))
    print(f"known user {known:.2f} ms, unknown {unknown:.2f} ms, ratio {known / unknown:.3f} (medians of {pairs} pairs)")


if __name__ == "__main__":
    main(*sys.argv[1:])
