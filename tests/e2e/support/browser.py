# SPDX-License-Identifier: Apache-2.0
"""Drives a headless Chromium over WebDriver (https://www.w3.org/TR/webdriver2/)."""
import base64
import json
import re
import shutil
import tempfile
import urllib.error
import urllib.request

from support import cleanup
from support.processes import Process
from support.waiting import wait_until

TOOLS = ("chromium", "chromedriver")

_STARTED = re.compile(r"started successfully on port (\d+)")
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
              "--disable-background-networking", "--disable-component-update", "--disable-sync",
              "--disable-dev-shm-usage", "--no-proxy-server")


class Browser:
    """One page in `namespace`. `dark` is what it says when a page asks for the preferred colours."""

    def __init__(self, namespace, width=1200, height=800, dark=False):
        self._namespace = namespace
        self._folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self._session = None
        cleanup.keep(self)
        self._driver = Process(namespace.command("chromedriver", "--port=0"))
        try:
            self._port = wait_until(lambda: _STARTED.search(self._driver.stdout()), "chromedriver starts",
                                    60).group(1)
            arguments = [*_ARGUMENTS, f"--user-data-dir={self._folder}", f"--window-size={width},{height}"]
            if dark:
                arguments.append("--blink-settings=preferredColorScheme=0")
            capabilities = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
                            "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": arguments}}
            answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
            self._session = answer["sessionId"]
        except Exception:
            self.close()
            raise

    def open(self, url):
        self._command("POST", "/url", {"url": url})

    def script(self, code, *arguments):
        """What the function body `code` returns on the page."""
        return self._command("POST", "/execute/sync", {"script": code, "args": arguments})

    def text(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def click(self, selector):
        self._command("POST", f"/element/{self._element(selector)}/click", {})

    def type(self, selector, text):
        self._command("POST", f"/element/{self._element(selector)}/value", {"text": text})

    def keys(self, text):
        """Presses them wherever the focus is."""
        actions = [{"type": way, "value": key} for key in text for way in ("keyDown", "keyUp")]
        self._command("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def messages(self):
        """What the console said since the last time: errors, broken policies and failed requests. The browser's own
        first page, shown until another is opened, may grumble of a slow network on a busy machine: not ours."""
        messages = [entry["message"] for entry in self._command("POST", "/se/log", {"type": "browser"})]
        return [message for message in messages if not message.startswith("chrome://")]

    def requests(self):
        """The addresses that the page fetched."""
        return self.script("return performance.getEntriesByType('resource').map(entry => entry.name)")

    def resize(self, width, height):
        """A screen of that many CSS pixels, as a phone's, whatever the smallest window is."""
        self._command("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})
        wait_until(lambda: self.script("return window.innerWidth") == width, f"a page {width} wide", 30)

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._command("GET", "/screenshot")))

    def close(self):
        cleanup.release(self)
        if self._session:
            try:
                self._command("DELETE", "")
            except (AssertionError, OSError):
                pass  # It is gone already.
        self._driver.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _element(self, selector):
        return next(iter(self._command("POST", "/element", {"using": "css selector", "value": selector}).values()))

    def _command(self, method, path, body=None):
        return self._call(method, f"/session/{self._session}{path}", body)

    def _call(self, method, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with self._namespace.entered():
            try:
                with _opener.open(request, timeout=180) as answer:
                    return json.load(answer)["value"]
            except urllib.error.HTTPError as error:
                raise AssertionError(f"the browser: {error.read().decode()[:500]}") from None
