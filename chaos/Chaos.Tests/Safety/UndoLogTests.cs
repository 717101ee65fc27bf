using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Safety;

public class UndoLogTests
{
    private static UndoEntry Entry(string id, int sequence, string lab = "lab1") => new()
    {
        Id = id,
        Lab = lab,
        Sequence = sequence,
        Action = new UndoAction.ResumeService(lab, "app1"),
        WrittenAt = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(sequence),
    };

    [Fact]
    public void An_entry_is_pending_from_its_writing_to_its_execution()
    {
        using var folder = new Folder();
        var log = new UndoLog(folder.Path);
        log.Write(Entry("a", 1));

        Assert.Equal(Entry("a", 1), Assert.Single(new UndoLog(folder.Path).ReadPending()));
        log.MarkExecuted(Entry("a", 1));
        log.MarkExecuted(Entry("a", 1));

        Assert.Empty(log.ReadPending());
        Assert.Single(Directory.GetFiles(log.Folder, "*.executed"));
    }

    [Fact]
    public async Task Two_that_heal_at_once_do_not_stumble_over_each_other()
    {
        using var folder = new Folder();
        var log = new UndoLog(folder.Path);
        var entries = Enumerable.Range(1, 60).Select(number => Entry($"e{number}", number)).ToList();
        foreach (var entry in entries) log.Write(entry);

        void HealAll()
        {
            while (log.ReadPending() is { Count: > 0 } pending)
                foreach (var entry in pending) log.MarkExecuted(entry);
        }

        await Task.WhenAll(Task.Run(HealAll), Task.Run(HealAll), Task.Run(HealAll)).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(entries.Count, Directory.GetFiles(log.Folder, "*.executed").Length);
    }

    [Fact]
    public void The_newest_comes_first_and_labs_are_kept_apart()
    {
        using var folder = new Folder();
        var log = new UndoLog(folder.Path);
        foreach (var entry in (UndoEntry[])[Entry("a", 1), Entry("c", 3), Entry("b", 2), Entry("z", 9, "lab2")])
            log.Write(entry);

        Assert.Equal(["c", "b", "a"], log.ReadPending("lab1").Select(entry => entry.Id));
        Assert.Equal(["z", "c", "b", "a"], log.ReadPending().Select(entry => entry.Id));
    }

    public static TheoryData<UndoAction> Actions =>
    [
        new UndoAction.TakeLabAway("lab1", "/x"),
        new UndoAction.StartService("/x/app1.launch.json", "app1"),
        new UndoAction.ResumeService("lab1", "app1"),
        new UndoAction.EndAppFaults("/x/app1.launch.json", "run.f1-app1", "app1"),
        new UndoAction.Nothing("nothing was done"),
    ];

    [Theory]
    [MemberData(nameof(Actions))]
    public void Every_kind_of_undo_survives_the_disk(UndoAction action)
    {
        using var folder = new Folder();
        new UndoLog(folder.Path).Write(Entry("a", 1) with { Action = action });

        Assert.Equal(action, Assert.Single(new UndoLog(folder.Path).ReadPending()).Action);
        Assert.NotEmpty(action.Says);
    }

    // What a crash can leave at each step of writing: nothing, half of the file beside it, all of it beside it.
    [Theory]
    [InlineData("")]
    [InlineData("{ \"id\": \"a")]
    public void A_crash_while_writing_leaves_no_entry_and_no_obstacle(string half)
    {
        using var folder = new Folder();
        var log = new UndoLog(folder.Path);
        File.WriteAllText(Path.Combine(log.Folder, "lab1.0001.a.json.tmp"), half);

        Assert.Empty(log.ReadPending());
        log.Write(Entry("a", 1));
        Assert.Single(log.ReadPending());
    }

    [Fact]
    public void A_broken_entry_is_told_and_never_skipped()
    {
        using var folder = new Folder();
        var log = new UndoLog(folder.Path);
        File.WriteAllText(Path.Combine(log.Folder, "lab1.0001.a.json"), "{ \"id\": \"a");

        var broken = Assert.Throws<InvalidDataException>(() => log.ReadPending());

        Assert.Contains("lab1.0001.a.json", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_are_for_the_owner_only()
    {
        using var folder = new Folder();
        var log = new UndoLog(folder.Path);
        log.Write(Entry("a", 1));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(log.Folder))));
    }
}
