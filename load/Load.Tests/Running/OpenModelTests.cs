using System.Collections.Concurrent;

namespace ChaosLab.Load.Tests.Running;

public class OpenModelTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static ScenarioProps Of(Func<IScenarioContext, Task<IResponse>> run, params LoadSimulation[] load) =>
        Scenario.Create("s", run).WithoutWarmUp().WithLoadSimulations(load);

    [Fact]
    public async Task Every_planned_start_is_delivered_or_counted_as_undelivered()
    {
        // Two copies of 30 ms each serve about 66 a second; 300 a second arrive and may be at most 0.3 s late.
        var result = await Runs.Quiet(Of(async _ =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
            return Response.Ok();
        }, Simulation.Inject(300, Second, Second)).WithMaxInFlight(2)).WithMaxLateness(TimeSpan.FromSeconds(0.3)).ToTheEndAsync();

        var arrivals = result.Stats.ScenarioStats[0].Arrivals;
        Assert.Equal(300, arrivals.Planned);
        Assert.Equal(arrivals.Planned, arrivals.Delivered + arrivals.Undelivered);
        Assert.True(arrivals.Undelivered > 100, $"{arrivals.Undelivered} undelivered");
        Assert.Equal(arrivals.Delivered, result.Stats.AllRequestCount);
        Assert.Equal(ValidityVerdict.Invalid, result.Validity.Verdict);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task Waiting_for_a_free_copy_is_charged_to_the_response_time_not_to_the_generator()
    {
        // One copy, 5 arrivals at once each second, 40 ms each: the fifth waits 160 ms.
        var result = await Runs.Quiet(Of(async _ =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System);
            return Response.Ok();
        }, Simulation.Inject(5, TimeSpan.FromMilliseconds(10), Second)).WithMaxInFlight(1)).WithMaxLateness(TimeSpan.FromMinutes(1)).ToTheEndAsync();

        var stats = result.Stats.ScenarioStats[0];
        Assert.Equal(500, stats.Arrivals.Delivered);
        Assert.True(stats.Arrivals.Waiting.Percent50 > 1_000, $"waiting {stats.Arrivals.Waiting.Percent50} ms");
        Assert.True(stats.Ok.Latency.Percent50 >= stats.Arrivals.Waiting.Percent50 * 0.9);
        Assert.True(stats.Ok.ServiceTime.Percent50 < stats.Ok.Latency.Percent50 / 5);
        Assert.True(stats.Arrivals.Lateness.Percent50 < stats.Arrivals.Waiting.Percent50 / 5);
    }

    [Fact]
    public async Task Never_more_are_in_flight_than_allowed_and_copies_are_reused()
    {
        var (now, most) = (0, 0);
        var copies = new ConcurrentDictionary<int, int>();
        await Runs.Quiet(Of(async context =>
        {
            copies.AddOrUpdate(context.ScenarioInfo.InstanceNumber, 1, (_, n) => n + 1);
            var inFlight = Interlocked.Increment(ref now);
            InterlockedMax(ref most, inFlight);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            Interlocked.Decrement(ref now);
            return Response.Ok();
        }, Simulation.Inject(400, Second, Second)).WithMaxInFlight(7)).ToTheEndAsync();

        Assert.InRange(most, 1, 7);
        Assert.All(copies.Keys, number => Assert.InRange(number, 0, 6));
    }

    [Fact]
    public async Task Samples_carry_the_plan_and_the_observer_sees_each()
    {
        var seen = new ConcurrentBag<Sample>();
        long started = 0;
        var result = await Runs.Quiet(Of(_ => Task.FromResult<IResponse>(Response.Ok("200")), Simulation.Inject(50, Second, Second)))
            .WithSampleObserver(seen.Add).WithStartObserver(timestamp => started = timestamp).ToTheEndAsync();

        var samples = result.Samples.ToList();
        Assert.Equal(Enumerable.Range(0, 50).Select(k => TimeSpan.FromMilliseconds(20 * k)), samples.Select(s => s.Intended).Order());
        Assert.All(samples, s => Assert.True(s.Started >= s.Intended && s.Ended >= s.Started));
        Assert.Equal(50, seen.Count);
        Assert.Equal(result.StartTimestamp, started);
        Assert.All(samples, s => Assert.Equal((Scenario.WholeIteration, "200", true), (s.Step, s.StatusCode, s.IsOk)));
    }

    [Fact]
    public async Task The_warm_up_runs_but_does_not_count()
    {
        var (warm, all) = (0, 0);
        var result = await Runs.Quiet(Of(context =>
        {
            Interlocked.Increment(ref all);
            if (context.ScenarioInfo.ScenarioOperation == ScenarioOperation.WarmUp)
                Interlocked.Increment(ref warm);
            return Task.FromResult<IResponse>(Response.Ok());
        }, Simulation.Inject(40, Second, 2 * Second)).WithWarmUpDuration(Second)).ToTheEndAsync();

        Assert.Equal((40, 120), (warm, all));
        Assert.Equal(80, result.Stats.AllRequestCount);
        Assert.Equal(80, result.Samples.Count);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_arrivals_and_the_same_draws()
    {
        async Task<(string Hash, List<(long, int)> Draws)> Run(int seed)
        {
            var draws = new ConcurrentBag<(long, int)>();
            var result = await Runs.Quiet(Of(context =>
            {
                draws.Add((context.ArrivalNumber, context.Random.Next(1_000_000)));
                return Task.FromResult<IResponse>(Response.Ok());
            }, Simulation.InjectPoisson(60, Second, Second))).WithSeed(seed).ToTheEndAsync();
            return (result.PlanHash, [.. draws.Order()]);
        }

        var (first, again, other) = (await Run(4), await Run(4), await Run(5));
        Assert.Equal(first.Hash, again.Hash);
        Assert.Equal(first.Draws, again.Draws);
        Assert.NotEqual(first.Hash, other.Hash);
    }

    [Fact]
    public async Task A_stop_ends_early_and_keeps_what_was_measured()
    {
        using var stop = new CancellationTokenSource();
        var count = 0;
        var result = await Runs.Quiet(Of(_ =>
        {
            if (Interlocked.Increment(ref count) == 50)
                stop.Cancel();
            return Task.FromResult<IResponse>(Response.Ok());
        }, Simulation.Inject(100, Second, TimeSpan.FromHours(1)))).ToTheEndAsync(stop.Token);

        Assert.True(result.Stopped);
        Assert.False(result.StoppedByLimit);
        Assert.InRange(result.Stats.AllRequestCount, 50, 100_000);
        Assert.Equal(result.Validity.Planned, result.Validity.Delivered + result.Validity.Undelivered);
    }

    [Fact]
    public async Task Too_many_failures_stop_the_test_at_once()
    {
        var result = await Runs.Quiet(Of(_ => Task.FromResult<IResponse>(Response.Fail("500")), Simulation.Inject(100, Second, TimeSpan.FromHours(1))).WithMaxFailCount(20)).ToTheEndAsync();

        Assert.True(result is { Stopped: true, StoppedByLimit: true, ExitCode: 1 });
        Assert.Contains("20 failed", result.StopReason);
    }

    [Fact]
    public async Task What_does_not_finish_counts_as_failed()
    {
        var result = await Runs.Quiet(Of(async context =>
        {
            if (context.ArrivalNumber == 3)
                await new TaskCompletionSource().Task; // never, whatever the token says
            return Response.Ok();
        }, Simulation.Inject(10, Second, Second))).WithScenarioCompletionTimeout(TimeSpan.FromSeconds(1)).ToTheEndAsync();

        var stats = result.Stats.ScenarioStats[0];
        Assert.Equal((9, 1, 1), (stats.AllOkCount, stats.AllFailCount, (int)stats.Arrivals.Unfinished));
        Assert.Equal("-100", stats.Fail.StatusCodes[0].StatusCode);
    }

    [Fact]
    public async Task A_mix_shares_one_load_by_weight()
    {
        ScenarioProps One(string name, int weight) => Scenario.Create(name, _ => Task.FromResult<IResponse>(Response.Ok()))
            .WithoutWarmUp().WithWeight(weight).WithLoadSimulations(Simulation.Inject(1_000, Second, Second));
        var result = await Runs.Quiet(One("a", 80), One("b", 20)).ToTheEndAsync();

        Assert.Equal(1_000, result.Stats.AllRequestCount);
        Assert.InRange(result.Stats.ScenarioStats.Get("b").AllOkCount, 150, 250);
    }

    [Fact]
    public async Task Several_scenarios_run_at_once_and_one_can_stop_another()
    {
        var a = Scenario.Create("a", context =>
        {
            if (context.InvocationNumber >= 1 && context.ArrivalNumber == 20)
                context.StopScenario("b", "enough");
            return Task.FromResult<IResponse>(Response.Ok());
        }).WithoutWarmUp().WithLoadSimulations(Simulation.Inject(50, Second, Second));
        var b = Scenario.Create("b", _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp().WithLoadSimulations(Simulation.Inject(50, Second, TimeSpan.FromHours(1)));
        var result = await Runs.Quiet(a, b).ToTheEndAsync();

        Assert.Equal(50, result.Stats.ScenarioStats.Get("a").AllOkCount);
        Assert.InRange(result.Stats.ScenarioStats.Get("b").AllOkCount, 1, 3_000);
        Assert.False(result.Stopped);
    }

    [Fact]
    public async Task The_timeline_counts_each_second_of_intended_start()
    {
        var result = await Runs.Quiet(Of(c => Task.FromResult<IResponse>(c.ArrivalNumber % 10 == 0 ? Response.Fail("x") : Response.Ok("y")), Simulation.Inject(30, Second, Second), Simulation.Pause(Second), Simulation.Inject(10, Second, Second))).ToTheEndAsync();

        Assert.Equal([(0, 27L, 3L), (1, 0, 0), (2, 9, 1)], result.Timeline.Select(t => (t.Second, t.Ok, t.Fail)));
        Assert.Equal(TimeSpan.FromSeconds(2), result.Stats.ScenarioStats[0].Duration);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
