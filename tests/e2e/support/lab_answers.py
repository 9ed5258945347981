# SPDX-License-Identifier: Apache-2.0
"""Compares what a query answers over the agents with what it answers over the books, and prints both."""
import collections
import math
import re

from support import grafana, shipped
from support.lab import WEB, WEB_DROPPED

# Grafana's at a scrape interval of 15 s.
_RATE_INTERVAL = "1m"
_NOT_COMPARED = ("__name__", "job", "instance")
# What must be zero, whatever the traffic: every edge of the lab has series, and edges add up to totals.
_ZERO = re.compile(r'other"|edge_other|edges_retired_client_payload_bytes_total\s+-|edge_attempts_pending -|overflows_total|'
                   r'lost_total|push_failures|points_(?:rejected|dropped)')
# Nobody has a name in the lab, so no zone is known. test_dashboards.py has an agent that knows some.
_OF_ZONES = "tcpgauge_zone_"
# Metrics of the agents themselves, of their scrapes, and of what listens beside them. The books do not have them.
_OF_AGENTS = re.compile(r"\bup\b|scrape_|build_info|identity_|renamed|listener_")
# Connections of the client that asks once on each are open for a moment. Scrapes see them by chance: at one moment two of
# them are open, at another none. A ratio to such a number is compared like any other.
_OPEN_CONNECTIONS = re.compile(r"^[^/]*edge_connections(?!_)[^/]*$")
_SHORT_CONNECTIONS = 2
_SHORT_PORTS = (str(WEB), str(WEB_DROPPED), None)  # None: the answer is of several ports
_SHOWN = 3  # series of an answer
_TOLD = ("namespace", "pod", "reporter", "client_address", "server_address", "server_port", "source", "target", "color", "state", "part", "reason", "interface", "protocol", "le")
_STEP_SECONDS, _LATER_SECONDS, _STALE_SECONDS = 15, 40, 105

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


def panels(prometheus, wanted, truth_instance):
    """The queries of all dashboards, where a user chose `wanted`, {variable: value}."""
    for dashboard in grafana.dashboards().values():
        chosen, _ = grafana.choose(dashboard, prometheus, wanted, _RATE_INTERVAL)
        chosen_of_truth = dict(chosen, instance=truth_instance)
        for query in grafana.queries(dashboard):
            if _OF_ZONES in query.expression:
                continue
            yield Query("panel", f"{query.dashboard}: {query.panel} ({query.ref})",
                        grafana.filled_in(query.expression, chosen), grafana.filled_in(query.expression, chosen_of_truth))


def judge(query, prometheus, truth, time, tolerance, sees_all):
    """`tolerance` is (share, absolute). Of answers by instance, those of the agent `sees_all` are judged: the others miss
    what is lost before it comes to them.

    Both servers scrape and evaluate every 15 s, at different moments, and an agent gives an attempt up some seconds before
    the books do. So what the agents told by then, the books may tell 40 s later. They may also tell it long before, where
    rules of rules are evaluated one after the other. So the truth is what the books said from 105 s before until 40 s
    after, its smallest and its largest value.
    """
    counts_open = _OPEN_CONNECTIONS.search(query.expression)

    def slack(key, value):
        share, absolute = tolerance
        by_chance = _SHORT_CONNECTIONS if counts_open and dict(key).get("server_port") in _SHORT_PORTS else 0
        return share * abs(value) + absolute + by_chance
    at = time - _LATER_SECONDS
    answers = {}
    found = prometheus.query(query.expression, at)
    top = re.match(r"topk\((\d+),", query.expression)
    is_cut = top and len(found) >= int(top[1])
    for labels, value in found:
        if labels.get("instance") in (None, sees_all) and not math.isnan(value):
            answers[_key(labels)] = value
    truths = {}
    known = [] if _OF_AGENTS.search(query.expression) else truth.query_range(
        query.truth_expression, at - _STALE_SECONDS, time, _STEP_SECONDS)
    came_or_went = set()
    for labels, values in known:
        real = [value for value in values if not math.isnan(value)]
        if real:
            truths[_key(labels)] = (min(real), max(real))
        if len(real) <= (_STALE_SECONDS + _LATER_SECONDS) // _STEP_SECONDS:
            came_or_went.add(_key(labels))
    if _ZERO.search(query.expression) and not re.search(r'!="other"', query.expression):
        truths = dict.fromkeys(answers, (0, 0))
    if is_cut:
        truths = {key: truth for key, truth in truths.items() if key in answers}

    def is_wrong(key):
        least, most = truths[key]
        if "> 0" in query.expression and key in came_or_went:
            least = min(least, 0)  # it was filtered out when it was 0
        if key not in answers:
            # Of what is filtered by "> 0", nothing is as good as what cannot be told from 0.
            return key not in came_or_went and not ("> 0" in query.expression and least <= slack(key, least))
        return not least - slack(key, least) <= answers[key] <= most + slack(key, most)
    wrong = [key for key in truths if is_wrong(key)]
    keys = sorted(truths or answers, key=lambda key: (key not in wrong, -abs(answers.get(key, math.inf))))
    shown = "; ".join(f"{_told(key)}{_number(answers.get(key))} | {_numbers(truths.get(key))}" for key in keys[:_SHOWN])
    more = f"; {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    verdict = "WRONG" if wrong else "right" if truths else "no truth" if answers else "empty"
    return Judgement(query, not answers, wrong, f"  {verdict:8} {query.kind:6} {query.name[:100]:100} {shown}{more}")


def _key(labels):
    return frozenset((name, value) for name, value in labels.items() if name not in _NOT_COMPARED)


def _told(key):
    labels = dict(key)
    words = [labels[name] for name in _TOLD if name in labels]
    return f"{' '.join(words)}: " if words else ""


def _number(value):
    return "-" if value is None else f"{value:.4g}"


def _numbers(values):
    return "-" if values is None else " to ".join(dict.fromkeys(map(_number, values)))
