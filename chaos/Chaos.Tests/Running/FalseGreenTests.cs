using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Embedded;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Tests.Running;

/// <summary>The ways in which other tools stay green, each on a real lab under real load, each with its exit code here.</summary>
public class FalseGreenTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    [Fact]
    public async Task Steady_state_not_met_before_is_not_run()
    {
        var result = await RunAsync("redirect p50 < 1 us", "kind: kill-process");

        Assert.Equal(4, result.Verdict.ExitCode());
        Assert.Null(result.Faults[0].Start);
        Assert.Contains("steady state", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_that_fails_is_inconclusive()
    {
        var result = await RunAsync(Hypothesis, "kind: noop", replace: new Failing());

        Assert.Equal(3, result.Verdict.ExitCode());
        Assert.Contains("the tool is broken", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_that_does_nothing_is_inconclusive()
    {
        var result = await RunAsync(Hypothesis, "kind: noop");

        Assert.Equal(3, result.Verdict.ExitCode());
        Assert.Contains("no evidence", result.Reason, StringComparison.Ordinal);
        Assert.All(result.Expectations, line => Assert.Equal(Judgement.Met, line.Judgement));
    }

    [Fact]
    public async Task Violated_only_during_the_fault_is_a_weakness()
    {
        // Every instance hangs for a second; before and after all is well.
        var result = await RunAsync(Hypothesis, "kind: kill-process", target: "role: app, all: true");

        Assert.Equal(1, result.Verdict.ExitCode());
        Assert.Equal(0, result.Windows.First(window => window.Name == "baseline").Steps.Sum(step => step.Failed));
        Assert.NotEqual(0, result.Windows.First(window => window.Name == "fault").Steps.Sum(step => step.Failed));
        Assert.All(result.Faults, fault => Assert.True(fault is { EvidenceSeen: true, Undone: true, Attested: true }));
    }

    [Fact]
    public async Task A_probe_without_data_is_inconclusive()
    {
        var result = await RunAsync(Hypothesis, "kind: app-readiness", expect: "breaker closes within 2 s");

        Assert.Equal(3, result.Verdict.ExitCode());
        Assert.Contains("could not be judged", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tolerance_that_cannot_fail_is_a_mistake_of_the_file()
    {
        var (experiment, problems) = ExperimentFile.Parse("x.yaml", Text("redirect success >= 0 %", "kind: noop", "role: app", null, "2s"));

        Assert.Null(experiment);
        Assert.Contains("can never fail", Assert.Single(problems).Says, StringComparison.Ordinal);
        Assert.Equal(2, Chaos.Verdicts.Verdicts.ExitCodeOfAMistake);
    }

    [Fact]
    public async Task A_spent_error_budget_aborts_and_heals_first()
    {
        var result = await RunAsync(Hypothesis, "kind: kill-process", target: "role: app, all: true", abort: 5);

        Assert.Equal(5, result.Verdict.ExitCode());
        Assert.Contains("abort rule", result.Reason, StringComparison.Ordinal);
        Assert.All(result.Faults.Where(fault => fault.Start is not null), fault => Assert.True(fault is { Undone: true, Attested: true }));
    }

    [Fact]
    public async Task A_stopped_run_is_aborted_and_healed()
    {
        using var stop = new CancellationTokenSource();
        var result = await RunAsync(Hypothesis, "kind: pause-process", stop: stop, stopOn: RunEvents.Evidence);

        Assert.Equal(5, result.Verdict.ExitCode());
        Assert.True(result.Faults[0] is { Undone: true, Attested: true });
        Assert.DoesNotContain(new UndoLog(fixture.Lab.StateRoot).ReadPending(), entry => entry.Sequence > 0);
    }

    [Fact]
    public async Task A_role_smaller_than_the_pick_is_not_run()
    {
        var result = await RunAsync(Hypothesis, "kind: kill-process", change: experiment => experiment with
        {
            Faults = [experiment.Faults[0] with { Target = new Target.Pick("app", 9) }],
        });

        Assert.Equal(4, result.Verdict.ExitCode());
    }

    [Fact]
    public async Task A_run_leaves_its_record()
    {
        var result = await RunAsync(Hypothesis, "kind: kill-process", length: "4s");

        foreach (var file in (string[])["journal.jsonl", "samples.csv.gz", "ledger.jsonl", "summary.json"])
            Assert.True(new FileInfo(Path.Combine(result.Folder, file)).Length > 0, file);
        var journal = File.ReadAllText(Path.Combine(result.Folder, "journal.jsonl"));
        Assert.DoesNotContain(fixture.Lab.Hosts[0].AdminToken, journal, StringComparison.Ordinal);
        // The undo stands on disk before the fault begins.
        Assert.True(journal.IndexOf("fault.undo-written", StringComparison.Ordinal) < journal.IndexOf("fault.injecting", StringComparison.Ordinal));
        Assert.All(result.Requests.SelectMany(step => step.Slowest), one => Assert.Matches("^[0-9a-f]{32}$", one.TraceId));
        Assert.InRange(result.Requests.Single(step => step.Step == "redirect").Slowest.Count, 1, 10);
        Assert.NotEmpty(result.Timeline);
        Assert.Equal(["baseline", "fault", "recovery", "since fault", "run"], result.Windows.Select(window => window.Name));
        Assert.Contains(result.Transitions, change => change.Kind == "backend");
        Assert.NotNull(result.Ledger);
        Assert.Empty(result.Ledger.Lost);
    }

    private const string Hypothesis = "redirect success >= 99 %";

    private async Task<ExperimentResult> RunAsync(
        string hypothesis, string fault, string target = "role: app", string? expect = null, string length = "2s", int? abort = null, Fault? replace = null,
        CancellationTokenSource? stop = null, string? stopOn = null, Func<Experiment, Experiment>? change = null)
    {
        await Until.TrueAsync(async () => (await Task.WhenAll(fixture.Lab.OfRole("app").Select(app => HostView.FingerprintAsync(app, fixture.Lab, CancellationToken.None))))
            .All(print => print.Contains("ready: 200, in balancer: up, in-app faults: none", StringComparison.Ordinal)), "every instance well");
        var (experiment, problems) = ExperimentFile.Parse("x.yaml", Text(hypothesis, fault, target, expect, length));
        Assert.Empty(problems);
        experiment = experiment! with { Abort = abort is { } budget ? new AbortRule(budget) : null };
        if (replace is not null)
            experiment = experiment with { Faults = [experiment.Faults[0] with { Fault = replace }] };
        experiment = change?.Invoke(experiment) ?? experiment;
        var progress = new StopOn(stop, stopOn);
        return await Until.Done(ExperimentRunner.RunAsync(experiment, fixture.Lab, Labs.Run(fixture.Runs) with { RunId = Guid.NewGuid().ToString("N") }, progress, stop?.Token ?? CancellationToken.None));
    }

    private static string Text(string hypothesis, string fault, string target, string? expect, string length) =>
        $$"""
        title: a test
        hypothesis: [{{hypothesis}}]
        load: { scenario: follow-links, rate: 100/s, for: 8s, warm-up: 500ms, links: 10, seed: 7 }
        faults: [{ at: 2s, for: {{length}}, target: { {{target}} }, {{fault}} }]
        {{(expect is null ? "" : $"expect: [{expect}]")}}
        """;

    private sealed record Failing : Fault
    {
        public override string Kind => "failing";

        public override string Dose => "none";

        public override Injection On(FaultSite site) => new Injected();

        private sealed class Injected : Injection
        {
            public override UndoAction Undo => new UndoAction.Nothing("nothing was done");

            public override Task InjectAsync(CancellationToken stop) => throw new InvalidOperationException("the tool is broken");

            public override Task<Sight> LookAsync(CancellationToken stop) => Task.FromResult(new Sight(false, "nothing"));
        }
    }

    private sealed class StopOn(CancellationTokenSource? stop, string? kind) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value.Kind == kind)
                stop?.Cancel();
        }
    }
}
