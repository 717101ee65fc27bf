"""Writes the burn-rate rules of every SLO in two time scales: files/rules/{gameday,production}/slo.yml.

`slo_rules.py` writes, `slo_rules.py --check` ends 1 when a file is not what would be written.
Factors and windows: Google's SRE workbook, chapter 5; the game-day scale keeps the factors on windows of seconds.
"""
import pathlib
import sys
import textwrap

METRIC = "http_server_request_duration_seconds"


def requests(route, bad):
    def rate(part, more, window):
        return f'sum(rate({METRIC}{part}{{http_route="{route}"{more}}}[{window}]))'
    if bad == "slow":
        return lambda w: (rate("_count", "", w) + "\n            - " + rate("_bucket", ',le="0.05"', w), rate("_count", "", w))
    return lambda w: (rate("_count", ',http_response_status_code=~"5..|429"', w), rate("_count", "", w))


def entry(window):
    every = f'sum(rate(haproxy_frontend_http_responses_total{{proxy="public"}}[{window}]))'
    return every.replace('"public"', '"public",code="5xx"'), every


# name: share that may go wrong, service, (bad, all) per window
SLOS = {
    "redirect-availability": (0.001, "shortener", requests("/{code}", "failed")),
    "redirect-latency": (0.01, "shortener", requests("/{code}", "slow")),
    "create-availability": (0.005, "shortener", requests("/api/links", "failed")),
    "entry-availability": (0.001, "balancer", entry),
}
# alert: severity, long window, short window, factor, least requests in the long window
SCALES = {
    "gameday": {"interval": "1s", "keep": "10s", "burns": [
        ("BudgetBurnsFast", "page", "60s", "10s", 14.4, 100),
        ("BudgetBurns", "page", "3m", "30s", 6, 300),
        ("BudgetBurnsSlowly", "ticket", "10m", "1m", 3, 1000)], "volume": ("10s", "30s", "40s", "5s")},
    "production": {"interval": "15s", "keep": "2m", "burns": [
        ("BudgetBurnsFast", "page", "1h", "5m", 14.4, 1000),
        ("BudgetBurns", "page", "6h", "30m", 6, 5000),
        ("BudgetBurnsSlowly", "ticket", "1d", "2h", 3, 10000),
        ("BudgetBurnsVerySlowly", "ticket", "3d", "6h", 1, 10000)], "volume": ("5m", "1h", "10m", "5m")},
}
RUNBOOK = {
    "page": "Overview board: which SLO, since when, which fault or deploy began then. Roll a deploy of that minute back; drain the instance that stands out on Traffic; "
            "when creates fail alone, look at the primary on Database.",
    "ticket": "Nothing burns now, but the budget will not last. Compare Traffic with the day before, and take what changed last back.",
}


def folded(words):
    return textwrap.fill(words, 150, subsequent_indent=" " * 12)


def rule(lines, **keys):
    for at, (key, value) in enumerate(keys.items()):
        lines.append(f"      {'- ' if at == 0 else '  '}{key}:{'' if value.startswith(chr(10)) else ' '}{value}")


def text(name):
    scale = SCALES[name]
    lines = [f"# Written by slo_rules.py for the {name} scale: change it there.", "groups:", "  - name: sli", f"    interval: {scale['interval']}", "    rules:"]
    windows = list(dict.fromkeys(w for burn in scale["burns"] for w in burn[2:4]))
    for slo, (budget, service, sli) in SLOS.items():
        labels = f"{{slo: {slo}, service: {service}}}"
        rule(lines, record="slo:budget:ratio", labels=labels, expr=f"vector({budget})")
        for window in windows:
            bad, every = sli(window)
            rule(lines, record=f"slo:sli_error:ratio_rate{window}", labels=labels, expr=f"|\n          (({bad})\n            or 0 * {every})\n          / ({every} > 0)")
        for _, _, long, _, _, _ in scale["burns"]:
            rule(lines, record=f"slo:requests:increase{long}", labels=labels, expr=sli(long)[1].replace("rate(", "increase("))
    lines += ["  - name: slo", f"    interval: {scale['interval']}", "    rules:"]
    for alert, severity, long, short, factor, least in scale["burns"]:
        budget = f"{factor} * slo:budget:ratio"
        rule(lines, alert=alert, expr=f"|\n          slo:sli_error:ratio_rate{long} > {budget}\n          and slo:sli_error:ratio_rate{short} > {budget}\n"
                                      f"          and slo:requests:increase{long} > {least}",
             labels=f"{{severity: {severity}}}",
             annotations="\n          summary: \"{{ $labels.slo }}: {{ $value | humanizePercentage }} went wrong in " + f"{long}, {factor} times what the budget allows\"\n"
                         f"          runbook: >-\n            {folded(RUNBOOK[severity])}")
    now, before, ago, wait = scale["volume"]
    lines += ["  - name: volume", f"    interval: {scale['interval']}", "    rules:"]
    rule(lines, record=f"service:requests:rate{now}", expr=f"sum by (service) (rate(http_server_request_duration_seconds_count[{now}]))")
    steady = f"min_over_time(service:requests:rate{now}[{before}] offset {ago}) > 5"
    usual = f"avg_over_time(service:requests:rate{now}[{before}] offset {ago})"
    # A load that was taken away on purpose is no drop: the runner says when it is on.
    quiet = "unless on () max(lab_load_active) == 0"
    rule(lines, alert="VolumeSpike", expr=f"|\n          service:requests:rate{now} > 3 * {usual}\n          and {steady}", **{"for": wait},
         labels="{severity: ticket}", annotations="\n          summary: \"{{ $labels.service }}: more than three times the usual requests ({{ $value | humanize }}/s)\"\n"
         "          runbook: >-\n            " + folded("Traffic board: which route. A retry storm shows as retries on Balancer; a campaign or an attack as creates or unknown codes: "
                              "limit creates with RateLimit__CreatesPerSecond."))
    rule(lines, alert="VolumeDrop", expr=f"|\n          (service:requests:rate{now} < {usual} / 3\n          and {steady})\n          {quiet}", **{"for": wait},
         labels="{severity: ticket}", annotations="\n          summary: \"{{ $labels.service }}: less than a third of the usual requests ({{ $value | humanize }}/s)\"\n"
         "          runbook: >-\n            " + folded("Visitors do not get here. Compare the balancer's requests with the outside view on Overview: name, address, certificate, network before it."))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def main():
    wrong = 0
    for name in SCALES:
        path = pathlib.Path(__file__).parent / "files/rules" / name / "slo.yml"
        if "--check" in sys.argv:
            if path.read_text() != text(name):
                print(f"{path} is not what slo_rules.py writes: run it")
                wrong = 1
        else:
            path.write_text(text(name))
    return wrong


if __name__ == "__main__":
    sys.exit(main())
