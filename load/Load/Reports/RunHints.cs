using System.Globalization;

namespace ChaosLab.Load.Reports;

/// <summary>Says what would make the next run tell more.</summary>
internal static class RunHints
{
    private const int FewestForP99 = 1_000;

    public static List<string> For(ScenarioStats[] stats, SampleLog samples, RunValidity validity)
    {
        var hints = new List<string>();
        foreach (var scenario in stats)
        {
            var name = scenario.ScenarioName;
            if (scenario.AllRequestCount == 0)
                hints.Add($"{name}: nothing finished, so nothing is known.");
            else if (scenario.AllRequestCount < FewestForP99)
                hints.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {scenario.AllRequestCount} iterations are few; a p99 rests on the slowest hundredth of them."));
            if (scenario.AllRequestCount > 0 && scenario.Ok.StatusCodes.Length + scenario.Fail.StatusCodes.Length == 0)
                hints.Add($"{name}: no status codes are given; Response.Ok(statusCode: …) would show what the target answered.");
            if (scenario.AllRequestCount > 0 && scenario.Arrivals.Planned == 0)
                hints.Add($"{name}: the closed model asks less while the target is slow, so its percentiles hide stalls. Use Inject to see what visitors wait.");
            if (scenario.Arrivals.Waiting.Percent99 > 1)
                hints.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: arrivals waited {scenario.Arrivals.Waiting.Percent99:0.0} ms at p99 for a free connection; allow more with WithMaxConnections or MaxInFlight."));
        }
        if (samples.Dropped > 0)
            hints.Add(string.Create(CultureInfo.InvariantCulture, $"{samples.Dropped} samples did not fit into the sample log; the histograms hold them, per-request records do not."));
        if (validity.Verdict == ValidityVerdict.Invalid)
            hints.Add("The run is invalid: lower the rate, give the generator cores of its own, or, on shared cores, allow more lateness with WithLatenessFloor.");
        return hints;
    }
}
