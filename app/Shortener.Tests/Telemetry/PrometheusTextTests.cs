using System.Diagnostics.Metrics;
using ChaosLab.Shortener.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ChaosLab.Shortener.Tests.Telemetry;

/// <summary>The text that Prometheus reads, collected by the SDK as in production.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("births");
    private readonly PrometheusText _text = new();
    private readonly MeterProvider _provider;

    public PrometheusTextTests() =>
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddReader(new BaseExportingMetricReader(_text)).Build();

    public void Dispose()
    {
        _provider.Dispose(); // and with it the text, which is its exporter
        _meter.Dispose();
    }

    [Fact]
    public void Ten_errors_between_two_scrapes_show_as_0_and_then_as_10()
    {
        var answers = _meter.CreateCounter<long>("answers");
        answers.Add(3, new KeyValuePair<string, object?>("status", 302));
        var before = Lines();

        answers.Add(10, new KeyValuePair<string, object?>("status", 503));
        var (first, second) = (Lines(), Lines());

        Assert.Contains("answers_total{status=\"302\"} 3", before); // what is there at the first scrape is told as it is
        Assert.DoesNotContain(before, line => line.Contains("503", StringComparison.Ordinal));
        Assert.Contains("answers_total{status=\"503\"} 0", first);
        Assert.Contains("answers_total{status=\"503\"} 10", second);
    }

    [Fact]
    public void A_histogram_is_born_with_every_line_at_0()
    {
        var duration = _meter.CreateHistogram<double>("answer.duration", "s");
        Lines();

        for (var n = 0; n < 10; n++) duration.Record(0.25);
        var (first, second) = (Lines(), Lines());

        Assert.All(first.Where(line => line.StartsWith("answer_duration", StringComparison.Ordinal)), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
        Assert.Contains("answer_duration_seconds_count 0", first);
        Assert.Contains("answer_duration_seconds_sum 2.5", second);
        Assert.Contains("answer_duration_seconds_bucket{le=\"+Inf\"} 10", second);
    }

    [Fact]
    public void What_goes_up_and_down_is_never_held_back()
    {
        var inside = _meter.CreateUpDownCounter<long>("inside");
        Lines();

        inside.Add(4);

        Assert.Contains("inside 4", Lines());
    }

    private string[] Lines() => _text.Scrape().Split('\n');
}
