"""Checks the rules without a Prometheus: a line each, `passed …` or `FAILED …`; ends 1 when any failed.

Every alert of every file has a severity, a summary, a runbook and a case in promtool/alerts.yml, which becomes a promtool test: silent
while all is well, firing while it is not, silent again after. Cases with a wrong expectation are planted to see that a test can fail.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jinja2
import yaml

import slo_rules
from filter_plugins.durations import duration_seconds

HERE = pathlib.Path(__file__).parent
RULES = HERE / "files/rules"
FILES = sorted(RULES.glob("**/*.yml"))


def alerts(path):
    return {rule["alert"]: rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"] if "alert" in rule}


def rules_of(case):
    return [RULES / rule for rule in case.get("rules", ["causes.yml"])]


def tests(cases):
    made = []
    for name, case in cases.items():
        labels = {"alertname": case.get("alert", name), "alertstate": "firing", **case.get("labels", {})}
        firing = "ALERTS{" + ",".join(f'{label}=~"{value}"' for label, value in labels.items()) + "}"
        judged = [*zip(case.get("times", []), (False, True, False)), *((at, False) for at in case.get("silent", []))]
        made.append({
            "interval": case.get("interval", "1s"),
            "input_series": [{"series": series, "values": values} for series, values in case["series"].items()],
            # count() of how many series fire differs from case to case: whether any does is what is asked.
            "promql_expr_test": [{"expr": f"clamp_max(count({firing}), 1)", "eval_time": at, "exp_samples": [{"labels": "{}", "value": 1}] if fires else []} for at, fires in judged]
            # What must not even be recorded, because nothing is known.
            + [{"expr": expr, "eval_time": at, "exp_samples": []} for expr, at in case.get("unknown", {}).items()],
        })
    return made


def promtool(cases, folder):
    """Runs the cases, grouped by the rules and the interval they need. Returns what promtool said, empty when all is well."""
    groups = {}
    for name, case in cases.items():
        groups.setdefault((tuple(map(str, rules_of(case))), case.get("interval", "1s")), {})[name] = case
    said = ""
    for number, ((rules, interval), group) in enumerate(groups.items()):
        file = pathlib.Path(folder) / f"{number}.yml"
        file.write_text(yaml.safe_dump({"rule_files": list(rules), "evaluation_interval": interval, "tests": tests(group),
                                        # Recorded before it is judged: promtool takes groups in any order otherwise.
                                        "group_eval_order": ["sli", "slo", "volume"] if any(rule.endswith("slo.yml") for rule in rules) else []}))
        run = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
        if run.returncode:
            said += run.stdout + run.stderr
    return said


def scored(cases, folder):
    """Recorded scores: every case of promtool/scores.yml, rounded to four digits. Returns what promtool said, empty when all is well."""
    made = [{"interval": "1s", "input_series": [{"series": series, "values": values} for series, values in case["series"].items()],
             "promql_expr_test": [{"expr": f'round(lab_bottleneck_score{{resource="{one["resource"]}",instance="{one["instance"]}"}}, 0.0001)', "eval_time": "25s",
                                   "exp_samples": [{"labels": f'{{resource="{one["resource"]}",instance="{one["instance"]}"}}', "value": one["score"]}]} for one in case["scores"]]}
            for case in cases]
    file = pathlib.Path(folder) / "scores.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES / "bottleneck.yml")], "evaluation_interval": "1s", "tests": made}))
    run = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


WATCHDOG = "alertname=Watchdog severity=none"
ROUTES = [
    # what is configured, then labels and the receiver that must get what carries them
    ({"prometheus_pagerduty_key": "k"}, {"severity=page": "pages", "severity=ticket": "tickets", WATCHDOG: "nobody"}),
    ({"prometheus_mail_to": "a@example.org", "prometheus_mail_from": "b@example.org", "prometheus_mail_smarthost": "mail.example.org:25"}, {"severity=page": "pages", "severity=ticket": "tickets"}),
    ({"prometheus_webhook_url": "http://127.0.0.1:9777/", "prometheus_slo_scale": "gameday"}, {"severity=page": "pages", "severity=ticket": "tickets"}),
    ({"prometheus_watchdog_url": "https://switch.example.org/k"}, {WATCHDOG: "watchdog", "severity=none": "nobody", "severity=page": "pages"}),
    ({}, {"severity=page": "pages", WATCHDOG: "nobody"}),
]


def alertmanager_file(settings):
    engine = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), trim_blocks=True)
    engine.filters["to_json"] = json.dumps
    return engine.get_template("alertmanager.yml.j2").render(yaml.safe_load((HERE / "defaults/main.yml").read_text()) | settings)


def alertmanager(folder):
    """The template with every kind of receiver: what amtool says of the file, and who gets what."""
    for settings, wanted in ROUTES:
        file = pathlib.Path(folder) / "alertmanager.yml"
        file.write_text(alertmanager_file(settings))
        runs = [["check-config", str(file)]] + [["config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}", *labels.split()] for labels, receiver in wanted.items()]
        for words in runs:
            run = subprocess.run(["amtool", *words], capture_output=True, text=True, check=False)
            if run.returncode:
                yield f"{settings}: amtool {' '.join(words)}: {run.stdout}{run.stderr}"


def matches(matchers, labels):
    """Alertmanager's matchers, of the two kinds that the template uses."""
    return all(re.fullmatch(value if regex else re.escape(value), labels.get(name, "")) for name, regex, value in (re.fullmatch(r'(\w+)=(~?)"(.*)"', one).groups() for one in matchers))


