using System.Globalization;
using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Throughput against users or instances, in a random order, so that a slow drift of the machine is no slope.</summary>
internal static class ScalingCurve
{
    private static readonly int[] Steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(0.35), Window = TimeSpan.FromSeconds(0.9);

    /// <summary>Largest number of users that a curve around so many needs.</summary>
    public static int Most(int users) => Steps.First(step => step >= Math.Min(2 * users, Steps[^1]));

    /// <summary>Numbers of users up to a largest.</summary>
    public static IReadOnlyList<int> UpTo(int most) => [.. Steps.Where(step => step <= most)];

    /// <summary>Measures users; afterwards they are as many as before.</summary>
    public static async Task<MeasuredCurve> MeasureAsync(BusyLab busy, int users, int seed, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var curve = await MeasureAsync(busy, UpTo(Most(users)), 3, "users", wanted =>
        {
            busy.Crowd.Wanted = wanted;
            return Task.CompletedTask;
        }, seed, screen, time, stop);
        busy.Crowd.Wanted = users;
        return curve;
    }

    /// <summary>Measures anything that can be set.</summary>
    /// <param name="busy">The lab.</param>
    /// <param name="steps">Numbers to set.</param>
    /// <param name="repeats">How often each.</param>
    /// <param name="what">What is set, in words.</param>
    /// <param name="set">Sets it.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="screen">Progress.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<MeasuredCurve> MeasureAsync(
        BusyLab busy, IReadOnlyList<int> steps, int repeats, string what, Func<int, Task> set, int seed, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var plan = Enumerable.Repeat(steps, repeats).SelectMany(all => all).ToArray();
        new Random(seed).Shuffle(plan);
        var points = new List<ScalingPoint>();
        var leftOut = new List<LeftOutPoint>();
        foreach (var wanted in plan)
        {
            await set(wanted);
            await Task.Delay(Settle, time, stop);
            var reading = await busy.Gauge.ReadAsync(Window, stop);
            // Failures are quick, and a generator in the way has a law of its own: neither is throughput of the service.
            if (reading.Throughput <= 0) leftOut.Add(new(wanted, "nobody got an answer"));
            else if (reading.Failures > 0) leftOut.Add(new(wanted, "answers were wrong"));
            else if (VerdictRules.Generator(reading) is not null) leftOut.Add(new(wanted, "the load generator was the limit"));
            else points.Add(new ScalingPoint(wanted, reading.Throughput));
            screen.Live(string.Create(CultureInfo.InvariantCulture, $"       {wanted} {what}: {reading.Throughput:0.#}/s ({points.Count} of {plan.Length})"));
        }

        return new MeasuredCurve(points, leftOut);
    }

    /// <summary>The rival laws, best first; empty when there are too few points. Only of the best it is told how sure its numbers are.</summary>
    public static IReadOnlyList<FitLine> Fits(IReadOnlyList<ScalingPoint> curve, int seed)
    {
        if (curve.Count < 6 || curve.Select(point => point.Users).Distinct().Count() < 4) return [];
        var users = curve.Select(point => point.Users).Distinct().Order().ToList();
        return [.. ScalingFit.Rivals(curve).Select((fit, place) => new FitLine(fit.Model.Name, fit.Aicc, fit.RelativeError, fit.Model.Says(users[^1]),
            place == 0 ? ScalingFit.Intervals(fit.Model, curve, seed) : [], [.. users.Select(n => new ScalingPoint(n, fit.Model.At(n)))]))];
    }
}

/// <summary>A scaling curve as measured.</summary>
/// <param name="Points">What can be fitted.</param>
/// <param name="LeftOut">What cannot, and why.</param>
internal sealed record MeasuredCurve(IReadOnlyList<ScalingPoint> Points, IReadOnlyList<LeftOutPoint> LeftOut)
{
    /// <summary>Why no law may be drawn through it: most of what was measured at the upper end cannot be used; null: it may.</summary>
    public string? Broken
    {
        get
        {
            if (LeftOut.Count == 0) return null;
            var most = LeftOut.Select(one => one.Users).Concat(Points.Select(point => point.Users)).Max();
            var lost = LeftOut.Where(one => one.Users >= most).ToList();
            return lost.Count > Points.Count(point => point.Users >= most)
                ? $"its upper end is missing: with {most:0} in {lost.Count} of {lost.Count + Points.Count(point => point.Users >= most)} looks {lost[0].Why}"
                : null;
        }
    }

    /// <summary>What was left out, in words; empty: nothing.</summary>
    public string Says => LeftOut.Count == 0 ? "" : $"{LeftOut.Count} of {LeftOut.Count + Points.Count} points are left out: {string.Join("; ", LeftOut.GroupBy(one => one.Why).Select(why => $"{why.Key} with {string.Join(", ", why.Select(one => one.Users).Distinct().Order())}"))}";
}

/// <summary>A point that says nothing about the service.</summary>
/// <param name="Users">Users or instances.</param>
/// <param name="Why">Why not.</param>
internal sealed record LeftOutPoint(double Users, string Why);
