# SPDX-License-Identifier: Apache-2.0
"""Runs a tcpgauge agent without a top view, which listens on a free port."""
import contextlib
import re
import urllib.error
import urllib.request

from support import harness
from support.exposition import Exposition
from support.processes import Process
from support.waiting import wait_until

_LISTENING = re.compile(r"msg=listening address=(?:http://)?(\S+)")
# Straight to the agent: a proxy of the environment has no way into a namespace.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def binary():
    """The agent's binary, as run.sh found it."""
    return harness.told("TCPGAUGE_BINARY")


def listen_address(log):
    """HOST:PORT of the first listener that the log names, or None."""
    match = _LISTENING.search(log)
    return match.group(1) if match else None


def fetch(namespace, url, headers=None, seconds=30):
    """GET, from inside the namespace: (status, body as text)."""
    status, _, body = fetch_bytes(namespace, url, headers, seconds)
    return status, body.decode()


def fetch_bytes(namespace, url, headers=None, seconds=30):
    """GET, from inside the namespace: (status, type of the content, body)."""
    request = urllib.request.Request(url, headers=headers or {})
    with namespace.entered():
        try:
            with _opener.open(request, timeout=seconds) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()
        except OSError:
            return 0, None, b""


class ThisHost:
    """In the place of a namespace, for an agent that reads a file."""

    def command(self, *words):
        return list(words)

    def entered(self):
        return contextlib.nullcontext()


class Agent(Process):
    """Runs the agent in `namespace` with `options`; ready, that is capturing, when the constructor returns.

    `prefix` is a command that sets something and becomes the agent; `program` is another binary than run.sh's.
    `environment` replaces this process's, where it is given.
    """

    def __init__(self, namespace, *options, prefix=(), program=None, environment=None):
        super().__init__(namespace.command(*prefix, program or binary(), "--web.listen-address=127.0.0.1:0", *options),
                         env=environment)
        self._namespace = namespace
        try:
            wait_until(lambda: listen_address(self.stderr()) or not self.running(), "the agent's listening line", 60)
            self.address = listen_address(self.stderr())
            if self.address is None:
                raise AssertionError(f"the agent ended at once: {self.stderr()}")
            wait_until(lambda: self.get("/-/ready")[0] == 200, "the agent is ready", 60)
        except AssertionError as error:
            said = self.stderr()
            self.close()
            raise AssertionError(f"{error}; it said: {said}") from None

    def get(self, path, headers=None, seconds=30):
        return fetch(self._namespace, f"http://{self.address}{path}", headers, seconds)

    def get_bytes(self, path, headers=None, seconds=30):
        return fetch_bytes(self._namespace, f"http://{self.address}{path}", headers, seconds)

    def metrics(self):
        status, body = self.get("/metrics")
        if status != 200:
            raise AssertionError(f"/metrics answered {status}: {body[:200]}")
        return Exposition(body)

    def wait_for(self, name, condition, what, seconds=30, **labels):
        """Waits until the one series `name` with `labels` fulfils condition(value); returns the value."""
        def look():
            value = self.metrics().value(name, **labels)
            return (value,) if value is not None and condition(value) else None
        return wait_until(look, what, seconds)[0]
