# SPDX-License-Identifier: Apache-2.0
"""Functions that build the parts of a dashboard: panels, variables, queries and links, in Grafana's JSON model."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH = 24  # columns of the grid
_STEPS_NONE = [{"color": "green", "value": None}]
_NOTHING_YET = "no data"


def matching(**labels):
    """The selector of what the dashboard's variables choose: {job=~"$job",...}"""
    return "{" + ",".join(f'{name}=~"{value}"' for name, value in labels.items()) + "}"


def query(name, label, expression, description, multiple=True):
    """A variable of a dashboard, whose values come from a query."""
    variable = {"name": name, "label": label, "description": description, "type": "query", "datasource": DATASOURCE,
                "query": {"query": expression, "refId": "variable"}, "refresh": 2, "sort": 7, "multi": multiple,
                "includeAll": multiple, "hide": 0}
    if multiple:
        variable["current"] = {"selected": True, "text": "All", "value": "$__all"}
    return variable


def datasource_variable():
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1,
            "hide": 0, "description": "The Prometheus that scrapes the agents."}


def target(expression, legend="", **more):
    return {"datasource": DATASOURCE, "expr": expression, "legendFormat": legend, **more}


def link_to(uid, title, **variables):
    """A link from a table's row to another dashboard."""
    chosen = "".join(f"&var-{name}={value}" for name, value in variables.items())
    return {"title": title, "url": f"/d/{uid}?${{__url_time_range}}&${{datasource:queryparam}}{chosen}"}


def _panel(kind, title, description, targets, options, defaults, overrides=(), transformations=None):
    targets = [dict(each, refId=chr(ord("A") + number)) for number, each in enumerate(targets)]
    panel = {"type": kind, "title": title, "description": description, "datasource": DATASOURCE, "targets": targets,
             "options": options,
             "fieldConfig": {"defaults": {"noValue": _NOTHING_YET, **defaults}, "overrides": list(overrides)}}
    if transformations:
        panel["transformations"] = transformations
    return panel


def graph(title, description, unit, targets, stacked=False, maximum=None):
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 20 if stacked else 5, "showPoints": "never",
              "spanNulls": False, "stacking": {"mode": "normal" if stacked else "none", "group": "A"}}
    defaults = {"unit": unit, "min": 0, "custom": custom, "color": {"mode": "palette-classic"}}
    if maximum is not None:
        defaults["max"] = maximum
    legend = {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["mean", "max", "lastNotNull"],
              "sortBy": "Last *", "sortDesc": True}
    return _panel("timeseries", title, description, targets,
                  {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}, defaults)


def stat(title, description, unit, expression, warn_above=None, decimals=None):
    steps = list(_STEPS_NONE)
    if warn_above is not None:
        steps.append({"color": "orange", "value": warn_above})
    defaults = {"unit": unit, "color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {"colorMode": "value", "graphMode": "area", "justifyMode": "auto", "orientation": "auto",
               "percentChangeColorMode": "standard", "showPercentChange": False, "textMode": "auto", "wideLayout": True,
               "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
    return _panel("stat", title, description, [target(expression)], options, defaults)


def table(title, description, labels, columns, sort_by, links=None):
    """A table with one row for each set of `labels`. `columns` are (heading, unit, expression). `links` maps a label to a
    link."""
    targets = [target(expression, format="table", instant=True) for _, _, expression in columns]
    overrides = []
    renamed = {}
    for number, (heading, unit, _) in enumerate(columns):
        # Grafana names the values of a single query "Value", and those of several queries "Value #A", "Value #B", ...
        field = f"Value #{chr(ord('A') + number)}" if len(columns) > 1 else "Value"
        renamed[field] = heading
        overrides.append({"matcher": {"id": "byName", "options": heading},
                          "properties": [{"id": "unit", "value": unit}]})
    for label, to in (links or {}).items():
        overrides.append({"matcher": {"id": "byName", "options": labels[label]},
                          "properties": [{"id": "links", "value": [to]}]})
    renamed.update(labels)
    order = {name: number for number, name in enumerate(list(labels) + [name for name in renamed if name not in labels])}
    transformations = [
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"excludeByName": {"Time": True}, "indexByName": order, "renameByName": renamed}}]
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": True}
    options = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0, "sortBy": [{"displayName": sort_by, "desc": True}]}
    return _panel("table", title, description, targets, options, {"custom": custom}, overrides, transformations)


def dashboard(uid, title, description, variables, rows):
    """`rows` are (heading, [(width, height, panel), ...]); panels flow from left to right."""
    panels = []
    top = 0
    for heading, placed in rows:
        panels.append({"type": "row", "title": heading, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": top, "w": _WIDTH, "h": 1}})
        top += 1
        left = height = 0
        for width, panel_height, panel in placed:
            if left + width > _WIDTH:
                left, top, height = 0, top + height, 0
            panels.append(dict(panel, gridPos={"x": left, "y": top, "w": width, "h": panel_height}))
            left += width
            height = max(height, panel_height)
        top += height
    for number, panel in enumerate(panels, 1):
        panel["id"] = number
    others = {"type": "dashboards", "title": "tcpgauge", "tags": ["tcpgauge"], "asDropdown": True, "icon": "external link",
              "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": ""}
    return {"uid": uid, "title": title, "description": description, "tags": ["tcpgauge"], "schemaVersion": 39,
            "version": 1, "editable": True, "graphTooltip": 1, "refresh": "30s", "time": {"from": "now-1h", "to": "now"},
            "timezone": "browser", "links": [others], "annotations": {"list": []},
            "templating": {"list": [datasource_variable()] + variables}, "panels": panels}
