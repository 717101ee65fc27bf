namespace ChaosLab.Load.Tests.Thresholds;

public class ThresholdTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Judging text needs a measured run, but not one each.
    private static readonly Lazy<Task<LoadResult>> Measured = new(() => Run());

    private static async Task<LoadResult> Run(params Threshold[] thresholds) => await Runs.Quiet(Scenario.Create("s", async context =>
            await Step.Run("get", context, () => Task.FromResult(context.ArrivalNumber % 10 == 0 ? Response.Fail("503") : Response.Ok("200", 1_000))))
        .WithoutWarmUp().WithLoadSimulations(Simulation.Inject(100, Second, Second)).WithThresholds(thresholds)).WithLatenessFloor(TimeSpan.FromSeconds(30)).ToTheEndAsync();

    [Theory]
    [InlineData("OkRequest", "RPS >= 90", "", "", true)]
    [InlineData("OkRequest", "RPS > 90", "", "", false)]
    [InlineData("OkRequest", "percent >= 90%", "", "", true)]
    [InlineData("OkRequest", "Percent > 90", "get", "", false)]
    [InlineData("FailRequest", "Percent <= 10", "", "", true)]
    [InlineData("FailRequest", "RPS < 10/s", "", "", false)]
    [InlineData("OkLatency", "max < 60s", "", "", true)]
    [InlineData("OkLatency", "P99.9 < 60000", "get", "", true)]
    [InlineData("OkLatency", "min >= 60000ms", "get", "", false)]
    [InlineData("OkDataTransfer", "p75 < 2KB", "", "", true)]
    [InlineData("OkDataTransfer", "mean > 1000", "get", "", false)]
    [InlineData("StatusCode", "Percent < 11", "", "503", true)]
    [InlineData("StatusCode", "Percent < 10", "", "503", false)]
    [InlineData("StatusCode", "Percent >= 90", "get", "200", true)]
    [InlineData("StatusCode", "Percent <= 0", "", "500", true)]
    [InlineData("Undelivered", "Percent <= 0", "", "", true)]
    [InlineData("Lateness", "P99 < 60s", "", "", true)]
    [InlineData("OkLatency", "P99 < 60s", "no such step", "", false)]
    [InlineData("FailRequest", "Percent < 100", "no such step", "", false)]
    public async Task Text_is_judged_against_what_was_measured(string kind, string expression, string step, string code, bool holds)
    {
        var measured = await Measured.Value;

        var reading = Threshold.Parse(kind, expression, step, code).Read(measured.Stats.ScenarioStats[0]);
        Assert.True(holds == reading.Holds, $"{kind} {expression}: {reading}");
    }

    [Theory]
    [InlineData("Percent >= 90", 0)]
    [InlineData("Percent >= 91", 1)]
    public async Task A_failed_threshold_gives_exit_code_1(string expression, int exitCode)
    {
        var result = await Run(Threshold.Parse("OkRequest", expression));

        Assert.Equal((exitCode, exitCode == 1), (result.ExitCode, Assert.Single(result.Stats.Thresholds).IsFailed));
    }

    [Fact]
    public async Task Code_is_judged_too_and_a_check_that_throws_has_failed()
    {
        var result = await Run(
            Threshold.Create(s => s.AllOkCount == 90),
            Threshold.Create("get", s => s.Ok.StatusCodes.Find("200")?.Percent >= 80),
            Threshold.Create("get", s => s.Ok.StatusCodes.Get("418").Count == 0),
            Threshold.Create("other", _ => true));

        Assert.Equal([false, false, true, true], result.Stats.Thresholds.Select(t => t.IsFailed));
        Assert.Contains("418", result.Stats.Thresholds[2].ExceptionMsg);
        Assert.Equal("no data", result.Stats.Thresholds[3].Measured);
    }

    [Theory]
    [InlineData("OkRequest", "P99 < 5", "does not fit")]
    [InlineData("OkLatency", "RPS < 5", "does not fit")]
    [InlineData("OkLatency", "P101 < 5", "percentile")]
    [InlineData("OkLatency", "P99 < 5 KB", "unit")]
    [InlineData("OkLatency", "P99 == 5", "metric op number")]
    [InlineData("OkLatency", "P99 < fast", "metric op number")]
    [InlineData("OkLatency", "", "metric op number")]
    [InlineData("OkRequest", "Percent >= 101", "never be reached")]
    [InlineData("Okay", "Percent >= 10", "no kind")]
    public void Text_that_cannot_be_read_says_what_would_be_right(string kind, string expression, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => Threshold.Parse(kind, expression)).Message);

    [Fact]
    public async Task Failed_checks_abort_when_they_are_enough()
    {
        var result = await Runs.Quiet(Scenario.Create("s", _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp()
                .WithLoadSimulations(Simulation.Inject(50, Second, TimeSpan.FromHours(1)))
                .WithThresholds(Threshold.Parse("OkRequest", "RPS > 1000000", abortWhenErrorCount: 3)))
            .WithReportingInterval(TimeSpan.FromMilliseconds(100)).ToTheEndAsync();

        Assert.True(result is { Stopped: true, StoppedByLimit: true, ExitCode: 1 });
        Assert.Equal((true, 4), (result.Stats.Thresholds[0].IsFailed, result.Stats.Thresholds[0].ErrorCount)); // three while running, one at the end
    }

    [Fact]
    public async Task Checks_wait_for_their_start()
    {
        var checks = 0;
        await Runs.Quiet(Scenario.Create("s", _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp()
                .WithLoadSimulations(Simulation.Inject(50, Second, 2 * Second))
                .WithThresholds(Threshold.Create(_ => Interlocked.Increment(ref checks) > 0, startCheckAfter: TimeSpan.FromHours(1))))
            .WithReportingInterval(TimeSpan.FromMilliseconds(100)).ToTheEndAsync();

        Assert.Equal(1, checks); // the one at the end
    }
}
