using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using static ChaosLab.Chaos.Reports.Block;

namespace ChaosLab.Chaos.Reports;

/// <summary>What a report of a game day says: every experiment in one table, then each in full.</summary>
public static class GameDayReport
{
    /// <summary>The report as blocks, computed from the record alone.</summary>
    public static IReadOnlyList<Block> Of(GameDayResult day)
    {
        var attempts = Attempts(day);
        return
        [
            new Heading(1, "Game day " + Wording.Of(day.StartedAt)),
            new Outcome(day.Verdict.Word(), Summary(day), day.Verdict.Tone()),
            new Paragraph(day.Verdict.Meaning()),
            new Table(
                ["experiment", "verdict", "why", "good since the fault", "p99 since the fault", "recovered in", "ledger"],
                [.. day.Experiments.Select(one => new Cell[]
                {
                    new(one.Id + (attempts[one.RunId] is var (n, of) && of > 1 ? $" ({n} of {of})" : ""), Link: one.RunId),
                    new(one.Verdict.Word(), one.Verdict.Tone()), one.Reason,
                    Wording.Success(one), Wording.P99(one), Wording.Recovery(one), Wording.Ledger(one.Ledger),
                })]),
            .. Incidents(day.Incidents),
            .. day.Notes.Count == 0 ? [] : new Block[] { new Heading(2, "Notes"), new Lines(day.Notes) },
            .. day.Experiments.SelectMany(one => ExperimentReport.Of(one, level: 2)),
        ];
    }

    private static IReadOnlyList<Block> Incidents(IReadOnlyList<IncidentResult>? incidents) => incidents switch
    {
        null => [],
        [] => [new Heading(2, "Incidents"), new Paragraph(Wording.Incidents(incidents))],
        _ =>
        [
            new Heading(2, "Incidents"),
            new Paragraph(Wording.Incidents(incidents)),
            new Table(
                ["called at", "drill", "fault", "alert", "about", "severity", "detected after", "acknowledged after", "resolved after", "what was said"],
                [.. incidents.Select(one => new Cell[]
                {
                    Wording.Of(one.Called), one.Experiment.Length > 0 ? new Cell(one.Experiment, Link: one.Experiment) : "–", one.Fault.Length > 0 ? one.Fault : "none", one.Alert, one.Service, one.Severity,
                    Wording.Of(one.Detected), one.Acknowledged is { } taken ? Wording.Of(taken) : "nobody took it",
                    one.Resolved is { } over ? Wording.Of(over) : new Cell("still open", Tone.Unsure), one.Summary,
                })]),
            new Paragraph("Detected: from the injection to the call. Acknowledged and resolved: from the call. A call within a minute after the undo still counts for its fault. Every event stands in incidents.jsonl."),
        ],
    };

    /// <summary>One sentence: how many of how many held.</summary>
    public static string Summary(GameDayResult day)
    {
        var last = day.Experiments.GroupBy(one => one.Id).Select(group => group.Last()).ToList();
        var held = last.Count(one => one.Verdict == Verdict.Held);
        var others = last.Where(one => one.Verdict != Verdict.Held).Select(one => $"{one.Id}: {one.Verdict.Word()}").ToList();
        return $"{held} of {last.Count} experiments held in {Wording.Of(day.Duration)}" + (others.Count == 0 ? "." : $"; {string.Join(", ", others)}.");
    }

    /// <summary>Which attempt of how many each run was, by run id. The last attempt is the one that counts.</summary>
    public static IReadOnlyDictionary<string, (int Attempt, int Of)> Attempts(GameDayResult day) =>
        day.Experiments.GroupBy(one => one.Id)
            .SelectMany(group => group.Select((one, index) => (one.RunId, index + 1, group.Count())))
            .ToDictionary(one => one.RunId, one => (one.Item2, one.Item3));
}
