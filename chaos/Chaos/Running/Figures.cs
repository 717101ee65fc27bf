using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Running;

/// <summary>Figures computed from samples alone.</summary>
internal static class Figures
{
    /// <summary>Every stretch, then everything since the fault, then the whole run.</summary>
    public static IReadOnlyList<WindowResult> OfWindows(IReadOnlyList<Sample> samples, IReadOnlyList<Stretch> stretches)
    {
        if (stretches.Count == 0)
            return [];
        var windows = stretches.Select(stretch => Of(Stretches.Word(stretch.Name), [stretch], samples)).ToList();
        var since = Stretches.Of(WindowName.SinceFault, stretches);
        if (since.Count > 0)
            windows.Add(Of(Stretches.Word(WindowName.SinceFault), since, samples));
        windows.Add(Of("run", stretches, samples));
        return windows;
    }

    public static IReadOnlyList<Sample> In(IReadOnlyList<Stretch> stretches, IEnumerable<Sample> samples, string? step = null) =>
        [.. samples.Where(sample => (step is null || sample.Step == step) && stretches.Any(stretch => stretch.Holds(sample.Intended)))];

    public static StepFigures OfStep(string step, IReadOnlyList<Sample> samples, TimeSpan length)
    {
        var ok = samples.Count(sample => sample.IsOk);
        var (low, high) = Wilson.Interval(ok, samples.Count);
        var response = Sorted(samples, isService: false);
        var service = Sorted(samples, isService: true);
        return new StepFigures(step, samples.Count, ok, samples.Count - ok,
            samples.GroupBy(sample => sample.StatusCode).OrderByDescending(group => group.Count()).ToDictionary(group => group.Key, group => (long)group.Count()),
            length > TimeSpan.Zero ? samples.Count / length.TotalSeconds : 0, low, high,
            Percentile(response, 50), Percentile(response, 95), Percentile(response, 99), Percentile(response, 100), Percentile(service, 50), Percentile(service, 99));
    }

    /// <summary>One point a second, by intended start.</summary>
    public static IReadOnlyList<TimelinePoint> Timeline(IReadOnlyList<Sample> samples, TimeSpan end)
    {
        var bySecond = samples.ToLookup(sample => (int)Math.Floor(sample.Intended.TotalSeconds));
        return [.. Enumerable.Range(0, (int)Math.Ceiling(end.TotalSeconds)).Select(second =>
        {
            var these = bySecond[second].ToList();
            var ok = these.Count(sample => sample.IsOk);
            var sorted = Sorted(these, isService: false);
            return new TimelinePoint(second, these.Count, ok, these.Count - ok, Percentile(sorted, 50), Percentile(sorted, 99));
        })];
    }

    public static TimeSpan[] Sorted(IReadOnlyCollection<Sample> samples, bool isService)
    {
        var times = samples.Select(sample => isService ? sample.ServiceTime : sample.ResponseTime).ToArray();
        Array.Sort(times);
        return times;
    }

    /// <summary>Nearest rank: the smallest value that at least <paramref name="quantile"/> per cent do not exceed. Zero of none.</summary>
    public static TimeSpan Percentile(TimeSpan[] sorted, double quantile) =>
        sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Clamp((int)Math.Ceiling(quantile / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];

    private static WindowResult Of(string name, IReadOnlyList<Stretch> stretches, IReadOnlyList<Sample> samples)
    {
        var length = stretches.Aggregate(TimeSpan.Zero, (sum, stretch) => sum + (stretch.End - stretch.Start));
        var steps = In(stretches, samples).GroupBy(sample => sample.Step).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => OfStep(group.Key, [.. group], length));
        return new WindowResult(name, stretches[0].Start, stretches[^1].End, [.. steps]);
    }
}
