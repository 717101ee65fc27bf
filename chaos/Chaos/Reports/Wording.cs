using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Reports;

/// <summary>Numbers as people read them, the same in every report and on the screen.</summary>
public static class Wording
{
    /// <summary>A duration with three significant digits: <c>0.42 ms</c>, <c>12.3 ms</c>, <c>1.25 s</c>, <c>2 min 5 s</c>.</summary>
    public static string Of(TimeSpan duration)
    {
        var ms = duration.TotalMilliseconds;
        return Math.Abs(ms) switch
        {
            0 => "0 s",
            < 10 => Text($"{ms:0.00} ms"),
            < 100 => Text($"{ms:0.0} ms"),
            < 1000 => Text($"{ms:0} ms"),
            < 10_000 => Text($"{ms / 1000:0.00} s"),
            < 120_000 => Text($"{ms / 1000:0.0} s"),
            _ => Text($"{Math.Floor(duration.TotalMinutes):0} min {duration.Seconds} s"),
        };
    }

    /// <summary>A duration, or a dash when there is none.</summary>
    public static string Of(TimeSpan? duration) => duration is { } known ? Of(known) : "–";

    /// <summary>A point on the timeline: <c>20.1 s</c>.</summary>
    public static string At(TimeSpan? offset) => offset is { } known ? Text($"{known.TotalSeconds:0.0} s") : "–";

    /// <summary>A share (0 to 1) in percent; only a share that is whole is shown as 100 %.</summary>
    public static string Share(long part, long whole)
    {
        if (whole == 0) return "–";
        if (part == whole) return "100 %";
        // Rounding must not hide a failure.
        var percent = Math.Min(99.999, 100.0 * part / whole);
        return percent >= 99.9 ? Text($"{Math.Floor(percent * 1000) / 1000:0.000} %") : Text($"{percent:0.00} %");
    }

    /// <summary>A whole number with thin groups: <c>12 345</c>.</summary>
    public static string Of(long count) => count.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>A rate: <c>298.4 /s</c>.</summary>
    public static string Rate(double perSecond) => Text($"{perSecond:0.0} /s");

    /// <summary>A moment: <c>2026-11-29 14:05:09 UTC</c>.</summary>
    public static string Of(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Good answers since the first fault, per kind of request: <c>redirect 99.98 %, create 100 %</c>.</summary>
    public static string Success(ExperimentResult result) =>
        PerStep(result, step => $"{step.Step} {Share(step.Ok, step.Requests)}");

    /// <summary>99th percentile since the first fault, per kind of request.</summary>
    public static string P99(ExperimentResult result) => PerStep(result, step => $"{step.Step} {Of(step.P99)}");

    /// <summary>The longest sustained recovery of all streams.</summary>
    public static string Recovery(ExperimentResult result) => result.Recoveries switch
    {
        [] => "–",
        var all when all.Any(one => one.Sustained is null) => "not seen",
        var all => Of(all.Max(one => one.Sustained!.Value)),
    };

    /// <summary>What the ledger says, in a few words.</summary>
    public static string Ledger(LedgerResult? ledger) => ledger switch
    {
        null => "–",
        { Error.Length: > 0 } => "not judged",
        _ when LedgerFindings(ledger).Sum(rule => rule.Found.Count) is > 0 and var found => found == 1 ? "1 finding" : $"{found} findings",
        { NeverRead: > 0 } => $"{ledger.NeverRead} never read",
        _ => $"{Of(ledger.Acknowledged)} kept",
    };

    /// <summary>What the person on duty was called for, in one sentence.</summary>
    public static string Incidents(IReadOnlyList<IncidentResult> incidents)
    {
        if (incidents.Count == 0) return "Nobody was called.";
        var detected = incidents.Select(one => one.Detected).OfType<TimeSpan>().ToList();
        var open = incidents.Count(one => one.Resolved is null);
        return $"{incidents.Count} {(incidents.Count == 1 ? "incident" : "incidents")}, {detected.Count} of a fault" +
            (detected.Count == 0 ? "" : $" (detected after {Of(detected.Min())} to {Of(detected.Max())})") +
            $"; {incidents.Count(one => one.Acknowledged is not null)} acknowledged" + (open == 0 ? "." : $", {open} still open at the end.");
    }

    /// <summary>
    /// The rules of the ledger with what broke them. Click totals are not among them: a killed process rightly loses the clicks
    /// it had not stored yet, and an experiment that promises exact totals says so in its file.
    /// </summary>
    public static IReadOnlyList<(string Rule, string Means, IReadOnlyList<string> Found)> LedgerFindings(LedgerResult ledger) =>
    [
        ("lost", "acknowledged, not there", ledger.Lost),
        ("changed", "acknowledged, other target", ledger.Changed),
        ("doubled", "two URLs on one code, or two codes for one key", ledger.Doubled),
        ("phantom", "refused, but there", ledger.Phantom),
        ("stale", "deleted, still served", ledger.Stale),
    ];

    /// <summary>How a verdict is to be taken.</summary>
    public static Tone Tone(this Verdict verdict) => verdict switch
    {
        Verdict.Held => Reports.Tone.Good,
        Verdict.Inconclusive or Verdict.NotRun => Reports.Tone.Unsure,
        _ => Reports.Tone.Bad,
    };

    /// <summary>What a verdict means, for someone who sees it for the first time.</summary>
    public static string Meaning(this Verdict verdict) => verdict switch
    {
        Verdict.Held => "Every fault bit, everything was measured, every expectation was met.",
        Verdict.Weakness => "An expectation was violated.",
        Verdict.Inconclusive => "Nothing can be concluded: a fault left no evidence, the load was not valid, or something could not be measured.",
        Verdict.NotRun => "Nothing was injected.",
        Verdict.Aborted => "It was stopped, and what had been broken was healed.",
        _ => "Something could not be put back as it was. Look at it before anything else runs: ./lab restore",
    };

    /// <summary>The command line that repeats a run, with its seed.</summary>
    public static string CommandLine(ExperimentResult result) =>
        $"./lab run {Quoted(result.File)} --seed {result.Seed}" + string.Concat(result.Without.Select(word => " --without " + word));

    private static string PerStep(ExperimentResult result, Func<StepFigures, string> say)
    {
        var window = result.Windows.FirstOrDefault(one => one.Name == "since fault") ?? (result.Windows is [.., var last] ? last : null);
        return window is null or { Steps: [] } ? "–" : string.Join(", ", window.Steps.Select(say));
    }

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+=,:@".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
