using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Chaos.Tests.Seeing;

/// <summary>What the matrix waits for before its first row.</summary>
public class ClearWindowsTests
{
    private const string Nothing = """{"status":"success","data":{"resultType":"vector","result":[]}}""";
    private const string Burns = """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"slo":"entry-availability"},"value":[1,"0.02"]},{"metric":{"slo":"redirect-latency"},"value":[1,"0.9"]}]}}""";
    private readonly List<string> said = [];

    [Fact]
    public async Task A_lab_at_rest_is_not_waited_for_and_what_only_the_machine_can_fire_is_none_of_it()
    {
        Assert.True(await WaitAsync(TimeProvider.System, Alerts("GeneratorLate", "Watchdog"), Nothing));
        Assert.Empty(said);
    }

    [Fact]
    public async Task What_fires_and_what_the_last_minute_holds_is_named_once_and_waited_for()
    {
        Assert.True(await WaitAsync(TimeProvider.System, Alerts("TargetDown"), Burns, Alerts(), Burns, Alerts(), Nothing));
        Assert.Equal(["waiting until what was before is over, 90 s at most: BudgetBurnsSlowly/entry-availability, TargetDown"], said);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_no_clearance()
    {
        Assert.True(await WaitAsync(TimeProvider.System, "no JSON", Alerts(), Nothing));
        Assert.Single(said);
    }

    [Fact]
    public async Task What_never_ends_is_told_and_left_to_the_rows()
    {
        Assert.False(await WaitAsync(new Leap(), Alerts(), Burns));
        Assert.Equal(["not clear after 90 s: BudgetBurnsSlowly/entry-availability; the rows are judged all the same"], said);
    }

    private static string Alerts(params string[] firing) =>
        $$$"""{"status":"success","data":{"groups":[{"rules":[{{{string.Join(',', firing.Select(Rule))}}}]}]}}""";

    private static string Rule(string name) =>
        $$"""{"name":"{{name}}","duration":3,"alerts":[{"labels":{"alertname":"{{name}}"},"state":"firing","activeAt":"2026-11-29T12:00:00Z","value":"1"}]}""";

    private async Task<bool> WaitAsync(TimeProvider time, params string[] answers)
    {
        using var prometheus = await FakePrometheus.OfAsync(answers);
        using var client = new PrometheusClient(prometheus.Address);
        return await new ClearWindows(client, time, said.Add).WaitAsync(CancellationToken.None);
    }

    // Every look at the clock finds it two minutes further.
    private sealed class Leap : TimeProvider
    {
        private long minutes;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => minutes += 120;
    }
}
