using System.Collections.Concurrent;

namespace ChaosLab.Load.Tests.Running;

public class ClosedModelTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Iterations_are_done_exactly_by_the_copies_asked_for()
    {
        var copies = new ConcurrentDictionary<int, int>();
        var result = await Runs.Quiet(Scenario.Create("s", async context =>
        {
            copies.AddOrUpdate(context.ScenarioInfo.InstanceNumber, 1, (_, n) => n + 1);
            await Task.Yield();
            return Response.Ok();
        }).WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForConstant(4, 4_000))).ToTheEndAsync();

        Assert.Equal(4_000, result.Stats.AllOkCount);
        Assert.Equal(4_000, copies.Values.Sum());
        Assert.All(copies.Keys, number => Assert.InRange(number, 0, 3));
    }

    [Fact]
    public async Task Code_that_never_waits_does_not_starve_the_other_copies()
    {
        var copies = new ConcurrentDictionary<int, bool>();
        await Runs.Quiet(Scenario.Create("s", context =>
        {
            copies[context.ScenarioInfo.InstanceNumber] = true;
            if (copies.Count == 8)
                context.StopCurrentTest("all eight have run");
            return Task.FromResult<IResponse>(Response.Ok());
        }).WithoutWarmUp().WithLoadSimulations(Simulation.KeepConstant(8, TimeSpan.FromMinutes(10)))).ToTheEndAsync();

        Assert.Equal(8, copies.Count);
    }

    [Fact]
    public async Task Copies_come_and_go_with_the_ramp()
    {
        var most = 0;
        var late = new ConcurrentBag<int>();
        await Runs.Quiet(Scenario.Create("s", async context =>
        {
            var number = context.ScenarioInfo.InstanceNumber;
            most = Math.Max(most, number);
            if (context.GetScenarioTimerTime() > TimeSpan.FromSeconds(5))
                late.Add(number);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            return Response.Ok();
        }).WithoutWarmUp().WithLoadSimulations(Simulation.KeepConstant(6, 2 * Second), Simulation.KeepConstant(2, 4 * Second))).ToTheEndAsync();

        Assert.Equal(5, most);
        Assert.All(late, number => Assert.InRange(number, 0, 1));
    }

    [Fact]
    public async Task Nothing_is_planned_so_nothing_is_undelivered()
    {
        var result = await Runs.Quiet(Scenario.Create("s", async _ =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            return Response.Ok("200");
        }).WithoutWarmUp().WithLoadSimulations(Simulation.KeepConstant(2, 2 * Second))).ToTheEndAsync();

        Assert.Equal((0, 0), (result.Validity.Planned, result.Validity.Undelivered));
        Assert.NotEqual(0, result.Stats.AllOkCount);
        Assert.Contains(result.Hints, hint => hint.Contains("closed model"));
    }
}
