using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using static ChaosLab.Chaos.Reports.Block;

namespace ChaosLab.Chaos.Reports;

/// <summary>What a report of one experiment says, in the order a reader asks: did it hold, why, what was done, how do we know.</summary>
public static class ExperimentReport
{
    /// <summary>The report as blocks, computed from the record alone.</summary>
    /// <param name="result">The record of the run.</param>
    /// <param name="level">Level of its title, 1 on a page of its own and 2 in a game day.</param>
    public static IReadOnlyList<Block> Of(ExperimentResult result, int level = 1)
    {
        List<Block> blocks =
        [
            new Heading(level, result.Title, result.RunId),
            new Outcome(result.Verdict.Word(), result.Reason, result.Verdict.Tone()),
            new Paragraph(result.Verdict.Meaning()),
            .. Section("Predicted and measured", Expectations(result)),
            .. Section("Course of the run", result.Timeline.Count == 0 ? [] : [new Picture(Timeline.Of(result))]),
            .. Section("Faults and their evidence", Faults(result)),
            .. Section("Visitors, window by window", Windows(result)),
            .. Section("Slowest and failed requests", Requests(result)),
            .. Section("Recovery", Recovery(result)),
            .. Section("Ledger of links", Ledger(result.Ledger)),
            .. Section("Can the load be believed?", Validity(result.Validity)),
            .. Section("Breakers and backends", Transitions(result)),
            .. Section("Notes", result.Notes.Count == 0 ? [] : [new Lines(result.Notes)]),
            .. Section("The run", Run(result)),
        ];
        return blocks;

        IEnumerable<Block> Section(string title, IReadOnlyList<Block> content) =>
            content.Count == 0 ? [] : [new Heading(level + 1, title), .. content];
    }

    private static IReadOnlyList<Block> Expectations(ExperimentResult result) => result.Expectations.Count == 0 ? [] :
    [
        new Table(
            ["", "claim", "where", "predicted", "measured", "95 % interval", "baseline", "samples", "line"],
            [.. result.Expectations.Select(one => new Cell[]
            {
                Judged(one.Judgement), one.Text, one.Window, one.Predicted, one.Measured, one.Interval ?? "–", one.Baseline ?? "–",
                Wording.Of(one.Samples), one.Line.ToString(CultureInfo.InvariantCulture),
            })]),
    ];

    private static Cell Judged(Judgement judgement) => judgement switch
    {
        Judgement.Met => new("met", Tone.Good),
        Judgement.Violated => new("violated", Tone.Bad),
        _ => new("unknown", Tone.Unsure),
    };

    private static IReadOnlyList<Block> Faults(ExperimentResult result)
    {
        if (result.Faults.Count == 0) return [];
        var wrong = result.Faults.Where(fault => fault.Error.Length > 0 || fault.Difference.Length > 0).Select(fault =>
            $"{fault.Id}: {string.Join("; ", new[] { fault.Error, fault.Difference }.Where(text => text.Length > 0))}").ToList();
        Table table = new(
            ["fault", "host", "dose", "from", "to", "it bit", "before", "during", "undone", "as before"],
            [.. result.Faults.Select(fault => new Cell[]
            {
                $"{fault.Id} {fault.Kind}", fault.Host, fault.Dose, Wording.At(fault.Start), Wording.At(fault.End),
                fault.EvidenceSeen ? new Cell("yes", Tone.Good) : new("no evidence", Tone.Unsure),
                fault.EvidenceBefore, fault.EvidenceDuring,
                new(fault.Undo, fault.Undone ? Tone.Plain : Tone.Bad),
                fault.Attested ? new Cell("yes", Tone.Good) : new("no", Tone.Bad),
            })]);
        return wrong.Count == 0 ? [table] : [table, new Lines(wrong)];
    }

    private static IReadOnlyList<Block> Windows(ExperimentResult result) => result.Windows.Count == 0 ? [] :
    [
        new Table(
            ["window", "from – to", "request", "count", "per second", "good", "95 % interval", "failed", "p50", "p95", "p99", "max", "service p50", "service p99"],
            [.. result.Windows.SelectMany(window => window.Steps.Select(step => new Cell[]
            {
                window.Name, $"{Wording.At(window.Start)} – {Wording.At(window.End)}", step.Step, Wording.Of(step.Requests),
                Wording.Rate(step.PerSecond), Wording.Share(step.Ok, step.Requests),
                step.Requests == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{step.SuccessLow * 100:0.00} – {step.SuccessHigh * 100:0.00} %"),
                step.Failed == 0 ? "0" : new Cell($"{Wording.Of(step.Failed)} ({FailedBy(step)})", Tone.Bad),
                Wording.Of(step.P50), Wording.Of(step.P95), Wording.Of(step.P99), Wording.Of(step.Max),
                Wording.Of(step.ServiceP50), Wording.Of(step.ServiceP99),
            }))]),
        new Paragraph("Percentiles are of the response time: from the moment a visitor meant to start, not from when the request got its turn. Service time counts from the actual start. A request belongs to the window it was due in."),
    ];

    private static string FailedBy(StepFigures step) =>
        string.Join(", ", step.Statuses.Where(status => !IsGood(status.Key)).OrderByDescending(status => status.Value).Take(4)
            .Select(status => $"{Named(status.Key)}: {status.Value}"));

    // A plain 2xx or 3xx; a good status with a wrong answer has a longer code, such as 302-wrong-location.
    private static bool IsGood(string status) => status is ['2' or '3', _, _];

    private static string Named(string status) => status switch { "-100" => "timeout", "-101" => "no connection", _ => status };

