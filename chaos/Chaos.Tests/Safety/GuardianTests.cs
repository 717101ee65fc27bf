using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Embedded;

namespace ChaosLab.Chaos.Tests.Safety;

public class GuardianTests
{
    // A runner with a real guardian and three processes that only sleep: what is tested here is who ends them.
    private static RunnerProcess Start(Folder root) => new("lease", root.Path);

    private static async Task NothingIsLeftAsync(Folder root, string? lab)
    {
        var log = new UndoLog(root.Path);
        await Until.TrueAsync(() => log.ReadPending().Count == 0, "every undo executed");
        await Until.TrueAsync(() =>
        {
            using var free = RunLock.TryTake(root.Path);
            return free is not null;
        }, "the lock free again, so the guardian gone");
        if (lab is not null)
            Assert.Empty(MarkedProcesses.Find(lab));
        var labs = Path.Combine(root.Path, "labs");
        Assert.Empty(Directory.Exists(labs) ? Directory.GetDirectories(labs) : []);
    }

    [Fact]
    public async Task A_runner_killed_without_warning_leaves_nothing_behind()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (lab, _) = await runner.LabAsync();
        await Sleepers.Running(lab, 3);

        runner.Signal(Signals.Kill);

        await NothingIsLeftAsync(root, lab);
    }

    // From before the guardian stands to after everything runs.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whenever_the_runner_is_killed_nothing_is_left(int seed)
    {
        using var root = new Folder();
        using var runner = Start(root);
        await runner.SaysAsync("starting");
        await Task.Delay(TimeSpan.FromMilliseconds(new Random(seed).Next(0, 600)), TimeProvider.System);

        runner.Signal(Signals.Kill);

        // A guardian that was not yet standing may still come up, see its lease ended, and go: wait for quiet.
        await Until.TrueAsync(() => !File.Exists(Path.Combine(root.Path, "run.json")) || new UndoLog(root.Path).ReadPending().Count == 0, "healed");
        await Until.TrueAsync(() => System.Diagnostics.Process.GetProcessesByName("Chaos.Tests").All(process => !GuardsIn(process.Id, root.Path)), "no guardian of this root");
        await NothingIsLeftAsync(root, RunLock.WhoHolds(root.Path)?.Lab);
    }

    [Fact]
    public async Task A_runner_that_hangs_loses_its_lease()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (lab, _) = await runner.LabAsync();
        await Sleepers.Running(lab, 3);

        runner.Signal(Signals.Stop);

        await NothingIsLeftAsync(root, lab);
    }

    [Fact]
    public async Task With_the_guardian_killed_too_restore_heals()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (lab, guardian) = await runner.LabAsync();
        await Sleepers.Running(lab, 3);

        Signals.Send(guardian, Signals.Kill);
        runner.Signal(Signals.Kill);
        await Until.TrueAsync(() => ProcessTable.Read(guardian) is null or { State: 'Z' } && ProcessTable.Read(runner.Pid) is null or { State: 'Z' }, "both gone");
        Assert.Equal(3, MarkedProcesses.Find(lab).Count);
        var healed = await Until.Done(Restore.All(root.Path, TimeProvider.System));

        Assert.Empty(healed.Failed);
        await NothingIsLeftAsync(root, lab);
    }

    [Fact]
    public async Task A_runner_learns_that_its_guardian_is_gone()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (_, guardian) = await runner.LabAsync();

        Signals.Send(guardian, Signals.Kill);

        await runner.SaysAsync("guardian lost");
        Assert.Contains("guardian lost", runner.Said, StringComparison.Ordinal);
        runner.Signal(Signals.Kill);
        await Until.Done(Restore.All(root.Path, TimeProvider.System));
    }

    [Fact]
    public async Task A_guardian_told_to_go_heals_first()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (lab, guardian) = await runner.LabAsync();
        await Sleepers.Running(lab, 3);

        Signals.Send(guardian, Signals.Terminate);

        await NothingIsLeftAsync(root, lab);
    }

    [Fact]
    public async Task A_second_run_is_refused_while_the_first_lives_and_welcome_after()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (lab, _) = await runner.LabAsync();

        var refused = await Assert.ThrowsAsync<LabRefusedException>(() => Until.Done(
            GuardianLease.TakeAsync([Labs.Program], root.Path, Sleepers.NewLab(), TimeProvider.System, CancellationToken.None)));
        Assert.Contains(lab, refused.Message, StringComparison.Ordinal);

        // Killed: the new run waits until the guardian of the old one has finished healing.
        runner.Signal(Signals.Kill);
        var lease = await Until.Done(GuardianLease.TakeAsync([Labs.Program], root.Path, Sleepers.NewLab(), TimeProvider.System, CancellationToken.None));
        Assert.Empty(MarkedProcesses.Find(lab));
        await Until.Done(lease.ReleaseAsync(TimeProvider.System));
        await NothingIsLeftAsync(root, lab);
    }

    [Fact]
    public async Task A_run_is_refused_while_something_is_left_behind()
    {
        using var root = new Folder();
        new UndoLog(root.Path).Write(new UndoEntry { Id = "x", Lab = "old", Sequence = 1, Action = new UndoAction.ResumeService("old", "app1"), WrittenAt = DateTimeOffset.UnixEpoch });

        var refused = await Assert.ThrowsAsync<LabRefusedException>(() => Until.Done(
            GuardianLease.TakeAsync([Labs.Program], root.Path, Sleepers.NewLab(), TimeProvider.System, CancellationToken.None)));

        Assert.Contains("lab restore", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_guardian_nor_runner_carries_the_mark()
    {
        using var root = new Folder();
        using var runner = Start(root);
        var (lab, guardian) = await runner.LabAsync();
        await Sleepers.Running(lab, 3);

        Assert.DoesNotContain(MarkedProcesses.Find(lab), process => process.Sight.Pid == guardian || process.Sight.Pid == runner.Pid);
        runner.Signal(Signals.Kill);
        await NothingIsLeftAsync(root, lab);
    }

    private static bool GuardsIn(int pid, string root)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains(root, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
