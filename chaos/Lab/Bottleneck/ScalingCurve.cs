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
    public static async Task<IReadOnlyList<ScalingPoint>> MeasureAsync(BusyLab busy, int users, int seed, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var points = await MeasureAsync(busy, UpTo(Most(users)), 3, "users", wanted =>
        {
            busy.Crowd.Wanted = wanted;
            return Task.CompletedTask;
        }, seed, screen, time, stop);
        busy.Crowd.Wanted = users;
        return points;
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
    public static async Task<IReadOnlyList<ScalingPoint>> MeasureAsync(
        BusyLab busy, IReadOnlyList<int> steps, int repeats, string what, Func<int, Task> set, int seed, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var plan = Enumerable.Repeat(steps, repeats).SelectMany(all => all).ToArray();
        new Random(seed).Shuffle(plan);
        var points = new List<ScalingPoint>();
        foreach (var wanted in plan)
        {
            await set(wanted);
            await Task.Delay(Settle, time, stop);
            var reading = await busy.Gauge.ReadAsync(Window, stop);
            if (reading.Throughput > 0 && reading.Failures == 0) points.Add(new ScalingPoint(wanted, reading.Throughput));
            screen.Live(string.Create(CultureInfo.InvariantCulture, $"       {wanted} {what}: {reading.Throughput:0.#}/s ({points.Count} of {plan.Length})"));
        }

        return points;
    }

    /// <summary>The rival laws, best first; empty when there are too few points.</summary>
    public static IReadOnlyList<FitLine> Fits(IReadOnlyList<ScalingPoint> curve)
    {
        if (curve.Count < 6 || curve.Select(point => point.Users).Distinct().Count() < 4) return [];
        var users = curve.Select(point => point.Users).Distinct().Order().ToList();
        return [.. ScalingFit.Rivals(curve).Select(fit => new FitLine(fit.Model.Name, fit.Aicc, fit.RelativeError, fit.Model.Says(users[^1]), [.. users.Select(n => new ScalingPoint(n, fit.Model.At(n)))]))];
    }
}
