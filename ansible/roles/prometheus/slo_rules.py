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
        # Never 0 for want of the bucket: a bound that the shortener does not have must not read as "nobody waited".
        return counted(lambda w: rate("_count", "", w) + "\n            - " + rate("_bucket", ',le="0.05"', w), lambda w: rate("_count", "", w), zero=False)
    return counted(lambda w: rate("_count", ',http_response_status_code=~"5..|429"', w), lambda w: rate("_count", "", w))


def entry():
    every = 'sum(rate(haproxy_frontend_http_responses_total{{proxy="public"{}}}[{}]))'
    return counted(lambda w: every.format(',code="5xx"', w), lambda w: every.format("", w))


def counted(bad, every, zero=True):
    """What servers count: share that went bad, and the requests where they are more than `least`. `zero`: none that went bad need never have been counted."""
    def ratio(window):
        return f"|\n          (({bad(window)})" + (f"\n            or 0 * {every(window)}" if zero else "") + f")\n          / ({every(window)} > 0)"
    return ratio, lambda window, least: every(window).replace("rate(", "increase(") + f" > {least['requests']}"


def outside():
    """What no server counts: whoever gets no answer at all. Seen by the probers, each asking about once a second, so that one lost probe is none of the budget."""
    # Of all probes and not the mean of the probers: one that has just begun would weigh as much as one that has asked for hours.
    return (lambda window: f"1 - sum(sum_over_time(probe_success[{window}])) / sum(count_over_time(probe_success[{window}]))",
            lambda window, least: f"max(count_over_time(probe_success[{window}])) > {least['probes']}")


# name: share that may go wrong, service, (share that went wrong, what was seen where it is enough to judge by) per window
SLOS = {
    "redirect-availability": (0.001, "shortener", requests("/{code}", "failed")),
    "redirect-latency": (0.01, "shortener", requests("/{code}", "slow")),
    "create-availability": (0.005, "shortener", requests("/api/links", "failed")),
    "entry-availability": (0.001, "balancer", entry()),
    # A journey creates a link: it cannot promise more than creates do.
    "outside-availability": (0.005, "outside", outside()),
}
# alert: severity, long window, short window, factor, least requests and least probes of a prober in the long window.
# So few probes that one of them would burn are none: 1 / least must stay below factor times budget.
SCALES = {
    "gameday": {"interval": "1s", "burns": [
        ("BudgetBurnsFast", "page", "60s", "10s", 14.4, {"requests": 100, "probes": 20}),
        ("BudgetBurns", "page", "3m", "30s", 6, {"requests": 300, "probes": 60}),
        ("BudgetBurnsSlowly", "ticket", "10m", "1m", 3, {"requests": 1000, "probes": 200})],
        # In a drill it is the runner that comes and goes: only while its load is on, and for a spike has been on since the usual was measured.
        "volume": ("10s", "30s", "40s", "5s", {"VolumeSpike": "min_over_time(max(lab_load_active)[70s:1s]) == 1", "VolumeDrop": "max(lab_load_active) == 1"})},
    "production": {"interval": "15s", "burns": [
        ("BudgetBurnsFast", "page", "1h", "5m", 14.4, {"requests": 1000, "probes": 100}),
        ("BudgetBurns", "page", "6h", "30m", 6, {"requests": 5000, "probes": 300}),
        ("BudgetBurnsSlowly", "ticket", "1d", "2h", 3, {"requests": 10000, "probes": 1000}),
        ("BudgetBurnsVerySlowly", "ticket", "3d", "6h", 1, {"requests": 10000, "probes": 3000})], "volume": ("5m", "1h", "10m", "5m", {})},
}
RUNBOOK = {
    "page": "Overview board: which SLO, since when, which fault or deploy began then. Roll a deploy of that minute back; drain the instance that stands out on Traffic; "
            "when creates fail alone, look at the primary on Database. When outside-availability burns alone, visitors do not get as far as the balancer: address, name, "
            "certificate, network.",
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
    for slo, (budget, service, (ratio, enough)) in SLOS.items():
        labels = f"{{slo: {slo}, service: {service}}}"
        rule(lines, record="slo:budget:ratio", labels=labels, expr=f"vector({budget})")
        for window in windows:
            rule(lines, record=f"slo:sli_error:ratio_rate{window}", labels=labels, expr=ratio(window))
        for _, _, long, _, _, least in scale["burns"]:
            rule(lines, record=f"slo:seen:enough{long}", labels=labels, expr=enough(long, least))
    lines += ["  - name: slo", f"    interval: {scale['interval']}", "    rules:"]
    for alert, severity, long, short, factor, _ in scale["burns"]:
        budget = f"{factor} * slo:budget:ratio"
        rule(lines, alert=alert, expr=f"|\n          slo:sli_error:ratio_rate{long} > {budget}\n          and slo:sli_error:ratio_rate{short} > {budget}\n"
                                      f"          and slo:seen:enough{long}",
             labels=f"{{severity: {severity}}}",
             annotations="\n          summary: \"{{ $labels.slo }}: {{ $value | humanizePercentage }} went wrong in " + f"{long}, {factor} times what the budget allows\"\n"
                         f"          runbook: >-\n            {folded(RUNBOOK[severity])}")
    now, before, ago, wait, guards = scale["volume"]
    lines += ["  - name: volume", f"    interval: {scale['interval']}", "    rules:"]
    rule(lines, record=f"service:requests:rate{now}", expr=f"sum by (service) (rate(http_server_request_duration_seconds_count[{now}]))")
    steady = f"min_over_time(service:requests:rate{now}[{before}] offset {ago}) > 5"
    usual = f"avg_over_time(service:requests:rate{now}[{before}] offset {ago})"
    for alert, odd, says, runbook in (
            ("VolumeSpike", f"> 3 * {usual}", "more than three times", "Traffic board: which route. A retry storm shows as retries on Balancer; a campaign or an attack as creates or unknown codes: "
             "limit creates with RateLimit__CreatesPerSecond."),
            ("VolumeDrop", f"< {usual} / 3", "less than a third of", "Visitors do not get here. Compare the balancer's requests with the outside view on Overview: name, address, certificate, network before it.")):
        guard = f"\n          and on () {guards[alert]}" if alert in guards else ""
        rule(lines, alert=alert, expr=f"|\n          service:requests:rate{now} {odd}\n          and {steady}{guard}", **{"for": wait}, labels="{severity: ticket}",
             annotations=f"\n          summary: \"{{{{ $labels.service }}}}: {says} the usual requests ({{{{ $value | humanize }}}}/s)\"\n          runbook: >-\n            " + folded(runbook))
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
