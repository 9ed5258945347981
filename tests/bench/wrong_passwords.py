#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures whether the time of a refusal reveals if a user exists.

usage: wrong_passwords.py BINARY [ROUNDS]

Sends ROUNDS (default 200) of wrong passwords, in each round one for a known user, one for a known user whose hash costs
a sixteenth, and one for an unknown user. Prints the median time of each kind, and the ratios to that of the unknown
user. Does not need root.
"""
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))


def main(binary, rounds=200):
    os.environ["TCPGAUGE_BINARY"] = os.path.realpath(binary)
    from support.agent import Agent, ThisHost
    from support.passwords import CHEAP_USER, USER, header, write_config
    from support.synthetic import CaptureWriter

    with tempfile.TemporaryDirectory(prefix="tcpgauge-bench-") as folder:
        os.chmod(folder, 0o755)
        write_config(f"{folder}/web.yml", cheap_cost=6)
        CaptureWriter(f"{folder}/none.pcap").close()
        agent = Agent(ThisHost(), "-T", f"{folder}/none.pcap", "--web.config.file", f"{folder}/web.yml")
        try:
            seconds = {"known": [], "cheap": [], "unknown": []}
            for number in range(int(rounds)):
                users = [("known", USER), ("cheap", CHEAP_USER), ("unknown", f"someone{number}")]
                for kind, user in users[number % 3:] + users[:number % 3]:
                    start = time.monotonic()
                    status, _ = agent.get("/metrics", header(user, f"guess{number}"))
                    seconds[kind].append(time.monotonic() - start)
                    if status != 401:
                        raise SystemExit(f"wrong_passwords.py: a wrong password was answered {status}")
        finally:
            agent.close()
    known, cheap, unknown = (1000 * statistics.median(seconds[kind]) for kind in ("known", "cheap", "unknown"))
    print(f"known user {known:.2f} ms, with a cheaper hash {cheap:.2f} ms, unknown {unknown:.2f} ms; "
          f"ratios {known / unknown:.3f} and {cheap / unknown:.3f} (medians of {rounds} rounds)")


if __name__ == "__main__":
    main(*sys.argv[1:])
