using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Watch;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Chaos.Tests.Seeing;

/// <summary>When alerts fired, read off answers as Prometheus 2.53 gives them.</summary>
public class FiringAlertsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider time = new(Noon.AddSeconds(10));

    [Fact]
    public async Task An_alert_fired_when_its_expression_had_been_true_for_as_long_as_its_rule_says_whenever_somebody_looks()
    {
        using var prometheus = await FakePrometheus.OfAsync(Rules(
            ("BackendDown", 3, "app1", "firing", 2.5), ("BackendDown", 3, "app2", "firing", 1.5), ("TargetDown", 5, "app1", "pending", 6), ("Watchdog", 0, "", "firing", 0)));
        using var client = new PrometheusClient(prometheus.Address);
        var firing = new FiringAlerts(client, time);

        var now = await firing.LookAsync(Noon, CancellationToken.None);

        Assert.Equal(["BackendDown"], now!);
        Assert.Equal((Noon.AddSeconds(4.5), Noon.AddSeconds(10)), firing.Seen["BackendDown"]);
        Assert.Equal(["/api/v1/rules?type=alert"], prometheus.Asked);
    }

    [Fact]
    public async Task What_fired_before_the_fault_counts_from_the_fault_and_before_it_nothing_counts()
    {
        var rules = Rules(("BackendDown", 3, "app1", "firing", -20));
        using var prometheus = await FakePrometheus.OfAsync(rules, rules);
        using var client = new PrometheusClient(prometheus.Address);
        var firing = new FiringAlerts(client, time);

        Assert.Equal(["BackendDown"], (await firing.LookAsync(null, CancellationToken.None))!);
        Assert.Empty(firing.Seen);
        await firing.LookAsync(Noon, CancellationToken.None);

        Assert.Equal(Noon, firing.Seen["BackendDown"].First);
    }

    [Fact]
    public async Task A_look_that_brings_no_answer_in_time_is_no_news()
    {
        using var prometheus = await FakePrometheus.OfAsync([null]);
        using var client = new PrometheusClient(prometheus.Address, TimeSpan.FromMilliseconds(200));

        Assert.Null(await new FiringAlerts(client, time).LookAsync(Noon, CancellationToken.None));
    }

    [Fact]
    public async Task A_look_that_brings_nonsense_is_made_good_by_the_next_one()
    {
        using var prometheus = await FakePrometheus.OfAsync("no JSON", Rules(("BackendDown", 3, "app1", "firing", 2)));
        using var client = new PrometheusClient(prometheus.Address);
        var firing = new FiringAlerts(client, time);

        Assert.Null(await firing.LookAsync(Noon, CancellationToken.None));
        await firing.LookAsync(Noon, CancellationToken.None);

        Assert.Equal(Noon.AddSeconds(5), firing.Seen["BackendDown"].First);
    }

    [Fact]
    public async Task Whoever_stops_looking_is_told_so()
    {
        using var prometheus = await FakePrometheus.OfAsync([null]);
        using var client = new PrometheusClient(prometheus.Address);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new FiringAlerts(client, time).LookAsync(Noon, stop.Token));
    }

    private static string Rules(params (string Name, int For, string Instance, string State, double Second)[] alerts)
    {
        var rules = alerts.GroupBy(one => (one.Name, one.For)).Select(rule => $$"""
            {"state":"firing","name":"{{rule.Key.Name}}","query":"up == 0","duration":{{rule.Key.For}},"labels":{"severity":"ticket"},"annotations":{},"health":"ok","type":"alerting","alerts":[{{string.Join(',', rule.Select(Alert))}}]}
            """);
        return $$$"""{"status":"success","data":{"groups":[{"name":"causes","file":"causes.yml","interval":1,"rules":[{{{string.Join(',', rules)}}}]}]}}""";

        static string Alert((string Name, int For, string Instance, string State, double Second) one) =>
            $$"""{"labels":{"alertname":"{{one.Name}}","instance":"{{one.Instance}}","severity":"ticket"},"annotations":{},"state":"{{one.State}}","activeAt":"{{Noon.AddSeconds(one.Second):yyyy-MM-ddTHH:mm:ss.fffffff}}Z","value":"1e+00"}""";
    }
}
