using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Embedded;

namespace ChaosLab.Chaos.Tests.Faults;

/// <summary>Every fault of the catalogue, through its whole life, on real processes: it bites, and its undo leaves nothing.</summary>
public class FaultTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    public static TheoryData<string> Doses =>
    [
        "kind: kill-process",
        "kind: kill-process, restart: at-once",
        "kind: stop-process",
        "kind: pause-process",
        "kind: slow-start, delay: 3s",
        "kind: rolling-restart",
        "kind: app-error",
        "kind: app-error, exception: timeout, operations: [link.get]",
        "kind: app-latency, delay: 50ms",
        "kind: app-latency, delay: 30s",
        "kind: app-outcome, operations: [link.get]",
        "kind: app-cpu, burn: 20ms",
        "kind: app-readiness",
    ];

    [Theory]
    [MemberData(nameof(Doses))]
    public async Task A_fault_bites_and_its_undo_leaves_nothing(string dose)
    {
        fixture.KeepAskingOnce();
        var life = LifeOf(dose, "app2");
        await ReadyAsync();

        Assert.Null(await Until.Done(life.PrepareAsync(CancellationToken.None)));
        using var hold = new CancellationTokenSource(Until.Limit);
        await Until.Done(life.InjectAsync(hold.Token, CancellationToken.None));
        var pendingDuring = new UndoLog(fixture.Lab.StateRoot).ReadPending().Count(entry => entry.Sequence > 0);
        await Until.Done(life.HealAsync());

        Assert.True(life.Result.EvidenceSeen, life.Result.ToString());
        Assert.Equal(1, pendingDuring);
        Assert.True(life.Result is { Undone: true, Attested: true, Error: "" }, life.Result.ToString());
        Assert.DoesNotContain(new UndoLog(fixture.Lab.StateRoot).ReadPending(), entry => entry.Sequence > 0);
    }

    [Fact]
    public async Task Nothing_is_never_evidence()
    {
        var life = LifeOf("kind: noop", "app1");
        await ReadyAsync();
        Assert.Null(await Until.Done(life.PrepareAsync(CancellationToken.None)));
        using var hold = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Until.Done(life.InjectAsync(hold.Token, CancellationToken.None));
        await Until.Done(life.HealAsync());

        Assert.False(life.Result.EvidenceSeen);
        Assert.True(life.Result is { Undone: true, Attested: true });
    }

    [Fact]
    public async Task A_fault_on_a_host_that_is_not_well_is_refused()
    {
        await ReadyAsync();
        var host = fixture.Lab.Hosts.First(host => host.Name == "app3");
        await host.Service.PauseAsync(CancellationToken.None);
        try
        {
            var refusal = await Until.Done(LifeOf("kind: kill-process", "app3").PrepareAsync(CancellationToken.None));

            Assert.Contains("app3 is not well", refusal, StringComparison.Ordinal);
        }
        finally
        {
            await Undoing.DoAsync(host.Service.UndoOfPause, TimeProvider.System);
        }
    }

    // Seen on a crowded machine: "start unless it runs" found the old process, still draining, and then it went.
    [Fact]
    public async Task A_service_that_was_still_draining_at_its_undo_runs_again_in_the_end()
    {
        await ReadyAsync();
        var life = LifeOf("kind: stop-process", "app1");
        Assert.Null(await Until.Done(life.PrepareAsync(CancellationToken.None)));
        using var hold = new CancellationTokenSource();

        await Until.Done(life.InjectAsync(hold.Token, hold.Token, hold.Cancel)); // over before the drain of a second is
        await Until.Done(life.HealAsync());

        Assert.True(life.Result is { Undone: true, Attested: true }, life.Result.ToString());
        await ReadyAsync();
    }

    [Fact]
    public async Task An_undo_may_be_executed_twice()
    {
        await ReadyAsync();
        var host = fixture.Lab.Hosts.First(host => host.Name == "app1");
        foreach (var undo in (UndoAction[])[host.Service.UndoOfDown, host.Service.UndoOfPause, host.UndoOfAppFaults("no such tag")])
        {
            await Until.Done(Undoing.DoAsync(undo, TimeProvider.System));
            await Until.Done(Undoing.DoAsync(undo, TimeProvider.System));
        }

        Assert.Single((await host.Service.ReadAsync(CancellationToken.None)).Processes);
    }

    [Fact]
    public async Task Only_the_in_app_faults_of_ones_own_tag_are_ended()
    {
        await ReadyAsync();
        var host = fixture.Lab.Hosts.First(host => host.Name == "app1");
        using var faults = new AppFaults(host.Admin, host.AdminToken);
        foreach (var tag in (string[])["ours", "theirs"])
            await faults.StartAsync(AppInjection.Request("readiness", 1, []) with { Experiment = tag, TimeToLive = TimeSpan.FromMinutes(1) }, CancellationToken.None);

        await Until.Done(Undoing.DoAsync(host.UndoOfAppFaults("ours"), TimeProvider.System));

        Assert.Equal("readiness(theirs)", await faults.DescribeAsync(CancellationToken.None));
        await Until.Done(Undoing.DoAsync(host.UndoOfAppFaults("theirs"), TimeProvider.System));
    }

    private FaultLife LifeOf(string dose, string host)
    {
        var (experiment, problems) = ExperimentFile.Parse("fault.yaml",
            $$"""
            title: one fault
            hypothesis: [redirect success >= 50 %]
            load: { scenario: follow-links, rate: 100/s, for: 100s }
            faults: [{ at: 3s, for: 60s, target: { name: {{host}} }, {{dose}} }]
            """);
        Assert.Empty(problems);
        return new FaultLife(experiment!.Faults[0], $"f1-{host}", 1, 7, fixture.Lab.Hosts.First(one => one.Name == host), fixture.Lab, "test",
            new UndoLog(fixture.Lab.StateRoot), TimeProvider.System, new SampleTap(TimeProvider.System, null, () => { }), (_, _, _) => { });
    }

    // The tests of this class run one after the other on one lab; each begins when it is well again.
    private Task ReadyAsync() => Until.TrueAsync(async () =>
    {
        foreach (var app in fixture.Lab.OfRole("app"))
            if (await HostView.FingerprintAsync(app, fixture.Lab, CancellationToken.None) != "processes: 1, paused: no, ready: 200, in balancer: up, in-app faults: none")
                return false;
        return true;
    }, "every instance well");
}
