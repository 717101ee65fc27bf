using System.Globalization;
using System.Text;

namespace ChaosLab.Chaos.Reports;

/// <summary>A timeline in characters, for terminals and pull requests.</summary>
public static class Sparklines
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int Widest = 100;

    /// <summary>One line each for good requests, failed requests and p99, with the faults above them.</summary>
    public static string ToSparklines(this Timeline timeline)
    {
        var seconds = (int)Math.Ceiling(timeline.Seconds);
        var each = (seconds + Widest - 1) / Widest;
        var columns = (seconds + each - 1) / each;
        var (ok, failed, p99) = (new double[columns], new double[columns], new double[columns]);
        foreach (var point in timeline.Points.Where(point => point.Second < seconds))
        {
            var column = point.Second / each;
            ok[column] += point.Ok;
            failed[column] += point.Failed;
            p99[column] = Math.Max(p99[column], point.P99.TotalMilliseconds);
        }

        var text = new StringBuilder();
        foreach (var band in timeline.Bands)
        {
            var (from, to) = ((int)(band.Start / each), (int)Math.Min(columns - 1, Math.Ceiling(band.End / each) - 1));
            text.Append("fault   ").Append(' ', from).Append('━', Math.Max(1, to - from + 1)).Append(' ').Append(band.Label).Append('\n');
        }

        Line("good    ", ok, Text($"  at most {ok.Max() / each:0} /s"));
        Line("failed  ", failed, Text($"  {failed.Sum():0} in all"));
        // Latencies differ by powers of ten: their logarithm shows both the usual and the bad.
        Line("p99     ", [.. p99.Select(ms => ms <= 0 ? 0 : Math.Log10(1 + (ms * 10)))], Text($"  at most {p99.Max():0.0} ms (logarithmic)"));
        text.Append(CultureInfo.InvariantCulture, $"        one column is {each} s\n");
        return text.ToString();

        void Line(string name, double[] values, string says)
        {
            var most = values.Max();
            text.Append(name);
            foreach (var value in values)
                text.Append(value <= 0 || most <= 0 ? ' ' : Bars[(int)Math.Min(Bars.Length - 1, value / most * Bars.Length)]);
            text.Append(says).Append('\n');
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
