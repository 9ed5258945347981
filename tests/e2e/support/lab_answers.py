# SPDX-License-Identifier: Apache-2.0
"""Compares what a query answers over the agents with what it answers over the books, and prints both."""
import collections
import math
import re

from support import grafana, shipped

# Grafana's at a scrape interval of 15 s.
_RATE_INTERVAL = "1m"
_NOT_COMPARED = ("__name__", "job", "instance")
_SHOWN = 3

Query = collections.namedtuple("Query", "kind name expression truth_expression")
Judgement = collections.namedtuple("Judgement", "query empty wrong text")


def recipes(client, server):
    """Those of docs/promql.md, with addresses of the lab."""
    text = shipped.read("docs/promql.md")
    network, lab = r"192\\.0\\.2\\.", re.escape(client.rsplit(".", 1)[0] + ".").replace("\\", "\\\\")
    for number, expression in enumerate(re.findall(r"^```promql\n(.*?)^```$", text, re.DOTALL | re.MULTILINE), 1):
        expression = re.sub(r"192\.0\.2\.1\b", client, re.sub(r"192\.0\.2\.2\b", server, expression))
        expression = expression.replace(network, lab)
        yield Query("recipe", f"{number}: {' '.join(expression.split())}", expression, expression)


def rules(prometheus):
    """What the recording rules recorded."""
    for group in prometheus.api("rules")["groups"]:
        for rule in group["rules"]:
            if rule["type"] == "recording":
                yield Query("rule", rule["name"], rule["name"], rule["name"])


def panels(prometheus, truth, wanted, wanted_of_truth):
    """The queries of all dashboards, where a user chose `wanted`, {variable: value}."""
    for dashboard in grafana.dashboards().values():
        chosen, _ = grafana.choose(dashboard, prometheus, wanted, _RATE_INTERVAL)
        chosen_of_truth, _ = grafana.choose(dashboard, truth, wanted_of_truth, _RATE_INTERVAL)
        for query in grafana.queries(dashboard):
            yield Query("panel", f"{query.dashboard}: {query.panel} ({query.ref})",
                        grafana.filled_in(query.expression, chosen), grafana.filled_in(query.expression, chosen_of_truth))


def judge(query, prometheus, truth, time, tolerance, sees_all):
    """`tolerance` is (share, absolute). Of answers by instance, those of the agent `sees_all` are judged: the others miss
    what is lost before it comes to them."""
    answers = _values(prometheus.query(query.expression, time))
    truths = _values(truth.query(query.truth_expression, time))
    judged = {key: value for (instance, key), value in answers.items() if instance in (None, sees_all)}
    wanted = {key: value for (_, key), value in truths.items()}
    share, absolute = tolerance
    wrong = [key for key, want in wanted.items()
             if key not in judged or not abs(judged[key] - want) <= share * abs(want) + absolute]
    keys = sorted(wanted or judged, key=lambda key: (key not in wrong, -abs((wanted or judged)[key])))
    shown = "; ".join(f"{_told(key)}{_number(judged.get(key))} | {_number(wanted.get(key))}" for key in keys[:_SHOWN])
    more = f"; {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    verdict = "WRONG" if wrong else "right" if wanted else "empty" if not answers else "no truth in the books"
    text = f"  {verdict:21} {query.kind:6} {query.name[:90]:90} {shown}{more}"
    return Judgement(query, not answers, wrong, text)


def _values(result):
    """{(instance or None, the other labels): value}, without those that are not numbers."""
    return {(labels.get("instance"), frozenset((name, value) for name, value in labels.items() if name not in _NOT_COMPARED)):
            value for labels, value in result if not math.isnan(value)}


def _told(key):
    labels = dict(key)
    words = [labels[name] for name in ("namespace", "pod", "client_address", "server_address", "server_port", "state", "reason",
                                       "interface", "protocol", "le") if name in labels]
    return f"{' '.join(words)}: " if words else ""


def _number(value):
    return "-" if value is None else f"{value:.4g}"
