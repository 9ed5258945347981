# SPDX-License-Identifier: Apache-2.0
"""Reads the dashboards as Grafana does: their variables, panels and queries."""
import collections
import glob
import json
import os
import re

from support import shipped

Query = collections.namedtuple("Query", "dashboard panel ref expression")

_LABEL_VALUES = re.compile(r"label_values\((?P<selector>.*), (?P<label>\w+)\)")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)[^}]*\}")


def dashboards():
    """{file name: dashboard}."""
    found = sorted(glob.glob(shipped.path("deploy/grafana/dashboards/*.json")))
    return {os.path.basename(name): json.loads(shipped.read(name)) for name in found}


def variables(dashboard):
    return dashboard["templating"]["list"]


def panels(dashboard):
    """All but the headings of rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries(dashboard):
    return [Query(dashboard["title"], panel["title"], target["refId"], target["expr"])
            for panel in panels(dashboard) for target in panel["targets"]]


def filled_in(expression, values):
    """With its variables replaced; one that is not known fails."""
    return _VARIABLE.sub(lambda match: values[match.group(1) or match.group(2)], expression)


def values_of(variable, values, prometheus):
    """What a query variable offers, when those before it have `values`."""
    match = _LABEL_VALUES.fullmatch(filled_in(variable["query"]["query"], values))
    if not match:
        raise AssertionError(f"{variable['name']}: not label_values(SELECTOR, LABEL)")
    return prometheus.label_values(match["label"], match["selector"])


def choose(dashboard, prometheus, wanted, rate_interval="10s"):
    """What a user would choose, {variable: value}, and what was offered, {variable: values}.

    All where that can be chosen, else what is `wanted`, which must be offered; nothing where nothing is wanted.
    """
    values = {"__rate_interval": rate_interval, "datasource": "prometheus"}
    offered = {}
    for variable in variables(dashboard):
        if variable["type"] != "query":
            continue
        name = variable["name"]
        offered[name] = values_of(variable, values, prometheus)
        values[name] = "|".join(offered[name]) if variable["includeAll"] else wanted.get(name, "")
        if not variable["includeAll"] and name in wanted and wanted[name] not in offered[name]:
            raise AssertionError(f"{dashboard['title']}: ${name} offers {offered[name]}, not {wanted[name]}")
    return values, offered
