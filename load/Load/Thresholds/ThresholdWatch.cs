namespace ChaosLab.Load.Thresholds;

/// <summary>Counts the failed checks of a run's thresholds and says when to stop.</summary>
internal sealed class ThresholdWatch(IReadOnlyList<ScenarioProps> scenarios)
{
    private sealed class Tally(string scenario, Threshold threshold)
    {
        public string Scenario { get; } = scenario;
        public Threshold Threshold { get; } = threshold;
        public int Errors { get; set; }
        public bool Aborted { get; set; }
        public string Measured { get; set; } = "no data";
        public string Exception { get; set; } = "";
        public bool Holds { get; set; }
    }

    private readonly List<Tally> _tallies = [.. scenarios.SelectMany(s => s.Thresholds, (s, t) => new Tally(s.ScenarioName, t))];

    public bool IsEmpty => _tallies.Count == 0;

    /// <summary>Looks at everything; gives the reason to stop, or null.</summary>
    public string? Check(ScenarioStats[] stats, TimeSpan elapsed)
    {
        string? reason = null;
        foreach (var tally in _tallies)
        {
            if (elapsed < tally.Threshold.StartCheckAfter)
                continue;
            Look(tally, stats);
            if (tally.Holds)
                continue;
            tally.Errors++;
            if (tally.Errors < tally.Threshold.AbortWhenErrorCount)
                continue;
            if (tally.Threshold.AbortWhenErrorCount is null)
                continue;
            tally.Aborted = true;
            reason ??= $"threshold \"{tally.Threshold.Expression}\" of {tally.Scenario} failed {tally.Errors} times";
        }
        return reason;
    }

    /// <summary>The last look, whatever the time.</summary>
    public ThresholdResult[] Finish(ScenarioStats[] stats)
    {
        foreach (var tally in _tallies)
        {
            Look(tally, stats);
            if (!tally.Holds)
                tally.Errors++;
        }
        return [.. _tallies.Select(t => new ThresholdResult(t.Scenario, t.Threshold.StepName, t.Threshold.Expression, t.Measured,
            t.Errors, !t.Holds || t.Aborted, t.Exception))];
    }

    private static void Look(Tally tally, ScenarioStats[] stats)
    {
        tally.Exception = "";
        try
        {
            var reading = stats.Find(tally.Scenario) is { } scenario ? tally.Threshold.Read(scenario) : ThresholdReading.NoData;
            (tally.Holds, tally.Measured) = (reading.Holds, reading.Measured);
        }
        catch (Exception e) // user code: a check that throws has not held
        {
            (tally.Holds, tally.Measured, tally.Exception) = (false, "the check threw", e.Message);
        }
    }
}
