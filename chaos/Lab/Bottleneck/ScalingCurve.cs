using System.Globalization;
using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Throughput against users, in a random order, so that a slow drift of the machine is no slope.</summary>
internal static class ScalingCurve
{
    private const int Repeats = 3;
    private static readonly int[] Steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(0.35), Window = TimeSpan.FromSeconds(0.9);

    /// <summary>Largest number of users that a curve around so many needs.</summary>
    public static int Most(int users) => Steps.First(step => step >= Math.Min(2 * users, Steps[^1]));

    /// <summary>Measures it; afterwards the users are as many as before.</summary>
    public static async Task<IReadOnlyList<ScalingPoint>> MeasureAsync(BusyLab busy, int users, int seed, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var plan = Enumerable.Repeat(Steps.Where(step => step <= Most(users)), Repeats).SelectMany(steps => steps).ToArray();
        new Random(seed).Shuffle(plan);
        var points = new List<ScalingPoint>();
        foreach (var wanted in plan)
        {
            busy.Crowd.Wanted = wanted;
            await Task.Delay(Settle, time, stop);
            var reading = await busy.Gauge.ReadAsync(Window, stop);
            if (reading.Throughput > 0 && reading.Failures == 0) points.Add(new ScalingPoint(wanted, reading.Throughput));
            screen.Live(string.Create(CultureInfo.InvariantCulture, $"       {wanted} users: {reading.Throughput:0.#}/s ({points.Count} of {plan.Length})"));
        }

        busy.Crowd.Wanted = users;
        return points;
    }

    /// <summary>The rival laws, best first; empty when there are too few points.</summary>
    public static IReadOnlyList<FitLine> Fits(IReadOnlyList<ScalingPoint> curve)
    {
        if (curve.Count < 6 || curve.Select(point => point.Users).Distinct().Count() < 4) return [];
        var users = curve.Select(point => point.Users).Distinct().Order().ToList();
        return [.. ScalingFit.Rivals(curve).Select(fit => new FitLine(fit.Model.Name, fit.Aicc, fit.RelativeError, fit.Model.Says, [.. users.Select(n => new ScalingPoint(n, fit.Model.At(n)))]))];
    }
}
