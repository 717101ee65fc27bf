using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ChaosLab.Shortener.Telemetry;

/// <summary>
/// <c>GET /metrics</c>: what the OpenTelemetry SDK collects, as Prometheus text 0.0.4. Written by hand because the exporter package
/// would call the thread pool's two gauges counters, and put a scope label on every series. A counter or histogram that is born after the
/// first scrape is told as 0 once, and truly from then on: Prometheus takes the first value it sees for the beginning, and the first burst
/// of a new error would be hidden from <c>rate()</c> and <c>increase()</c>. Of several readers only the one that comes first sees that 0.
/// </summary>
[ExportModes(ExportModes.Pull)]
public sealed class PrometheusText : BaseExporter<Metric>, IPullMetricExporter
{
    // Declared as counters by .NET 10, but they go up and down.
    private static readonly HashSet<string> Gauges = ["dotnet.thread_pool.queue.length", "dotnet.thread_pool.thread.count"];
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly HashSet<(string Name, string Labels)> _known = [];
    private int _scrapes;

    /// <inheritdoc/>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Answers a scrape.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(Scrape());
    }

    /// <summary>Collects now.</summary>
    /// <returns>The text.</returns>
    public string Scrape()
    {
        lock (_gate)
        {
            _text.Clear();
            _scrapes++;
            Collect?.Invoke(5000);
            return _text.ToString();
        }
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            var isCounter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum && !Gauges.Contains(metric.Name);
            var name = Name(metric, isCounter);
            if (seen.Add(name))
            {
                if (metric.Description.Length > 0) _text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\n');
                _text.Append("# TYPE ").Append(name).Append(' ').Append(metric.MetricType == MetricType.Histogram ? "histogram" : isCounter ? "counter" : "gauge").Append('\n');
            }

            foreach (ref readonly var point in metric.GetMetricPoints()) Append(name, metric.MetricType, isCounter, in point);
        }

        return ExportResult.Success;
    }

    private void Append(string name, MetricType type, bool isCounter, in MetricPoint point)
    {
        var labels = Labels(point.Tags);
        var isBirth = (isCounter || type == MetricType.Histogram) && _known.Add((name, labels)) && _scrapes > 1;
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic: Line(name, labels, "", isBirth ? 0 : point.GetSumLong()); break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic: Line(name, labels, "", isBirth ? 0 : point.GetSumDouble()); break;
            case MetricType.LongGauge: Line(name, labels, "", point.GetGaugeLastValueLong()); break;
            case MetricType.DoubleGauge: Line(name, labels, "", point.GetGaugeLastValueDouble()); break;
            case MetricType.Histogram:
                long below = 0;
                foreach (var bucket in point.GetHistogramBuckets())
                {
                    below += isBirth ? 0 : bucket.BucketCount;
                    Line(name + "_bucket", labels, $"le=\"{(double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Text(bucket.ExplicitBound))}\"", below);
                }

                Line(name + "_sum", labels, "", isBirth ? 0 : point.GetHistogramSum());
                Line(name + "_count", labels, "", isBirth ? 0 : point.GetHistogramCount());
                break;
            default:
                break; // exponential histograms do not fit this text format and are not configured
        }
    }

    private void Line(string name, string labels, string extra, double value)
    {
        _text.Append(name);
        if (labels.Length + extra.Length > 0) _text.Append('{').Append(labels).Append(labels.Length > 0 && extra.Length > 0 ? "," : "").Append(extra).Append('}');
        _text.Append(' ').Append(Text(value)).Append('\n');
    }

    private static string Labels(ReadOnlyTagCollection tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(Legal(key)).Append("=\"").Append(Escaped(value)).Append('"');
        }

        return text.ToString();
    }

    private static string Escaped(object? value) => (value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Name(Metric metric, bool isCounter)
    {
        var name = Legal(metric.Name);
        var unit = metric.Unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return isCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Legal(string name) => string.Create(name.Length, name, static (target, source) =>
    {
        for (var i = 0; i < target.Length; i++) target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
    });

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
