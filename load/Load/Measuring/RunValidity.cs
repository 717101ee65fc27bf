namespace ChaosLab.Load;

/// <summary>Whether a run's figures can be believed.</summary>
public enum ValidityVerdict
{
    /// <summary>Nothing speaks against them.</summary>
    Valid,
    /// <summary>Believe them with care.</summary>
    Degraded,
    /// <summary>They say more about the generator than about the target.</summary>
    Invalid,
}

/// <summary>Whether a run's figures can be believed, and why not.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reasons">One sentence each; empty when valid.</param>
/// <param name="Planned">Arrivals of the open model that the plan held.</param>
/// <param name="Delivered">Those that started.</param>
/// <param name="Undelivered">Those that did not: Planned − Delivered.</param>
/// <param name="LatenessP99">99th percentile of the generator's own lateness.</param>
public sealed record RunValidity(ValidityVerdict Verdict, IReadOnlyList<string> Reasons, long Planned, long Delivered, long Undelivered, TimeSpan LatenessP99)
{
    /// <summary>Undelivered share above which a run is invalid: 0.1 %.</summary>
    public const double UndeliveredLimit = 0.001;
    /// <summary>Run-queue wait above which it is degraded: 5 %.</summary>
    public const double RunQueueLimit = 0.05;
    /// <summary>Longest GC pause that does not degrade it: 50 ms.</summary>
    public static readonly TimeSpan GcPauseLimit = TimeSpan.FromMilliseconds(50);

    /// <summary>Judges a run.</summary>
    /// <param name="planned">Arrivals planned.</param>
    /// <param name="delivered">Arrivals started.</param>
    /// <param name="undelivered">Arrivals given up.</param>
    /// <param name="lateness">The generator's own lateness.</param>
    /// <param name="responseP99">99th percentile of the response time of open-model scenarios.</param>
    /// <param name="floor">Lateness that is always allowed.</param>
    /// <param name="health">Readings of the generator.</param>
    public static RunValidity Judge(long planned, long delivered, long undelivered, Histogram lateness, TimeSpan responseP99, TimeSpan floor, GeneratorHealth health)
    {
        ArgumentNullException.ThrowIfNull(lateness);
        ArgumentNullException.ThrowIfNull(health);
        var latenessP99 = TimeSpan.FromTicks(lateness.Percentile(99) / TimeSpan.NanosecondsPerTick);
        var allowed = responseP99 / 10 > floor ? responseP99 / 10 : floor;
        List<string> invalid = [], degraded = [];
        if (undelivered > UndeliveredLimit * planned)
            invalid.Add(FormattableString.Invariant($"{undelivered} of {planned} planned starts were not delivered (limit 0.1 %)"));
        if (planned != delivered + undelivered)
            invalid.Add(FormattableString.Invariant($"the books do not balance: {planned} planned, {delivered} delivered, {undelivered} undelivered"));
        if (latenessP99 > allowed)
            invalid.Add(FormattableString.Invariant($"the generator's own lateness was {latenessP99.TotalMilliseconds:0.00} ms at p99 (limit {allowed.TotalMilliseconds:0.00} ms: the larger of the floor {floor.TotalMilliseconds:0.##} ms and a tenth of the response time)"));
        if (health.RunQueueWaitShare > RunQueueLimit)
            degraded.Add(FormattableString.Invariant($"the generator waited for a core {health.RunQueueWaitShare:0.0 %} of the time (limit 5 %)"));
        if (health.LongestGcPause > GcPauseLimit)
            degraded.Add(FormattableString.Invariant($"a garbage collection stopped the generator for {health.LongestGcPause.TotalMilliseconds:0} ms (limit 50 ms)"));
        var verdict = invalid.Count > 0 ? ValidityVerdict.Invalid : degraded.Count > 0 ? ValidityVerdict.Degraded : ValidityVerdict.Valid;
        return new RunValidity(verdict, [.. invalid, .. degraded], planned, delivered, undelivered, latenessP99);
    }
}
