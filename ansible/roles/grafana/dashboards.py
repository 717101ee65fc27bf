"""Draws dashboards: what boards.py says, as the JSON files that Grafana and `lab console` read (files/dashboards).

`dashboards.py` writes, `dashboards.py --check` ends 1 when a file is not what would be written.
"""
import json
import pathlib
import sys

import boards

HERE = pathlib.Path(__file__).parent
SOURCE = {"type": "prometheus", "uid": "lab-prom"}
RED, BLUE, GREY = "rgba(224, 47, 68, 0.9)", "rgba(87, 148, 242, 0.9)", "rgba(150, 150, 150, 0.6)"
# A fault is told by the runner; an app fault also by the instance it is in, and would be drawn twice.
ANNOTATIONS = [
    ("Faults", RED, 'max by (experiment, fault, target) (lab_fault_active{job="runner"}) == 1', "{{fault}} on {{target}}", "experiment,fault,target"),
    # By when the process says that it started, near this moment: figures that were away for a while are no start. abs(), because a drill skews clocks.
    ("Deploys and restarts", BLUE, 'max by (instance, version) (shortener_build_info and on (instance) abs(time() - process_start_time_seconds{job="shortener"}) < 10)',
     "{{instance}} started", "instance,version"),
    ("Load", GREY, "max by (experiment) (lab_load_active) == 1", "load of {{experiment}}", "experiment"),
]


def annotation(name, color, expr, title, tags):
    return {"name": name, "enable": True, "hide": False, "iconColor": color, "datasource": SOURCE, "expr": expr, "step": "1s", "titleFormat": title,
            "tagKeys": tags, "textFormat": "", "useValueForTime": False}


def variable(name, query, label):
    return {"name": name, "label": label, "type": "query", "datasource": SOURCE, "query": {"query": query, "refId": "A"}, "definition": query, "refresh": 2,
            "multi": True, "includeAll": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}, "options": [], "regex": "", "sort": 1, "hide": 0,
            "skipUrlSync": False}


def thresholds(panel):
    steps = [{"color": "green", "value": None}]
    warn, bad = panel.get("warn"), panel.get("bad")
    if bad is not None and warn is not None and bad < warn:
        steps = [{"color": "red", "value": None}, {"color": "orange", "value": bad}, {"color": "green", "value": warn}]
    else:
        steps += [{"color": color, "value": value} for color, value in (("orange", warn), ("red", bad)) if value is not None]
    return {"mode": "absolute", "steps": steps}


def options(panel):
    reduce = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    if panel["type"] == "stat":
        return {"reduceOptions": reduce, "orientation": "auto", "textMode": "auto", "wideLayout": True, "colorMode": "background", "graphMode": "area",
                "justifyMode": "auto", "showPercentChange": False, "percentChangeColorMode": "standard"}
    if panel["type"] == "bargauge":
        return {"reduceOptions": reduce, "orientation": "horizontal", "displayMode": "gradient", "valueMode": "color", "namePlacement": "auto", "showUnfilled": True,
                "sizing": "auto", "minVizWidth": 8, "minVizHeight": 16, "maxVizHeight": 300, "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []}}
    return {"legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []}, "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": False}}


def custom(panel):
    return {"drawStyle": "line", "lineInterpolation": "stepAfter" if panel.get("step") else "linear", "lineWidth": 1, "fillOpacity": 25 if panel.get("stack") else 8,
            "gradientMode": "none", "showPoints": "never", "pointSize": 4, "spanNulls": False, "axisPlacement": "auto", "axisLabel": "", "axisColorMode": "text",
            "axisBorderShow": False, "axisCenteredZero": False, "barAlignment": 0, "barWidthFactor": 0.6, "insertNulls": False,
            "scaleDistribution": {"type": "linear"}, "stacking": {"mode": "normal" if panel.get("stack") else "none", "group": "A"},
            "hideFrom": {"legend": False, "tooltip": False, "viz": False}, "thresholdsStyle": {"mode": "line" if "bad" in panel else "off"}}


def drawn(panel, number, x, y):
    defaults = {"unit": panel["unit"], "noValue": panel["none"], "color": {"mode": "palette-classic" if panel["type"] == "timeseries" else "thresholds"},
                "thresholds": thresholds(panel), "mappings": []}
    if not panel.get("negative"):
        defaults["min"] = 0
    if panel.get("share"):
        defaults["max"] = 1
    if "max" in panel:
        defaults["max"] = panel["max"]
    if "decimals" in panel:
        defaults["decimals"] = panel["decimals"]
    if panel["type"] == "timeseries":
        defaults["custom"] = custom(panel)
    return {"id": number, "type": panel["type"], "title": panel["title"], "description": panel["look"].strip(), "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": panel.get("w", 8), "h": panel.get("h", 7)}, "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options(panel),
            "targets": [{"refId": chr(65 + at), "datasource": SOURCE, "expr": " ".join(expr.split()), "legendFormat": legend, "range": True, "instant": False, "editorMode": "code"}
                        for at, (legend, expr) in enumerate(panel["q"].items())]}


def board(source):
    panels, x, y, tall, number = [], 0, 0, 0, 0
    for panel in source["panels"]:
        number += 1
        if "row" in panel:
            y, x, tall = y + tall, 0, 0
            panels.append({"id": number, "type": "row", "title": panel["row"], "collapsed": False, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}, "panels": []})
            y += 1
            continue
        if x + panel.get("w", 8) > 24:
            y, x, tall = y + tall, 0, 0
        panels.append(drawn(panel, number, x, y))
        x, tall = x + panel.get("w", 8), max(tall, panel.get("h", 7))
    return {"id": None, "uid": source["uid"], "title": source["title"], "description": source["question"], "tags": ["lab"], "schemaVersion": 41, "version": 1, "editable": False,
            "graphTooltip": 1, "refresh": "5s", "timezone": "browser", "time": {"from": "now-5m", "to": "now"}, "timepicker": {}, "fiscalYearStartMonth": 0, "liveNow": False,
            "links": [{"title": "boards", "type": "dashboards", "tags": ["lab"], "asDropdown": True, "keepTime": True, "includeVars": False, "targetBlank": False, "icon": "", "tooltip": "",
                       "url": ""}],
            "annotations": {"list": [annotation(*one) for one in ANNOTATIONS]},
            "templating": {"list": [variable(*one) for one in source.get("variables", [])]}, "panels": panels}


def files():
    for name, source in boards.BOARDS.items():
        yield HERE / "files/dashboards" / (name + ".json"), json.dumps(board(source), indent=1, ensure_ascii=False) + "\n"


def main():
    wrong = 0
    for path, text in files():
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"{path.name} is not what dashboards.py writes: run it")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
