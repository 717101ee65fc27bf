using ChaosLab.Load.Proof;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Tests.Proof;

public class StallExperimentTests
{
    [Theory]
    // 500/s for 12 s, frozen for 1.5 s: an eighth of the visitors wait, evenly between 0 and 1.5 s. Above that share
    // the q-th percentile is 1.5 s − (1 − q) · 12 s.
    [InlineData(500, 12, 1.5, 0, 300, 900, 1380, 1500)]
    [InlineData(100, 10, 1.0, 0, 0, 500, 900, 1000)]
    [InlineData(1000, 20, 10.0, 0, 8000, 9000, 9800, 10000)]
    public void The_law_follows_from_schedule_and_freeze(int rate, int seconds, double freeze, double p50, double p90, double p95, double p99, double max)
    {
        var plan = Plan.For("s", [Simulation.Inject(rate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds))], 1);
        var law = StallLaw.Of(plan, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(freeze));

        Assert.Equal([p50, p90, p95, p99, max], new[] { law.P50, law.P90, law.P95, law.P99, law.Max }.Select(ms => Math.Round(ms, 3)));
    }

    [Fact]
    public async Task The_open_model_sees_the_stall_that_a_closed_loop_omits()
    {
        var result = await StallExperiment.RunAsync(StallOptions.Lasting(TimeSpan.FromSeconds(4)), CancellationToken.None).WaitAsync(Runs.Limit);

        // Noise of the machine can only add to what was measured, so these bounds hold on any machine.
        Assert.All(result.Measured, m =>
        {
            Assert.Equal(2_000, m.Requests);
            Assert.True(m.Percentiles.P99 >= result.Law.P99 * 0.99, $"{m.Name}: {m.Percentiles} against {result.Law}");
            Assert.True(m.Percentiles.P95 >= result.Law.P95 * 0.99);
        });
        Assert.True(result.Naive.Requests < 2_000);
        var samples = result.Run.Samples.ToList();
        int Stalled(string scenario) => samples.Count(s => s.Scenario == scenario && s.ResponseTime > TimeSpan.FromMilliseconds(250));
        Assert.True(Stalled(result.Naive.Name) * 3 < Stalled(result.Measured[0].Name), $"{Stalled(result.Naive.Name)} against {Stalled(result.Measured[0].Name)}");

        var text = new StringWriter();
        StallReport.Print(result, text);
        Assert.Contains(result.Passed ? "PASSED" : "FAILED", text.ToString());
    }
}
