using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Verdicts;

/// <summary>Judges expectations from the record of a run. Three-valued: whoever learned nothing says unknown.</summary>
internal static class Judge
{
    /// <summary>The hypothesis on the baseline. Fewer samples than a claim needs are enough here: it must only not be broken already.</summary>
    public static IReadOnlyList<ExpectationResult> SteadyState(Experiment experiment, IReadOnlyList<Sample> samples, TimeSpan until)
    {
        var record = new RunRecord { Samples = samples, Stretches = [new Stretch(WindowName.Baseline, TimeSpan.Zero, until)], End = until };
        return [.. experiment.Hypothesis.Select(line => Safely(line, "hypothesis", () => RequestJudge.Of(line, "hypothesis", WindowName.Baseline, record, leastSamples: 10)))];
    }

    /// <summary>Every line of the file.</summary>
    public static IReadOnlyList<ExpectationResult> All(Experiment experiment, RunRecord record) =>
    [
        .. experiment.Hypothesis.Select(line => Safely(line, "hypothesis", () => One(line, "hypothesis", record))),
        .. experiment.Expect.Select(line => Safely(line, "expect", () => One(line, "expect", record))),
    ];

    private static ExpectationResult One(Expectation line, string part, RunRecord record) => line switch
    {
        Expectation.Share share => RequestJudge.Of(line, part, share.Window, record, SampleNeed.Of(line)),
        Expectation.Latency latency => RequestJudge.Of(line, part, latency.Window, record, SampleNeed.Of(line)),
        Expectation.Number number => RequestJudge.Of(line, part, number.Window, record, SampleNeed.Of(line)),
        Expectation.TimeWithout time => OutageJudge.Of(time, part, record),
        Expectation.Recovery recovery => OfRecovery(recovery, part, record),
        Expectation.LedgerCount count => LedgerAnswer(line, part, count.Limit, record.Ledger, LinesOf(count.Question, record.Ledger)),
        Expectation.ClickTotals => LedgerAnswer(line, part, new Limit("=", 0, "exact"), record.Ledger, record.Ledger?.ClickMismatches),
        Expectation.BreakerOpens opens => TransitionJudge.BreakerOpens(opens, part, record),
        Expectation.BreakerCloses closes => TransitionJudge.BreakerCloses(closes, part, record),
        Expectation.BackendGoesDown down => TransitionJudge.BackendGoesDown(down, part, record),
        Expectation.BackendComesBack back => TransitionJudge.BackendComesBack(back, part, record),
        Expectation.Retries retries => OfRetries(retries, part, record),
        _ => throw new InvalidOperationException("closed set"),
    };

    private static ExpectationResult OfRecovery(Expectation.Recovery line, string part, RunRecord record)
    {
        var predicted = $"within {Units.Say(line.Within)}";
        var lastUndo = record.Faults.Max(fault => fault.End);
        if (lastUndo is null || record.Recoveries.Count == 0)
            return Answer(line, part, predicted, "no recovery window", Judgement.Unknown, "recovery", 0);
        var samples = record.Samples.Count(sample => sample.Intended >= lastUndo);
        var missing = record.Recoveries.Where(recovery => recovery.Sustained is null).Select(recovery => recovery.Step).ToList();
        if (missing.Count > 0)
        {
            // Not seen within the time it had: violated. Not watched for that long: unknown.
            var watchedLongEnough = samples > 0 && record.End - lastUndo >= line.Within + Recovery.SustainedFor;
            return Answer(line, part, predicted, $"{string.Join(", ", missing)}: not seen", watchedLongEnough ? Judgement.Violated : Judgement.Unknown, "recovery", samples);
        }

        var slowest = record.Recoveries.MaxBy(recovery => recovery.Sustained)!;
        return Answer(line, part, predicted, $"{Units.Say(slowest.Sustained!.Value)} ({slowest.Step})",
            slowest.Sustained <= line.Within ? Judgement.Met : Judgement.Violated, "recovery", samples);
    }

    private static IReadOnlyList<string>? LinesOf(LedgerQuestion question, LedgerResult? ledger) => question switch
    {
        LedgerQuestion.Lost => ledger?.Lost,
        LedgerQuestion.Changed => ledger?.Changed,
        LedgerQuestion.Doubled => ledger?.Doubled,
        LedgerQuestion.Phantom => ledger?.Phantom,
        _ => ledger?.Stale,
    };

    private static ExpectationResult LedgerAnswer(Expectation line, string part, Limit limit, LedgerResult? ledger, IReadOnlyList<string>? found)
    {
        if (ledger is null || found is null || ledger.Error.Length > 0)
            return Answer(line, part, limit.Text, ledger?.Error is { Length: > 0 } error ? error : "the ledger was not read back", Judgement.Unknown, "run", 0);
        var says = found.Count == 0 ? "0" : $"{found.Count}: {string.Join("; ", found.Take(3))}{(found.Count > 3 ? " …" : "")}";
        // What was found stands even if something else could not be read; that nothing was found does not.
        if (!limit.IsMetBy(found.Count))
            return Answer(line, part, limit.Text, says, Judgement.Violated, "run", ledger.Acknowledged);
        if (ledger.NeverRead > 0 || ledger.Acknowledged == 0)
            return Answer(line, part, limit.Text, ledger.Acknowledged == 0 ? "nothing was acknowledged" : $"{ledger.NeverRead} could not be read back", Judgement.Unknown, "run", ledger.Acknowledged);
        return Answer(line, part, limit.Text, says, Judgement.Met, "run", ledger.Acknowledged);
    }

    private static ExpectationResult OfRetries(Expectation.Retries line, string part, RunRecord record)
    {
        var injected = record.Faults.Min(fault => fault.Start);
        var before = record.Retries.Where(reading => reading.At < injected).ToList();
        var after = record.Retries.Where(reading => reading.At >= injected).ToList();
        if (before.Count == 0 || after.Count == 0 || after[^1].Retries < before[^1].Retries)
            return Answer(line, part, line.Limit.Text, "the balancer's counters could not be followed", Judgement.Unknown, "since fault", after.Count);
        var retries = after[^1].Retries - before[^1].Retries;
        return Answer(line, part, line.Limit.Text, $"{retries}", line.Limit.IsMetBy(retries) ? Judgement.Met : Judgement.Violated, "since fault", after.Count);
    }

    internal static ExpectationResult Answer(
        Expectation line, string part, string predicted, string measured, Judgement judgement, string window, long samples, string? interval = null, string? baseline = null) =>
        new(line.Text, part, predicted, measured, judgement, window, samples, interval, baseline, line.Line);

    // A checker that crashed has learned nothing.
    private static ExpectationResult Safely(Expectation line, string part, Func<ExpectationResult> judge)
    {
        try
        {
            return judge();
        }
        catch (Exception crash)
        {
            return Answer(line, part, "", string.Create(CultureInfo.InvariantCulture, $"the check itself failed: {crash.Message}"), Judgement.Unknown, "run", 0);
        }
    }
}
