namespace ChaosLab.Load.Tests.Running;

public class IterationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static Task<LoadResult> Run(Func<IScenarioContext, Task<IResponse>> run, Func<ScenarioProps, ScenarioProps>? change = null, int count = 10) =>
        Runs.Quiet((change ?? (s => s))(Scenario.Create("s", run).WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(100, Second, count)))).ToTheEndAsync();

    [Fact]
    public async Task A_failed_step_ends_its_iteration()
    {
        var second = 0;
        var result = await Run(async context =>
        {
            await Step.Run("first", context, () => Task.FromResult(Response.Fail("500", "broken")));
            await Step.Run("second", context, () => { second++; return Task.FromResult(Response.Ok()); });
            return Response.Ok();
        });

        var stats = result.Stats.ScenarioStats[0];
        Assert.Equal((0, 10, 0), (stats.AllOkCount, stats.AllFailCount, second));
        Assert.Equal(10, stats.StepStats.Get("first").Fail.Request.Count);
        Assert.False(stats.StepStats.Exists("second"));
        Assert.Equal(("500", 10, "broken"), (stats.Fail.StatusCodes[0].StatusCode, stats.Fail.StatusCodes[0].Count, stats.Fail.StatusCodes[0].Message));
    }

    [Fact]
    public async Task Or_goes_on_when_told_to()
    {
        var result = await Run(async context =>
        {
            var first = await Step.Run("first", context, () => Task.FromResult(Response.Fail("500")));
            await Step.Run("second", context, () => Task.FromResult(Response.Ok(sizeBytes: 7)));
            return first.IsError ? Response.Ok() : Response.Fail();
        }, s => s.WithRestartIterationOnFail(false));

        var stats = result.Stats.ScenarioStats[0];
        Assert.Equal((10, 10), (stats.AllOkCount, stats.StepStats.Get("second").Ok.Request.Count));
        Assert.Equal(70, stats.AllBytes);
    }

    [Fact]
    public async Task Exceptions_are_outcomes_with_codes()
    {
        var result = await Run(context => context.ArrivalNumber % 2 == 0 ? throw new InvalidOperationException("oh") : throw new OperationCanceledException());

        var codes = result.Stats.ScenarioStats[0].Fail.StatusCodes;
        Assert.Equal((5, "oh"), (codes.Get("-101").Count, codes.Get("-101").Message));
        Assert.Equal((5, "operation timeout"), (codes.Get("-100").Count, codes.Get("-100").Message));
    }

    [Fact]
    public async Task A_step_passes_its_payload_on_and_samples_are_per_step()
    {
        var result = await Run(async context =>
        {
            var made = await Step.Run("make", context, () => Task.FromResult(Response.Ok(payload: "abc", statusCode: "201")));
            await Step.Run("use", context, () => Task.FromResult(Response.Ok(made.Payload.Value)));
            return Response.Ok();
        });

        Assert.Equal(20, result.Samples.Count);
        Assert.Equal(["make", "use"], result.Stats.ScenarioStats[0].StepStats.Select(s => s.StepName));
        Assert.Equal(10, result.Stats.ScenarioStats[0].Ok.StatusCodes.Get("abc").Count);
    }

    [Fact]
    public async Task Only_the_first_step_is_charged_with_the_lateness_of_its_iteration()
    {
        // One copy at 50 ms each, 100 a second: late by about half a second in the end.
        var result = await Run(async context =>
        {
            await Step.Run("first", context, async () => { await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System); return Response.Ok(); });
            await Step.Run("second", context, async () => { await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System); return Response.Ok(); });
            return Response.Ok();
        }, s => s.WithMaxInFlight(1), count: 20);

        var samples = result.Samples.ToList();
        Assert.All(samples.Where(s => s.Step == "second"), s => Assert.Equal(TimeSpan.Zero, s.Lateness));
        Assert.True(samples.Where(s => s.Step == "first").Max(s => s.Lateness) > TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public async Task An_iteration_that_fails_by_itself_after_good_steps_says_so()
    {
        var result = await Run(async context =>
        {
            await Step.Run("fine", context, () => Task.FromResult(Response.Ok("200", 5)));
            throw new InvalidOperationException("afterwards");
        });

        var stats = result.Stats.ScenarioStats[0];
        Assert.Equal(("afterwards", 10), (stats.Fail.StatusCodes.Get("-101").Message, stats.Fail.StatusCodes.Get("-101").Count));
        Assert.Equal(10, stats.Ok.StatusCodes.Get("200").Count);
    }

    [Fact]
    public async Task Data_is_emptied_between_iterations_and_the_copy_s_is_kept()
    {
        var (leaked, kept) = (0, 0);
        await Run(context =>
        {
            leaked += context.Data.Count;
            kept = Math.Max(kept, context.ScenarioInstanceData.Count);
            context.Data["x"] = 1;
            context.ScenarioInstanceData[$"{context.InvocationNumber}"] = 1;
            return Task.FromResult<IResponse>(Response.Ok());
        }, s => s.WithMaxInFlight(1));

        Assert.Equal((0, 9), (leaked, kept));
    }

    [Fact]
    public async Task Init_comes_first_clean_last_and_a_failing_clean_changes_nothing()
    {
        var order = new List<string>();
        var result = await Run(_ =>
        {
            lock (order)
                order.Add("run");
            return Task.FromResult<IResponse>(Response.Ok());
        }, s => s.WithInit(_ => { order.Add("init"); return Task.CompletedTask; }).WithClean(_ => { order.Add("clean"); throw new InvalidOperationException(); }), count: 3);

        Assert.Equal(["init", "run", "run", "run", "clean"], order);
        Assert.Equal(3, result.Stats.AllOkCount);
    }

    [Fact]
    public async Task A_failing_init_stops_the_test_and_still_cleans_up()
    {
        var (ran, cleaned) = (0, 0);
        var failure = await Assert.ThrowsAsync<ScenarioInitException>(() => Run(_ => { ran++; return Task.FromResult<IResponse>(Response.Ok()); },
            s => s.WithInit(_ => throw new InvalidOperationException("no database")).WithClean(_ => { cleaned++; return Task.CompletedTask; })));

        Assert.Contains("no database", failure.Message);
        Assert.Equal((0, 1), (ran, cleaned));
    }

    [Fact]
    public async Task The_reserved_step_name_is_refused()
    {
        var result = await Run(async context => await Step.Run(Scenario.WholeIteration, context, () => Task.FromResult(Response.Ok())), count: 1);

        Assert.Contains("another name", result.Stats.ScenarioStats[0].Fail.StatusCodes[0].Message);
    }

    [Fact]
    public async Task An_observer_of_figures_gets_them_while_running_and_at_the_end()
    {
        using var sink = new CountingSink();
        await Runs.Quiet(Scenario.Create("s", _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp().WithLoadSimulations(Simulation.Inject(10, Second, 2 * Second)))
            .WithReportingInterval(TimeSpan.FromMilliseconds(100)).WithReportingSinks(sink).ToTheEndAsync();

        Assert.Equal((1, 1), (sink.Starts, sink.Finals));
        Assert.NotEqual(0, sink.Realtimes);
    }

    private sealed class CountingSink : IReportingSink
    {
        public int Starts { get; private set; }
        public int Realtimes { get; private set; }
        public int Finals { get; private set; }
        public string SinkName => "counting";
        public Task Start(TestInfo test) { Starts++; return Task.CompletedTask; }
        public Task SaveRealtimeStats(ScenarioStats[] stats) { Realtimes++; throw new InvalidOperationException("a sink must not end the run"); }
        public Task SaveFinalStats(NodeStats stats) { Finals++; return Task.CompletedTask; }
        public void Dispose() { }
    }
}
