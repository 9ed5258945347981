# SPDX-License-Identifier: Apache-2.0
"""A made-up world for promtool: the series that agents would show, described by rates and not by samples."""
import json
import re
import subprocess
import tempfile

from support import shipped

_GOT = re.compile(r"^ +got: (.*)$", re.MULTILINE)
_SAMPLE = re.compile(r"\{(?P<labels>[^}]*)\} (?P<value>[^\s,]+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


class World:
    """Lasts for `seconds`, and is scraped every `interval` seconds from 0 on. The shipped rules are evaluated every
    `evaluation` seconds. There is an agent."""

    def __init__(self, interval, seconds, evaluation=15):
        self._interval = interval
        self._evaluation = evaluation
        self._seconds = seconds
        self._series = []
        self.gauge("tcpgauge_build_info", {"job": "tcpgauge", "instance": "a"}, [(seconds + 1, 1)])

    def counter(self, name, labels, pieces, begins=0):
        """`pieces` are (until, rate): it rises by `rate` a second until that second. After the last it stays. The series
        `begins` at that second."""
        def value(at):
            total = start = 0
            for until, rate in pieces:
                total += rate * max(0, min(at, until) - start)
                start = until
            return total
        self._add(name, labels, value, begins)

    def gauge(self, name, labels, pieces, begins=0):
        """`pieces` are (until, value). After the last it is 0."""
        self._add(name, labels, lambda at: next((value for until, value in pieces if at < until), 0), begins)

    def _add(self, name, labels, value, begins):
        samples = ("%.6f" % value(at) if at >= begins else "_" for at in range(0, self._seconds + 1, self._interval))
        text = ", ".join(f'{key}="{each}"' for key, each in labels.items())
        self._series.append({"series": f"{name}{{{text}}}", "values": " ".join(samples)})

    def answers(self, questions):
        """What each question, (expression, second), finds: a list of (labels, value)."""
        # promtool only compares. So it compares with an impossible sample, and says what it got instead.
        impossible = [{"labels": "impossible", "value": 0}]
        case = {"interval": f"{self._interval}s", "input_series": self._series,
                "promql_expr_test": [{"expr": expression, "eval_time": f"{at}s", "exp_samples": impossible}
                                     for expression, at in questions]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"rule_files": [shipped.path(name) for name in shipped.RULE_FILES],
                       "evaluation_interval": f"{self._evaluation}s", "tests": [case]}, file)
            file.flush()
            done = subprocess.run(["promtool", "test", "rules", file.name], capture_output=True, text=True)
        got = _GOT.findall(done.stdout + done.stderr)
        if len(got) != len(questions):
            raise AssertionError(f"promtool said: {(done.stdout + done.stderr)[:2000]}")
        return [[(dict(_LABEL.findall(sample["labels"])), float(sample["value"])) for sample in _SAMPLE.finditer(each)]
                for each in got]

    def value(self, expression, at):
        """The value of the only sample that the query finds."""
        [[(_, value)]] = self.answers([(expression, at)])
        return value

    def firing(self, *times):
        """At each time the alerts that fire: a set of (name, labels of the alert without name, job and severity)."""
        def told(labels):
            rest = [value for name, value in labels.items()
                    if name not in ("__name__", "alertname", "alertstate", "job", "severity")]
            return (labels["alertname"], " ".join(rest))
        return [{told(labels) for labels, _ in found}
                for found in self.answers([('ALERTS{alertstate="firing"}', at) for at in times])]
