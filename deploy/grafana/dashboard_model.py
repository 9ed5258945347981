# SPDX-License-Identifier: Apache-2.0
"""Functions that build the parts of a dashboard: panels, variables, queries and links, in Grafana's JSON model."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH = 24  # columns of the grid
_STEPS_NONE = [{"color": "green", "value": None}]
_NOTHING_YET = "no data"
_IN_BITS = {"Bps": "bps", "kB/s": "kbit/s"}


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


def _value_fields(count):
    """Grafana names the values of a single query "Value", and those of several queries "Value #A", "Value #B", ..."""
    return [f"Value #{chr(ord('A') + number)}" for number in range(count)] if count > 1 else ["Value"]


def table(title, description, labels, columns, sort_by, links=None, telling=None):
    """A table with one row for each set of `labels`. `columns` are (heading, unit, expression). `links` maps a label to a
    link. `telling` is an expression that only adds a label to each row. Its values are not shown."""
    expressions = [expression for _, _, expression in columns] + ([telling] if telling else [])
    targets = [target(expression, format="table", instant=True) for expression in expressions]
    overrides = []
    renamed = {}
    excluded = {"Time": True}
    fields = _value_fields(len(expressions))
    if telling:
        excluded[fields[-1]] = True
    for field, (heading, unit, _) in zip(fields, columns):
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
        {"id": "organize", "options": {"excludeByName": excluded, "indexByName": order, "renameByName": renamed}}]
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": True}
    options = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0, "sortBy": [{"displayName": sort_by, "desc": True}]}
    return _panel("table", title, description, targets, options, {"custom": custom}, overrides, transformations)


def graph_of_nodes(title, description, main, secondary, color):
    """A map. `main` and `secondary` are (unit, expression), and are written at each edge and added up at each node.
    Expressions have the labels id, source and target, and `color` has the label color, too."""
    # The panel finds its fields by their names, and knows units only as text. A field that is renamed keeps its name for
    # the panel, so each value is copied into a field of the right name.
    stats = (("mainstat", main), ("secondarystat", secondary))
    targets = [target(expression, format="table", instant=True) for expression in (main[1], secondary[1], color)]
    transformations = [{"id": "merge", "options": {}}]
    overrides = []
    for field, (name, (unit, _)) in zip(_value_fields(len(targets)), stats):
        transformations.append({"id": "calculateField", "options": {
            "mode": "reduceRow", "timeSeries": False, "alias": name, "reduce": {"include": [field], "reducer": "sum"}}})
        overrides.append({"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]})
    options = {"zoomMode": "cooperative", "layoutAlgorithm": "layered"}
    return _panel("nodeGraph", title, description, targets, options, {"unit": "short"}, overrides, transformations)


def in_bits(made):
    """The dashboard with bits a second where it has bytes a second."""
    for panel in made["panels"]:
        if panel["type"] == "row":
            continue
        shown_as = {}  # {what an override names: the field of the query}
        for options in (each["options"] for each in panel.get("transformations", ())):
            shown_as.update({heading: field for field, heading in options.get("renameByName", {}).items()})
            if "alias" in options:
                shown_as[options["alias"]], = options["reduce"]["include"]
        whole = _to_bits(panel["fieldConfig"]["defaults"])
        fields = {shown_as[override["matcher"]["options"]] for override in panel["fieldConfig"]["overrides"]
                  for change in override["properties"] if change["id"] == "unit" and _to_bits(change, "value")}
        for each, field in zip(panel["targets"], _value_fields(len(panel["targets"]))):
            if whole or field in fields:
                each["expr"] = f"8 * ({each['expr']})"
    return made


def _to_bits(setting, key="unit"):
    """Whether `setting` has a unit of bytes a second; then it has bits now."""
    unit = setting.get(key)
    if unit in _IN_BITS:
        setting[key] = _IN_BITS[unit]
    return unit in _IN_BITS


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
