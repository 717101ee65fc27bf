using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Hosts;

public sealed class UndoOnHostsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("lab-undo-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void An_undo_at_a_host_survives_the_disk_whole()
    {
        var log = new UndoLog(_root.FullName);
        var action = new UndoAction.OnHost(new HostReach("db1", "db", "192.0.2.31", 22, "root", "/k", ["-o", "A=b"], false), "echo \"$1\"\nexit 0", ["it's"], "lab-undo-1", "do it");
        log.Write(Entry("f1", 1, action));

        var read = Assert.IsType<UndoAction.OnHost>(Assert.Single(log.ReadPending()).Action);

        Assert.Equal(action.Script, read.Script);
        Assert.Equal(action.Words, read.Words);
        Assert.Equal(action.Switch, read.Switch);
        Assert.Equal(action.Reach.SshWords(null), read.Reach.SshWords(null));
        Assert.False(read.EndsWithLab);
    }

    [Fact]
    public async Task What_was_done_to_a_host_is_undone_before_its_lab_is_taken_away()
    {
        var done = Path.Combine(_root.FullName, "done");
        var (log, folder) = LabWith(new UndoAction.OnThisMachine(["touch", done], new Dictionary<string, string?>(), 30, "touch it"));

        var result = await Restore.All(_root.FullName, TimeProvider.System);

        Assert.Empty(result.Failed);
        Assert.True(File.Exists(done));
        Assert.False(Directory.Exists(folder));
        Assert.Empty(log.ReadPending());
    }

    [Fact]
    public async Task What_cannot_be_undone_stays_a_leftover_until_it_can()
    {
        var gate = Path.Combine(_root.FullName, "gate");
        var (log, folder) = LabWith(new UndoAction.OnThisMachine(["test", "-e", gate], new Dictionary<string, string?>(), 30, "pass the gate"));

        var first = await Restore.All(_root.FullName, TimeProvider.System);

        Assert.Contains("pass the gate", Assert.Single(first.Failed), StringComparison.Ordinal);
        Assert.Equal(2, log.ReadPending().Count);
        Assert.True(Directory.Exists(folder));

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Empty((await Restore.All(_root.FullName, TimeProvider.System)).Failed);
        Assert.Empty(log.ReadPending());
    }

    [Fact]
    public async Task An_undo_at_a_host_that_nobody_reaches_fails_with_its_name()
    {
        // Nothing listens on port 1 of loopback.
        var action = new UndoAction.OnHost(new HostReach("db9", "db", "127.0.0.1", 1, "nobody", "", [], false), "true", [], "", "heal it");

        var failed = await Assert.ThrowsAsync<UndoFailedException>(() => Undoing.DoAsync(action, TimeProvider.System));

        Assert.Contains("heal it on db9", failed.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be reached by ssh", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_switches_are_names_of_units()
    {
        Assert.Matches("^lab-undo-[0-9a-f]{12}$", DeadManTimer.NameOf("20261129.primary killed/über.f1-db1"));
        Assert.NotEqual(DeadManTimer.NameOf("a.f1-db1"), DeadManTimer.NameOf("b.f1-db1"));
    }

    private (UndoLog Log, string Folder) LabWith(UndoAction action)
    {
        var log = new UndoLog(_root.FullName);
        var folder = LabFolder.Of(_root.FullName, "no-such-lab");
        LabFolder.Make(folder);
        log.Write(Entry("lab", 0, new UndoAction.TakeLabAway("no-such-lab", folder)));
        log.Write(Entry("f1", 1, action));
        return (log, folder);
    }

    private static UndoEntry Entry(string id, int sequence, UndoAction action) =>
        new() { Id = id, Lab = "no-such-lab", Sequence = sequence, Action = action, WrittenAt = TimeProvider.System.GetUtcNow() };
}
