namespace ChaosLab.Load;

/// <summary>Everything a run found out.</summary>
/// <param name="Stats">Figures per scenario and step, thresholds, reports.</param>
/// <param name="Samples">Every finished request after the warm-up.</param>
/// <param name="Validity">Whether the figures can be believed.</param>
/// <param name="Generator">How the generator fared.</param>
/// <param name="Seed">Repeats the run.</param>
/// <param name="PlanHash">Same hash, same arrivals.</param>
/// <param name="StartTimestamp">Timestamp of the run's <see cref="TimeProvider"/> at t = 0.</param>
/// <param name="Duration">From t = 0 to the end of the last iteration.</param>
/// <param name="Stopped">True when it ended before its plan did.</param>
public sealed record LoadResult(NodeStats Stats, SampleLog Samples, RunValidity Validity, GeneratorHealth Generator, int Seed, string PlanHash,
    long StartTimestamp, TimeSpan Duration, bool Stopped)
{
    /// <summary>Why it was stopped; null when it was not.</summary>
    public string? StopReason { get; init; }
    /// <summary>True when the engine or a threshold stopped it, rather than the caller.</summary>
    public bool StoppedByLimit { get; init; }
    /// <summary>The run second by second, by intended start, from second 0.</summary>
    public IReadOnlyList<TimelineSecond> Timeline { get; init; } = [];
    /// <summary>What would make the next run tell more.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
    /// <summary>0 all thresholds held in a run that counts · 1 a threshold or limit failed · 3 the run is invalid, so nothing can be said.</summary>
    public int ExitCode => Stats.Thresholds.Any(t => t.IsFailed) || StoppedByLimit ? 1 : Validity.Verdict == ValidityVerdict.Invalid ? 3 : 0;
    /// <summary>True when <see cref="ExitCode"/> is 0.</summary>
    public bool Passed => ExitCode == 0;
}

/// <summary>One second of a run, all scenarios together.</summary>
/// <param name="Second">From t = 0.</param>
/// <param name="Ok">Iterations intended in this second that succeeded.</param>
/// <param name="Fail">Those that failed.</param>
/// <param name="P50">Median response time of all, in ms.</param>
/// <param name="P99">99th percentile, in ms.</param>
/// <param name="Max">Longest, in ms.</param>
public sealed record TimelineSecond(int Second, long Ok, long Fail, double P50, double P99, double Max);
