using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Verdicts;

/// <summary>What a verdict rests on.</summary>
internal sealed record RunFacts
{
    /// <summary>Why nothing was injected; null when something was.</summary>
    public string? NotRun { get; init; }
    /// <summary>Who or what stopped the run; null when nobody did.</summary>
    public string? Aborted { get; init; }
    /// <summary>Why the load proves nothing (invalid, below plan, broken off); null when it does.</summary>
    public string? LoadProblem { get; init; }
    public IReadOnlyList<FaultResult> Faults { get; init; } = [];
    public IReadOnlyList<ExpectationResult> Expectations { get; init; } = [];
}

/// <summary>The verdict, in one fixed order: the health of the target first, then whether anything was learned, then what.</summary>
internal static class VerdictRule
{
    public static (Verdict Verdict, string Reason) Decide(RunFacts facts)
    {
        if (facts.Faults.FirstOrDefault(fault => fault.Start is not null && !fault.Undone) is { } notUndone)
            return (Verdict.UndoFailed, $"{notUndone.Kind} on {notUndone.Host} could not be undone: {notUndone.Undo}");
        if (facts.Faults.FirstOrDefault(fault => fault.Start is not null && !fault.Attested) is { } different)
            return (Verdict.UndoFailed, $"{different.Host} differs from before {different.Kind}: {different.Difference}");
        if (facts.Aborted is { } stopped)
            return (Verdict.Aborted, stopped);
        if (facts.NotRun is { } notRun)
            return (Verdict.NotRun, notRun);
        if (facts.Faults.Count == 0)
            return (Verdict.NotRun, "nothing was injected");
        if (facts.Faults.FirstOrDefault(fault => fault.Error.Length > 0) is { } broken)
            return (Verdict.Inconclusive, $"{broken.Kind} on {broken.Host}: {broken.Error}");
        if (facts.Faults.FirstOrDefault(fault => !fault.EvidenceSeen) is { } unproven)
            return (Verdict.Inconclusive, $"no evidence that {unproven.Kind} on {unproven.Host} did anything ({unproven.EvidenceDuring})");
        if (facts.LoadProblem is { } load)
            return (Verdict.Inconclusive, load);
        if (First(Judgement.Violated) is { } violated)
            return (Verdict.Weakness, $"{violated.Text}: measured {violated.Measured}{(violated.Window is "run" ? "" : $" ({violated.Window})")}");
        if (First(Judgement.Unknown) is { } unknown)
            return (Verdict.Inconclusive, $"{unknown.Text}: could not be judged, {unknown.Measured}");
        if (facts.Expectations.Count == 0)
            return (Verdict.Inconclusive, "nothing was expected, so nothing was learned");
        return (Verdict.Held, $"{facts.Expectations.Count} of {facts.Expectations.Count} expectations met");

        ExpectationResult? First(Judgement judgement) => facts.Expectations.FirstOrDefault(line => line.Judgement == judgement);
    }
}
