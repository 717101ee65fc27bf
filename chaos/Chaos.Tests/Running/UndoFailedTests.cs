using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Embedded;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Metrics;

namespace ChaosLab.Chaos.Tests.Running;

public class UndoFailedTests
{
    // Between injection and undo somebody destroys what the undo needs. Whatever the visitors saw: exit 6, and the
    // entry stays for `lab restore`.
    [Fact]
    public async Task An_undo_that_fails_outranks_everything_and_stays_pending()
    {
        using var root = new Folder();
        await using var lab = await Until.Done(EmbeddedLab.StartAsync(Labs.Options(root.File("state")) with { Instances = 2 }, null, CancellationToken.None));
        var (experiment, problems) = ExperimentFile.Parse("x.yaml",
            """
            title: an undo that fails
            hypothesis: [redirect success >= 50 %]
            load: { scenario: follow-links, rate: 50/s, for: 8s, warm-up: 500ms, links: 10 }
            faults: [{ at: 2s, for: 1s, kind: kill-process, target: { name: app1 } }]
            """);
        Assert.Empty(problems);
        var figures = new FaultFigures();
        figures.Begin("x");
        var launchFile = Launch.FileOf(LabFolder.Of(root.File("state"), lab.Id), "app1");

        var day = await Until.Done(ExperimentRunner.RunAllAsync([experiment!, experiment!], lab,
            Labs.Run(root.File("runs")) with { AttestLimit = TimeSpan.FromSeconds(1) },
            new Vandal(() => File.WriteAllText(launchFile, "{ not json"), figures), null, CancellationToken.None));

        Assert.Equal(6, day.Verdict.ExitCode());
        var only = Assert.Single(day.Experiments); // nothing is measured on a broken lab
        Assert.False(only.Faults[0].Undone);
        Assert.Contains("could not be undone", only.Reason, StringComparison.Ordinal);
        Assert.Contains(new UndoLog(root.File("state")).ReadPending(), entry => entry.Cause == "kill-process");
        Assert.Contains("did not run", Assert.Single(day.Notes), StringComparison.Ordinal);
        var text = new MetricsText();
        figures.WriteTo(text);
        Assert.Contains("lab_faults_active 1\n", text.ToString(), StringComparison.Ordinal); // whoever watches must not see it gone
    }

    // What the undo needs is back a moment later: the repeated undo heals, and a healed lab is not called broken.
    [Fact]
    public async Task An_undo_that_fails_first_and_heals_when_it_is_repeated_is_an_undo()
    {
        using var root = new Folder();
        await using var lab = await Until.Done(EmbeddedLab.StartAsync(Labs.Options(root.File("state")) with { Instances = 2 }, null, CancellationToken.None));
        var (experiment, problems) = ExperimentFile.Parse("x.yaml",
            """
            title: an undo that fails first
            hypothesis: [redirect success >= 50 %]
            load: { scenario: follow-links, rate: 50/s, for: 8s, warm-up: 500ms, links: 10 }
            faults: [{ at: 2s, for: 1s, kind: kill-process, target: { name: app1 } }]
            """);
        Assert.Empty(problems);
        var launchFile = Launch.FileOf(LabFolder.Of(root.File("state"), lab.Id), "app1");
        var launch = File.ReadAllText(launchFile);
        var said = "";

        var result = await Until.Done(ExperimentRunner.RunAsync(experiment!, lab, Labs.Run(root.File("runs")),
            new Vandal(() => File.WriteAllText(launchFile, "{ not json"), new Vandal(() => File.WriteAllText(launchFile, launch), null, value => said = value.Text, RunEvents.Undone), null), CancellationToken.None));

        Assert.Contains("3 attempts", said, StringComparison.Ordinal); // it did fail first
        Assert.True(result.Faults[0] is { Undone: true, Attested: true }, result.Faults[0].Undo + result.Faults[0].Difference);
        Assert.NotEqual(Verdict.UndoFailed, result.Verdict);
        Assert.DoesNotContain(new UndoLog(root.File("state")).ReadPending(), entry => entry.Cause == "kill-process");
    }

    private sealed class Vandal(Action strike, IProgress<RunEvent>? also, Action<RunEvent>? tell = null, string at = RunEvents.Evidence) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            also?.Report(value);
            if (value.Kind != at)
                return;
            tell?.Invoke(value);
            strike();
        }
    }
}