def inhibition(every):
    """A page for a budget silences every alert of the same budget over longer windows, and no other alert."""
    (rule,) = yaml.safe_load(alertmanager_file({}))["inhibit_rules"]
    for (path, name), alert in every.items():
        labels = {**alert.get("labels", {}), "alertname": name}
        burns_longer = path.name == "slo.yml" and name.startswith("BudgetBurns") and name != "BudgetBurnsFast"
        if matches(rule["target_matchers"], labels) != burns_longer:
            yield f"{path.relative_to(RULES)}: {name} {'is not silenced by a page for its budget' if burns_longer else 'would be silenced by a page'}"
    if not matches(rule["source_matchers"], {"alertname": "BudgetBurnsFast", "severity": "page"}):
        yield "a page silences nothing"


SETTINGS = [
    # scale, retention, seconds between scrapes, whether the role takes them
    ("production", "7d", 1, True), ("production", "1w", 2, True), ("production", "3d1h", 1, True), ("gameday", "2d", 1, True), ("gameday", "15m", "1", True),
    ("production", "2d", 1, False), ("production", "3d", 1, False), ("production", "7 days", 1, False), ("production", "7d", 3, False), ("gameday", "10m", 1, False),
]


def settings():
    """The first task of the role refuses what leaves rules without figures, and says what would be right."""
    first = yaml.safe_load((HERE / "tasks/main.yml").read_text())[0].get("ansible.builtin.assert", {"that": []})
    windows = yaml.safe_load((HERE / "vars/main.yml").read_text())["prometheus_longest_window"]
    longest = {name: max((window for burn in scale["burns"] for window in burn[2:4]), key=duration_seconds) for name, scale in slo_rules.SCALES.items()}
    if windows != longest:
        yield f"vars/main.yml says {windows}, slo_rules.py {longest}"
    engine = jinja2.Environment()
    engine.filters["duration_seconds"] = duration_seconds
    for scale, retention, seconds, right in SETTINGS:
        given = {"prometheus_slo_scale": scale, "prometheus_retention": retention, "prometheus_scrape_seconds": seconds, "prometheus_longest_window": windows}
        if all(engine.compile_expression(one)(**given) for one in first["that"]) != right:
            yield f"{given} is {'refused' if right else 'taken'}"
        if windows[scale] not in engine.from_string(first.get("fail_msg", "")).render(given):
            yield "the message does not say what would be right"


def checks():
    yield "the SLO rules are what slo_rules.py writes", subprocess.run([sys.executable, str(HERE / "slo_rules.py"), "--check"], capture_output=True, text=True, check=False).stdout
    checked = subprocess.run(["promtool", "check", "rules", *map(str, FILES)], capture_output=True, text=True, check=False)
    yield "promtool takes every rule", checked.stdout + checked.stderr if checked.returncode else ""
    cases = yaml.safe_load((HERE / "promtool/alerts.yml").read_text())
    # By file and name: both scales have alerts of the same name.
    every = {(path, name): rule for path in FILES for name, rule in alerts(path).items()}
    proven = {(path, case.get("alert", name)) for name, case in cases.items() if "times" in case for path in rules_of(case)}
    wrong = []
    for (path, name), rule in every.items():
        place = f"{path.relative_to(RULES)}: {name}"
        labels, notes = rule.get("labels", {}), rule.get("annotations", {})
        if labels.get("severity") not in ("page", "ticket", "none"):
            wrong.append(f"{place}: severity must be page, ticket or none")
        if labels.get("severity") == "page" and path.name != "slo.yml":
            wrong.append(f"{place}: only a burning budget pages")
        wrong += [f"{place}: no {note}" for note in ("summary", "runbook") if not notes.get(note)]
        if (path, name) not in proven and name != "Watchdog":
            wrong.append(f"{place}: no case in promtool/alerts.yml that fires it")
    wrong += [f"{name}: a case without an alert" for name, case in cases.items()
              if not any(re.fullmatch(case.get("alert", name), alert) and path in rules_of(case) for path, alert in every)]
    yield "every alert says how bad it is, what to do, and has a case", "\n".join(wrong)
    yield "a page for a budget silences what burns it over longer windows, and nothing else", "\n".join(inhibition(every))
    yield "the role refuses a retention and a scrape interval that leave rules without figures", "\n".join(settings())
    with tempfile.TemporaryDirectory() as folder:
        yield f"{len(cases)} cases of alerts are silent, fire, and are silent again", promtool(cases, folder)
        yield "Alertmanager takes its configuration with every kind of receiver, and routes as meant", "\n".join(alertmanager(folder))
        scores = yaml.safe_load((HERE / "promtool/scores.yml").read_text())
        yield f"{sum(len(case['scores']) for case in scores)} scores of resources are right", scored(scores, folder)
        wrong_score = [dict(scores[0], scores=[dict(scores[0]["scores"][0], score=0.5)])]
        yield "a wrong score is noticed", "" if scored(wrong_score, folder) else "promtool took it"
        planted = [{"times": ["21s", "50s", "30s"]}, {"silent": ["30s"]}, {"unknown": {"haproxy_server_status": "30s"}}]
        taken = [wrong for wrong in planted if not promtool({"BackendDown": {"series": cases["BackendDown"]["series"], **wrong}}, folder)]
        yield "wrong expectations are noticed", "\n".join(f"promtool took {wrong}" for wrong in taken)


def main():
    failed = 0
    for name, said in checks():
        failed += bool(said)
        print(f"{'FAILED' if said else 'passed'} {name}" + "".join(f"\n    {line}" for line in said.splitlines()[:60]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
