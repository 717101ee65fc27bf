using System.Globalization;

namespace ChaosLab.Lab.Metrics;

/// <summary>
/// A histogram of durations with the limits of the shortener's own: 1, 1.5, 2.5, 5 and 7.5 a decade from 0.1 ms to 10 s. Client,
/// balancer and server are then comparable bucket by bucket. Many threads may record; a reader may see one record half done.
/// </summary>
internal sealed class Durations
{
    private static readonly double[] Bounds =
        [.. Enumerable.Range(-4, 5).SelectMany(decade => new[] { 1, 1.5, 2.5, 5, 7.5 }.Select(step => double.Parse($"{step.ToString(CultureInfo.InvariantCulture)}e{decade}", CultureInfo.InvariantCulture))), 10];

    private static readonly string[] Limits = [.. Bounds.Select(bound => bound.ToString("R", CultureInfo.InvariantCulture)), "+Inf"];

    private readonly long[] counts = new long[Bounds.Length + 1];
    private long ticks;

    /// <summary>Counts one duration; a limit belongs to the bucket below it.</summary>
    public void Record(TimeSpan duration)
    {
        var at = Array.BinarySearch(Bounds, duration.TotalSeconds);
        Interlocked.Increment(ref counts[at < 0 ? ~at : at]);
        Interlocked.Add(ref ticks, duration.Ticks);
    }

    /// <summary>Writes its lines.</summary>
    public void WriteTo(MetricsText text, string name, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        long below = 0;
        for (var n = 0; n < counts.Length; n++)
        {
            below += Interlocked.Read(ref counts[n]);
            text.Line(name + "_bucket", below, [.. labels, ("le", Limits[n])]);
        }

        text.Line(name + "_sum", TimeSpan.FromTicks(Interlocked.Read(ref ticks)).TotalSeconds, labels);
        text.Line(name + "_count", below, labels);
    }
}
