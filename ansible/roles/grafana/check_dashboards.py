"""Checks the dashboards without a Grafana: a line each, `passed …` or `FAILED …`; ends 1 when any failed.

What a board must not do is a rule below; every rule has a planted violation that it must find, so that no rule is asleep.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jinja2
import jsonschema
import yaml

HERE = pathlib.Path(__file__).parent
SOURCES = {"lab-prom"}
# Gauges by name; everything that ends in _total, _count, _sum or _bucket is a counter, and these are counters by another name.
COUNTERS = re.compile(r"(_total|_count|_sum|_bucket|xact_commit|xact_rollback|ListenOverflows|RetransSegs|OutSegs)$")
KNOWN_UNITS = {"percentunit", "short", "s", "ms", "reqps", "bytes", "bps"}
PANEL_KEYS = {"timeseries": {"legend", "tooltip"}, "bargauge": {"reduceOptions", "orientation", "displayMode", "valueMode", "namePlacement", "showUnfilled", "sizing", "minVizWidth",
                                                              "minVizHeight", "maxVizHeight", "legend"},
              "stat": {"reduceOptions", "orientation", "textMode", "wideLayout", "colorMode", "graphMode", "justifyMode", "showPercentChange", "percentChangeColorMode"}, "row": set()}
VARIABLES = re.compile(r"\$\{?(\w+)")
BUILT_IN = {"__rate_interval", "__range", "__interval"}


def substituted(expr):
    expr = expr.replace("$__rate_interval", "1m").replace("$__interval", "15s").replace("$__range", "1h")
    return re.sub(r"\$\{?\w+\}?", ".*", expr)


def panels(board):
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def queries(board):
    for panel in panels(board):
        for target in panel["targets"]:
            yield panel, target["expr"]


def schema(name, root=None):
    """A schema made from the types of @grafana/grafana-foundation-sdk 0.0.21 (Apache-2.0); in the board's own, queries are left open and checked against Prometheus' type."""
    said = json.loads((HERE / "schema" / f"{name}.json").read_text())
    return jsonschema.Draft7Validator(said | {"$ref": f"#/definitions/{root}"} if root else said)


BOARD, PANEL, ROW, QUERY = schema("dashboard", "Dashboard"), schema("dashboard", "Panel"), schema("dashboard", "RowPanel"), schema("prom")
OPTIONS = {kind: schema(f"{kind}.options") for kind in ("timeseries", "stat", "bargauge")}
CUSTOM = {"timeseries": schema("timeseries.custom")}


def grafanas_types(board):
    parts = [("board", BOARD, board | {"panels": []})]
    for panel in board["panels"]:
        parts.append((panel["title"], ROW if panel["type"] == "row" else PANEL, panel))
        if panel["type"] in OPTIONS:
            parts.append((f"{panel['title']}: options", OPTIONS[panel["type"]], panel["options"]))
        if panel["type"] in CUSTOM and "custom" in panel["fieldConfig"]["defaults"]:
            parts.append((f"{panel['title']}: custom", CUSTOM[panel["type"]], panel["fieldConfig"]["defaults"]["custom"]))
        parts += [(f"{panel['title']}: query {target['refId']}", QUERY, target) for target in panel.get("targets", [])]
    for place, validator, part in parts:
        for error in validator.iter_errors(part):
            yield f"{place}: {'/'.join(map(str, error.absolute_path))}: {error.message[:160]}"


def shape(board):
    for panel in board["panels"]:
        if panel["type"] not in PANEL_KEYS:
            yield f"{panel['title']}: panel type {panel['type']} is not drawn by the console"
        elif set(panel.get("options", {})) != PANEL_KEYS[panel["type"]]:
            yield f"{panel['title']}: options {sorted(set(panel.get('options', {})) ^ PANEL_KEYS[panel['type']])} are missing or unknown"
    for key, kind in {"uid": str, "title": str, "description": str, "schemaVersion": int, "panels": list, "time": dict, "refresh": str, "graphTooltip": int}.items():
        if not isinstance(board.get(key), kind):
            yield f"{key} must be {kind.__name__}"
    if board.get("id", 0) is not None:
        yield "id must be null: Grafana gives it"


def averaged_quantiles(board):
    for panel, expr in queries(board):
        if re.search(r"(avg|sum|max|min)[^(]*\(\s*histogram_quantile", expr):
            yield f"{panel['title']}: a quantile cannot be aggregated: sum the buckets first"
        if "histogram_quantile" in expr and not re.search(r"histogram_quantile\([^,]+, sum by \(le[^)]*\) \(rate\(", expr):
            yield f"{panel['title']}: histogram_quantile wants sum by (le, …) of rates"


def ratio_of_sums(board):
    for panel, expr in queries(board):
        if re.search(r"duration_seconds_sum.*/.*duration_seconds_sum", expr):
            yield f"{panel['title']}: a ratio of durations weighs requests by their time"


def rate_of_gauge(board):
    for panel, expr in queries(board):
        for metric in re.findall(r"(?:rate|increase)\((\w+)", expr):
            if not COUNTERS.search(metric) or metric.startswith("dotnet_thread_pool"):
                yield f"{panel['title']}: {metric} is no counter"


def fixed_window(board):
    for panel, expr in queries(board):
        for window in re.findall(r"\[([^\]]+)\]", expr):
            if window not in ("$__rate_interval", "$__range"):
                yield f"{panel['title']}: window [{window}] should be $__rate_interval or $__range"


def silence_as_zero(board):
    for panel, expr in queries(board):
        if re.search(r"or\s+vector\(", expr):
            yield f"{panel['title']}: `or vector()` calls a missing metric healthy"


def unknown_source(board):
    for place in panels(board) + [t for p in panels(board) for t in p["targets"]] + board["annotations"]["list"] + board["templating"]["list"]:
        if place.get("datasource", {}).get("uid") not in SOURCES:
            yield f"{place.get('title') or place.get('name') or place.get('refId')}: unknown data source"


def annotations_missing(board):
    names = {one["name"] for one in board["annotations"]["list"] if one.get("enable") and one.get("expr")}
    for name in ("Faults", "Deploys and restarts", "Load"):
        if name not in names:
            yield f"annotation {name} is missing"


def overlap(board):
    if len({panel["id"] for panel in board["panels"]}) != len(board["panels"]):
        yield "panel ids are not unique"
    for at, one in enumerate(board["panels"]):
        for other in board["panels"][at + 1:]:
            a, b = one["gridPos"], other["gridPos"]
            if a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]:
                yield f"{one['title']} and {other['title']} overlap"


def unexplained(board):
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        for name, there in (("description", panel.get("description")), ("unit", defaults.get("unit") in KNOWN_UNITS), ("no-value text", defaults.get("noValue"))):
            if not there:
                yield f"{panel['title']}: no {name}"
        if defaults.get("unit") == "percentunit" and panel["type"] == "timeseries" and (defaults.get("min"), defaults.get("max")) != (0, 1):
            yield f"{panel['title']}: a share goes from 0 to 1"


def shared_as_code(board):
    if "__inputs" in board or "${DS_" in json.dumps(board):
        yield "made for sharing: a provisioned file gets no inputs"


def nameless_lines(board):
    for panel in panels(board):
        for target in panel["targets"]:
            outer = re.match(r"(?:\w+\([\d.]+, )?\w+ by \(([^)]*)\)", target["expr"])
            for label in {label.strip() for label in outer.group(1).split(",")} - {"le"} if outer else set():
                if "{{" + label + "}}" not in target["legendFormat"]:
                    yield f"{panel['title']}: lines differ by {label}, the legend does not say so"


def haproxy_averages(board):
    for panel, expr in queries(board):
        if re.search(r"haproxy_\w+_average_seconds", expr) and "1,024" not in panel["description"]:
            yield f"{panel['title']}: HAProxy's averages cover 1,024 requests, and the panel must say so"


def variables(board):
    there = {one["name"] for one in board["templating"]["list"]}
    used = {name for _, expr in queries(board) for name in VARIABLES.findall(expr)} - BUILT_IN
    for name in sorted(there ^ used):
        yield f"variable {name} is {'unused' if name in there else 'unknown'}"


def first(board):
    return panels(board)[0]


def query(expr):
    return lambda board: first(board)["targets"][0].update(expr=expr)


# Each rule with a board that breaks it.
RULES = [
    (grafanas_types, lambda board: board.update(graphTooltip="1")), (grafanas_types, lambda board: first(board)["gridPos"].update(w="12")),
    (grafanas_types, lambda board: first(board)["options"].update(colorMode="loud")), (grafanas_types, lambda board: first(board)["targets"][0].update(query="up")),
    (grafanas_types, lambda board: panels(board)[8]["fieldConfig"]["defaults"]["custom"].update(lineWidth="1")),
    (shape, lambda board: first(board).update(type="graph")), (shape, lambda board: board.update(graphTooltip="1")), (shape, lambda board: first(board)["options"].update(colour="red")),
    (averaged_quantiles, query('avg(histogram_quantile(0.99, sum by (le, instance) (rate(x_bucket[$__rate_interval]))))')),
    (averaged_quantiles, query("histogram_quantile(0.99, rate(x_bucket[$__rate_interval]))")),
    (ratio_of_sums, query("sum(rate(http_server_request_duration_seconds_sum{a=\"b\"}[$__rate_interval])) / sum(rate(http_server_request_duration_seconds_sum[$__rate_interval]))")),
    (rate_of_gauge, query("rate(dotnet_thread_pool_queue_length[$__rate_interval])")), (fixed_window, query("sum(rate(x_total[5m]))")),
    (silence_as_zero, query("sum(rate(x_total[$__rate_interval])) or vector(0)")), (unknown_source, lambda board: first(board)["datasource"].update(uid="other")),
    (annotations_missing, lambda board: board["annotations"]["list"].pop(0)), (overlap, lambda board: first(board)["gridPos"].update(h=40)),
    (overlap, lambda board: first(board).update(id=board["panels"][-1]["id"])), (unexplained, lambda board: first(board).update(description="")),
    (unexplained, lambda board: first(board)["fieldConfig"]["defaults"].pop("noValue")), (unexplained, lambda board: first(board)["fieldConfig"]["defaults"].update(unit="furlong")),
    (shared_as_code, lambda board: board.update(__inputs=[])), (nameless_lines, query("sum by (instance) (up)")),
    (haproxy_averages, query("haproxy_backend_queue_time_average_seconds")), (variables, query('up{instance=~"$nobody"}')),
]


def promtool(boards):
    """Every query as a recording rule; returns what promtool said, empty when it takes them all."""
    rules = [{"record": "board:query", "expr": substituted(expr), "labels": {"board": name, "panel": panel["title"]}} for name, board in boards.items() for panel, expr in queries(board)]
    rules += [{"record": "board:query", "expr": one["expr"], "labels": {"board": name, "annotation": one["name"]}} for name, board in boards.items() for one in board["annotations"]["list"]]
    # One group each: promtool counts equal rules of one group as duplicates.
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"groups": [{"name": str(at), "rules": [rule]} for at, rule in enumerate(rules)]}, file)
        file.flush()
        run = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


def provisioned():
    """What Grafana is given: the source of the dashboards, and beside it an Alertmanager that shows and gets nothing."""
    text = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates")).get_template("datasources.yaml.j2").render(yaml.safe_load((HERE / "defaults/main.yml").read_text()))
    sources = {one["uid"]: one for one in yaml.safe_load(text)["datasources"]}
    figures = {uid for uid, one in sources.items() if one["type"] == "prometheus"}
    if figures != SOURCES:
        yield f"dashboards use {SOURCES}, provisioned are {figures}"
    for uid in figures:
        manager = sources.get(sources[uid]["jsonData"].get("alertmanagerUid"), {})
        if manager.get("type") != "alertmanager" or manager["jsonData"] != {"implementation": "prometheus", "handleGrafanaManagedAlerts": False}:
            yield f"{uid}: its alerts are not shown by an Alertmanager of the kind that Prometheus has"


def checks():
    yield "Grafana is given the source of the dashboards and the Alertmanager behind its alerts", "\n".join(provisioned())
    yield "the dashboards are what dashboards.py draws", subprocess.run([sys.executable, str(HERE / "dashboards.py"), "--check"], capture_output=True, text=True, check=False).stdout
    boards = {path.name: json.loads(path.read_text()) for path in sorted((HERE / "files/dashboards").glob("*.json"))}
    rules = list(dict.fromkeys(rule for rule, _ in RULES))
    for name, board in boards.items():
        yield f"{name} keeps {len(rules)} rules", "\n".join(f"{rule.__name__}: {said}" for rule in rules for said in rule(board))
    asleep = []
    for rule, spoil in RULES:
        board = copy.deepcopy(boards["1-overview.json"])
        spoil(board)
        if not list(rule(board)):
            asleep.append(f"{rule.__name__} did not notice its planted violation")
    yield f"{len(RULES)} planted violations are found", "\n".join(asleep)
    yield "promtool takes every query", promtool(boards)
    spoilt = copy.deepcopy(boards["1-overview.json"])
    query("sum(rate(x_total[$__rate_interval])")(spoilt)
    yield "promtool notices an unclosed parenthesis", "" if promtool({"spoilt": spoilt}) else "it took it"


def main():
    failed = 0
    for name, said in checks():
        failed += bool(said)
        print(f"{'FAILED' if said else 'passed'} {name}" + "".join(f"\n    {line}" for line in said.splitlines()[:60]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
