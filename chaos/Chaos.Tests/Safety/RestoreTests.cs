using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Safety;

public class RestoreTests
{
    private static UndoEntry Entry(string lab, int sequence, UndoAction action) => new()
    {
        Id = $"e{sequence}",
        Lab = lab,
        Sequence = sequence,
        Action = action,
        WrittenAt = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(sequence),
    };

    [Fact]
    public async Task A_lab_that_lost_runner_and_guardian_is_taken_away_with_its_faults()
    {
        using var root = new Folder();
        var lab = Sleepers.NewLab();
        var folder = LabFolder.Of(root.Path, lab);
        LabFolder.Make(folder);
        var log = new UndoLog(root.Path);
        log.Write(Entry(lab, 0, new UndoAction.TakeLabAway(lab, folder)));
        var launch = Sleepers.Start(lab, folder, "app1");
        Sleepers.Start(lab, folder, "app2");
        await Sleepers.Running(lab, 2);
        log.Write(Entry(lab, 1, new UndoAction.StartService(launch.File, "app3")));

        var first = await Until.Done(Restore.All(root.Path, TimeProvider.System));
        var second = await Until.Done(Restore.All(root.Path, TimeProvider.System));

        Assert.Empty(first.Failed);
        Assert.Equal(2, first.Healed.Count);
        Assert.Empty(second.Healed);
        Assert.Empty(second.Failed);
        Assert.Empty(MarkedProcesses.Find(lab));
        Assert.False(Directory.Exists(folder));
        Assert.Empty(log.ReadPending());
    }

    [Fact]
    public async Task Undo_of_a_target_that_is_gone_counts_as_healed()
    {
        using var root = new Folder();
        var log = new UndoLog(root.Path);
        log.Write(Entry("gone", 1, new UndoAction.StartService(root.File("gone.launch.json"), "app1")));
        log.Write(Entry("gone", 2, new UndoAction.ResumeService("gone", "app1")));
        log.Write(Entry("gone", 3, new UndoAction.EndAppFaults(root.File("gone.launch.json"), "tag", "app1")));

        var result = await Until.Done(Restore.All(root.Path, TimeProvider.System));

        Assert.Empty(result.Failed);
        Assert.Equal(3, result.Healed.Count);
        Assert.Empty(log.ReadPending());
    }

    [Fact]
    public async Task A_paused_process_goes_on()
    {
        using var root = new Folder();
        var lab = Sleepers.NewLab();
        Sleepers.Start(lab, root.Path, "app1");
        await Sleepers.Running(lab, 1);
        var pid = MarkedProcesses.Find(lab)[0].Sight.Pid;
        Signals.Send(pid, Signals.Stop);
        await Until.TrueAsync(() => ProcessTable.Read(pid)!.State == 'T', "stopped");
        new UndoLog(root.Path).Write(Entry(lab, 1, new UndoAction.ResumeService(lab, "app1")));

        await Until.Done(Restore.All(root.Path, TimeProvider.System));

        await Until.TrueAsync(() => ProcessTable.Read(pid)!.State != 'T', "going on");
        await Until.Done(MarkedProcesses.EndAllAsync(lab, TimeSpan.Zero, Until.Limit, TimeProvider.System));
    }

    [Fact]
    public async Task What_cannot_be_undone_stays_pending_and_is_told()
    {
        using var root = new Folder();
        File.WriteAllText(root.File("broken.launch.json"), "{ not json");
        var log = new UndoLog(root.Path);
        log.Write(Entry("lab1", 1, new UndoAction.StartService(root.File("broken.launch.json"), "app1")));

        var result = await Until.Done(Restore.All(root.Path, TimeProvider.System));

        Assert.Contains("start app1", Assert.Single(result.Failed), StringComparison.Ordinal);
        Assert.Single(log.ReadPending());
    }

    [Fact]
    public async Task A_folder_that_is_not_a_labs_is_never_removed()
    {
        using var root = new Folder();
        var precious = LabFolder.Of(root.Path, "precious");
        Directory.CreateDirectory(precious);
        File.WriteAllText(Path.Combine(precious, "thesis.txt"), "years of work");

        var result = await Until.Done(Restore.All(root.Path, TimeProvider.System));

        Assert.Single(result.Failed);
        Assert.True(File.Exists(Path.Combine(precious, "thesis.txt")));
    }

    [Fact]
    public void A_removal_that_was_cut_short_can_be_finished()
    {
        using var root = new Folder();
        var folder = LabFolder.Of(root.Path, "lab1");
        LabFolder.Make(folder);
        File.WriteAllText(Path.Combine(folder, "shortener.db"), "");
        File.Delete(Path.Combine(folder, "shortener.db"));
        File.Delete(Path.Combine(folder, ".chaoslab"));

        LabFolder.Remove(folder);
        LabFolder.Remove(folder);

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void One_run_at_a_time_holds_a_state_root()
    {
        using var root = new Folder();
        var first = RunLock.TryTake(root.Path);
        Assert.NotNull(first);
        Assert.Null(RunLock.TryTake(root.Path));

        first.Dispose();

        using var second = RunLock.TryTake(root.Path);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_holder_whose_process_is_gone_or_whose_pid_is_anothers_does_not_live()
    {
        var own = ProcessTable.Read(Environment.ProcessId)!;

        Assert.True(new RunHolder("lab1", own.Pid, own.StartTicks, 2).RunnerLives);
        Assert.False(new RunHolder("lab1", own.Pid, own.StartTicks - 1, 2).RunnerLives);
        Assert.False(new RunHolder("lab1", int.MaxValue, 1, 2).RunnerLives);
    }
}
