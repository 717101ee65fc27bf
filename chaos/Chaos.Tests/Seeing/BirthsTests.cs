using ChaosLab.Lab.Metrics;
using ChaosLab.Load;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Chaos.Tests.Seeing;

/// <summary>What <c>rate()</c> and <c>increase()</c> can see of a counter that is born while somebody reads.</summary>
public sealed class BirthsTests : IDisposable
{
    private const string Failed = "loadgen_requests_total{scenario=\"mixed\",step=\"redirect\",outcome=\"failed\",status=\"503\"} ";
    private const string Good = "loadgen_requests_total{scenario=\"mixed\",step=\"redirect\",outcome=\"ok\",status=\"302\"} ";
    private readonly LoadFigures load = new(new FakeTimeProvider());
    private readonly Births births = new();

    public void Dispose() => load.Dispose();

    [Fact]
    public void Ten_failures_between_two_scrapes_show_as_0_and_then_as_10()
    {
        Observe(3, "302");
        var before = Scrape();

        Observe(10, "503");
        var (first, second) = (Scrape(), Scrape());

        Assert.DoesNotContain(before, line => line.StartsWith(Failed, StringComparison.Ordinal));
        Assert.Contains(Failed + "0", first);
        Assert.Contains(Failed + "10", second);
    }

    [Fact]
    public void What_is_there_at_the_first_scrape_is_told_as_it_is()
    {
        Observe(3, "302");

        Assert.Contains(Good + "3", Scrape());
    }

    [Fact]
    public void A_histogram_is_born_with_every_line_at_0()
    {
        Scrape();

        Observe(10, "503");
        var (first, second) = (Scrape(), Scrape());

        Assert.All(first.Where(IsDuration), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
        Assert.Equal(2, second.Count(line => IsDuration(line) && line.EndsWith("le=\"+Inf\"} 10", StringComparison.Ordinal)));
        Assert.Equal(first.Count(IsDuration), second.Count(IsDuration));

        static bool IsDuration(string line) => line.StartsWith("loadgen_request_duration_seconds_", StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_is_never_held_back()
    {
        Scrape();

        births.Begin();

        Assert.Contains("lab_faults_active 1\n", new MetricsText(births).Single("lab_faults_active", "gauge", "Faults.", 1).ToString(), StringComparison.Ordinal);
    }

    private string[] Scrape()
    {
        births.Begin();
        var text = new MetricsText(births);
        load.WriteTo(text);
        return text.ToString().Split('\n');
    }

    private void Observe(int count, string status)
    {
        for (var n = 0; n < count; n++)
            load.Observe(new Sample("mixed", "redirect", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(2), status == "302", status, null));
    }
}
