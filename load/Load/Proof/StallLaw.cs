using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Proof;

/// <summary>Some percentiles of a response time, in ms.</summary>
/// <param name="P50">Median.</param>
/// <param name="P90">90th.</param>
/// <param name="P95">95th.</param>
/// <param name="P99">99th.</param>
/// <param name="Max">Longest.</param>
public sealed record StallPercentiles(double P50, double P90, double P95, double P99, double Max)
{
    internal static StallPercentiles Of(LatencyStats latency) => new(latency.Percent50, latency.Percent90, latency.Percent95, latency.Percent99, latency.MaxMs);
}

/// <summary>What a visitor of a target that freezes once must wait: whoever comes during the freeze waits for its end,
/// everybody else not at all. Computed from the schedule and the freeze alone; no measurement enters.</summary>
public static class StallLaw
{
    /// <summary>Percentiles of the waiting times of all arrivals of a plan.</summary>
    /// <param name="plan">Open-model plan.</param>
    /// <param name="freezeAt">Start of the freeze from the plan's start.</param>
    /// <param name="freeze">Its length.</param>
    public static StallPercentiles Of(Plan plan, TimeSpan freezeAt, TimeSpan freeze)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (from, to) = (Plan.Ns(freezeAt), Plan.Ns(freezeAt + freeze));
        var waits = new double[plan.Count];
        for (long k = 0; k < plan.Count; k++)
        {
            var due = plan.Due(k);
            waits[k] = due >= from && due < to ? (to - due) / 1e6 : 0;
        }
        Array.Sort(waits);
        return new StallPercentiles(At(waits, 50), At(waits, 90), At(waits, 95), At(waits, 99), At(waits, 100));
    }

    // Nearest rank: the smallest value that at least q percent do not exceed.
    private static double At(double[] sorted, double q) => sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(q / 100 * sorted.Length) - 1)];
}
