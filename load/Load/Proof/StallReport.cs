using System.Globalization;

namespace ChaosLab.Load.Proof;

/// <summary>Says in a table what the stall experiment showed.</summary>
public static class StallReport
{
    /// <summary>Writes the table and a verdict.</summary>
    public static void Print(StallResult result, TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(to);
        var options = result.Options;
        to.WriteLine(Line($"A target answers at once, except that it froze for {options.Freeze.TotalSeconds:0.0} s at second {options.FreezeAt.TotalSeconds:0.0} of {options.Duration.TotalSeconds:0} s. {options.Rate} visitors a second came to each."));
        to.WriteLine();
        to.WriteLine(Line($"{"response time in ms",-34}{"p50",9}{"p90",9}{"p95",9}{"p99",9}{"max",9}   p99 off by"));
        Row("law: what the visitors waited", result.Law, null);
        foreach (var measured in result.Measured)
            Row($"measured: open model, {measured.Name}", measured.Percentiles, measured.ErrorP99);
        Row("naive: closed loop, same moment", result.Naive.Percentiles, result.Naive.ErrorP99);
        to.WriteLine();
        to.WriteLine(Line($"The naive loop sent {result.Naive.Requests} of {options.Rate * options.Duration.TotalSeconds:0} requests: while it waited it did not ask, so most of the stall is missing from its figures."));
        to.WriteLine(Line($"Run: {result.Run.Validity.Verdict.ToString().ToLowerInvariant()}, generator lateness p99 {result.Run.Validity.LatenessP99.TotalMilliseconds:0.00} ms, {result.Run.Validity.Undelivered} starts undelivered, seed {result.Run.Seed}, plan {result.Run.PlanHash}."));
        if (result.WasDisturbed || result.Attempts > 1)
            to.WriteLine(Line($"Attempt {result.Attempts}: the machine itself stood still for up to {result.Run.Generator.LongestStall.TotalMilliseconds:0} ms, which no law foresees."));
        to.WriteLine(result.Passed ? "PASSED: p99 is within 5 % of the law." : "FAILED: p99 is more than 5 % from the law.");

        void Row(string name, StallPercentiles p, double? error) => to.WriteLine(Line($"{name,-34}{p.P50,9:0.0}{p.P90,9:0.0}{p.P95,9:0.0}{p.P99,9:0.0}{p.Max,9:0.0}   {(error is { } e ? e.ToString("0.0 %", CultureInfo.InvariantCulture) : "")}"));
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
