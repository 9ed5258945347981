# SPDX-License-Identifier: Apache-2.0
"""Runs Debian's Prometheus server in a namespace, where it scrapes agents."""
import json
import os
import shutil
import tempfile
import urllib.parse

from support.agent import fetch
from support.exposition import Exposition
from support.processes import Process
from support.waiting import wait_until

_CONFIG = """
global: {settings}
rule_files: {rule_files}
scrape_configs:
"""
_JOB = """- {{job_name: {job}, static_configs: [{{targets: {addresses}}}]}}
"""


class Prometheus(Process):
    """Scrapes `targets`, {job: HOST:PORT or a list of them}; each has been scraped once when the constructor returns.

    `rules` are texts of rule files; `rule_files` are paths of more. `jobs` are more scrape configurations, as dictionaries. `settings` is the section
    "global": by default it scrapes and evaluates every second. `port` is free in a fresh namespace. `features` are those of
    its option --enable-feature.
    """

    _EVERY_SECOND = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}

    def __init__(self, namespace, targets, rules=(), jobs=(), settings=None, port=9090, features="",
                 rule_files=()):
        self._namespace = namespace
        self._address = f"127.0.0.1:{port}"
        self._folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        config = os.path.join(self._folder, "prometheus.yml")
        addresses = {job: [of_job] if isinstance(of_job, str) else list(of_job) for job, of_job in targets.items()}
        count = sum(len(of_job) for of_job in addresses.values())
        rule_files = [*rule_files, *(self._write(f"rules{number}.yml", text) for number, text in enumerate(rules))]
        with open(config, "w") as file:
            file.write(_CONFIG.format(settings=json.dumps(settings or self._EVERY_SECOND), rule_files=rule_files))
            file.write("".join(_JOB.format(job=job, addresses=of_job) for job, of_job in addresses.items()))
            file.write("".join(f"- {json.dumps(job)}\n" for job in jobs))
        super().__init__(namespace.command(
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self._folder}/data",
            f"--web.listen-address={self._address}", f"--enable-feature={features}"))
        try:
            wait_until(lambda: self.get("/-/ready")[0] == 200, "Prometheus is ready", 90)
            wait_until(lambda: len(self.query("up == 1")) == count, "Prometheus has scraped every agent", 90)
        except AssertionError as error:
            said = self.stderr()[-2000:]
            self.close()
            raise AssertionError(f"{error}; it said: {said}") from None

    def get(self, path):
        return fetch(self._namespace, f"http://{self._address}{path}", seconds=60)

    def query(self, expression, time=None):
        """An instant query: a list of (labels, value)."""
        return [(series["metric"], float(series["value"][1]))
                for series in self._ask("query", query=expression, **({"time": time} if time else {}))]

    def query_range(self, expression, start, end, step=1):
        """A range query: a list of (labels, [value, ...])."""
        return [(series["metric"], [float(value) for _, value in series["values"]])
                for series in self._ask("query_range", query=expression, start=start, end=end, step=step)]

    def samples(self, selector, time):
        """What a range selector holds: a list of (labels, {timestamp: value})."""
        return [(series["metric"], {at: float(value) for at, value in series["values"]})
                for series in self._ask("query", query=selector, time=time)]

    def head_series(self):
        """Series in its memory: all that were scraped in the last hours, ended ones too."""
        return Exposition(self.get("/metrics")[1]).value("prometheus_tsdb_head_series")

    def label_values(self, label, selector):
        """The values of a label of the series that `selector` finds."""
        return self.api(f"label/{label}/values", **{"match[]": selector})

    def firing(self):
        """The labels of each alert that fires now."""
        return [alert["labels"] for alert in self.api("alerts")["alerts"] if alert["state"] == "firing"]

    def api(self, endpoint, **parameters):
        """The data of an answer of the HTTP API."""
        status, body = self.get(f"/api/v1/{endpoint}?{urllib.parse.urlencode(parameters)}")
        if status != 200:
            raise AssertionError(f"Prometheus answered {status}: {body[:500]}")
        return json.loads(body)["data"]

    def _ask(self, endpoint, **parameters):
        return self.api(endpoint, **parameters)["result"]

    def _write(self, name, text):
        path = os.path.join(self._folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def close(self):
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)