    private static IReadOnlyList<Block> Requests(ExperimentResult result)
    {
        if (result.Requests.Count == 0) return [];
        return
        [
            .. Rows("Slowest good ones", result.Requests.SelectMany(step => step.Slowest.Select(one => (step.Step, one)))),
            .. Rows("Failed ones, the first of each status among them", result.Requests.SelectMany(step => step.Failed.Select(one => (step.Step, one)))),
            new Paragraph("What the services said of one of them: ./lab logs --run RUN --trace TRACE. A trace receiver that the services export to finds it by the same id."),
        ];

        static IEnumerable<Block> Rows(string title, IEnumerable<(string Step, RequestResult One)> requests)
        {
            var rows = requests.Select(request => new Cell[]
            {
                request.Step, Wording.At(request.One.Intended), Wording.Of(request.One.Response), Wording.Of(request.One.Service),
                Named(request.One.Status), request.One.Path, request.One.TraceId, request.One.Message,
            }).ToList();
            if (rows.Count == 0) yield break;
            yield return new Paragraph(title + ":");
            yield return new Table(["request", "due at", "response", "service", "status", "path", "trace", "message"], rows);
        }
    }

    private static IReadOnlyList<Block> Recovery(ExperimentResult result) => result.Recoveries.Count == 0 ? [] :
    [
        new Table(
            ["request", "failures since the fault", "first good answer after the undo", "sustained", "outage (RTO)", "overshoot of rate", "overshoot of p99"],
            [.. result.Recoveries.Select(one => new Cell[]
            {
                one.Step, Wording.Of(one.FailuresSinceFault), Wording.Of(one.FirstGood),
                one.Sustained is null ? new Cell("not seen", Tone.Bad) : Wording.Of(one.Sustained),
                Wording.Of(one.OutageFor), Times(one.OvershootRate), Times(one.OvershootP99),
            })]),
    ];

    private static string Times(double? factor) => factor is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.00} ×") : "–";

    private static IReadOnlyList<Block> Ledger(LedgerResult? ledger)
    {
        if (ledger is null) return [];
        var read = new Paragraph($"Creates: {Wording.Of(ledger.Acknowledged)} acknowledged, {Wording.Of(ledger.Refused)} refused, {Wording.Of(ledger.Unknown)} unknown. " +
            "Read back from every instance, past every cache, after everything was healed.");
        if (ledger.Error.Length > 0) return [read, new Outcome("not judged", ledger.Error, Tone.Unsure)];
        var rules = Wording.LedgerFindings(ledger);
        var table = new Table(["rule", "broken when", "found"],
        [
            .. rules.Select(rule => new Cell[]
            {
                rule.Rule, rule.Means, new(Wording.Of(rule.Found.Count), rule.Found.Count == 0 ? Tone.Good : Tone.Bad),
            }),
            [new Cell("click totals"), "clicks outside what visitors saw; a promise only where the file expects exact totals", Wording.Of(ledger.ClickMismatches.Count)],
            [new Cell("never read"), "could not be read back: nothing is known of it", new(Wording.Of(ledger.NeverRead), ledger.NeverRead == 0 ? Tone.Good : Tone.Unsure)],
        ]);
        List<string> found = [.. rules.SelectMany(rule => rule.Found.Take(20).Select(line => $"{rule.Rule}: {line}"))];
        return found.Count == 0 ? [read, table] : [read, table, new Lines(found)];
    }

    private static IReadOnlyList<Block> Validity(LoadValidity? validity) => validity is null ? [] :
    [
        new Outcome(validity.Verdict, validity.Reasons.Count == 0 ? "The generator kept to its plan." : string.Join("; ", validity.Reasons), validity.Verdict switch
        {
            "valid" => Tone.Good,
            "degraded" => Tone.Unsure,
            _ => Tone.Bad,
        }),
        new Table(["planned", "delivered", "undelivered", "lateness p99", "generator's CPU", "longest stall"],
        [
            [
                Wording.Of(validity.Planned), Wording.Of(validity.Delivered), Wording.Of(validity.Undelivered), Wording.Of(validity.LatenessP99),
                string.Create(CultureInfo.InvariantCulture, $"{validity.GeneratorCpuShare * 100:0} % of a core"), Wording.Of(validity.LongestStall),
            ],
        ]),
    ];

    private static IReadOnlyList<Block> Transitions(ExperimentResult result) => result.Transitions.Count == 0 ? [] :
    [
        new Table(["at", "what", "from", "to"],
            [.. result.Transitions.OrderBy(one => one.At).Select(one => new Cell[]
            {
                Wording.At(one.At), string.Join(' ', new[] { one.Kind, one.Host, one.Part }.Where(part => part.Length > 0)), one.From, one.To,
            })]),
    ];

    private static IReadOnlyList<Block> Run(ExperimentResult result) =>
    [
        new Table(["", ""],
        [
            .. new (string, string)[]
            {
                ("run", result.RunId), ("file", result.File), ("load", result.Load), ("topology", result.Topology),
                ("switched off", result.Without.Count == 0 ? "nothing" : string.Join(", ", result.Without)),
                ("relies on", result.ReliesOn.Count == 0 ? "–" : string.Join(", ", result.ReliesOn)),
                ("started", Wording.Of(result.StartedAt)), ("took", Wording.Of(result.Duration)),
                ("seed", result.Seed.ToString(CultureInfo.InvariantCulture)),
                ("exit code", result.Verdict.ExitCode().ToString(CultureInfo.InvariantCulture)), ("folder", result.Folder.Length == 0 ? "–" : result.Folder),
            }.Select(pair => new Cell[] { pair.Item1, pair.Item2 }),
        ]),
        new Paragraph("Repeat it:"),
        new Verbatim(Wording.CommandLine(result)),
    ];
}
