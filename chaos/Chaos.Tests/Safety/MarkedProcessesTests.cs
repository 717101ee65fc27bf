using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Safety;

public class MarkedProcessesTests
{
    [Fact]
    public async Task Processes_are_found_by_lab_and_host()
    {
        using var folder = new Folder();
        var lab = Sleepers.NewLab();
        Sleepers.Start(lab, folder.Path, "app1");
        Sleepers.Start(lab, folder.Path, "app2");
        await Sleepers.Running(lab, 2);

        Assert.Equal("app2", Assert.Single(MarkedProcesses.Find(lab, "app2")).Host);
        Assert.Empty(MarkedProcesses.Find(lab + "x"));
        Assert.Empty(MarkedProcesses.Find(lab[..^1]));
        await Until.Done(MarkedProcesses.EndAllAsync(lab, TimeSpan.Zero, Until.Limit, TimeProvider.System));
    }

    [Fact]
    public async Task Children_of_children_are_ended_too_and_others_are_left_alone()
    {
        using var folder = new Folder();
        var (lab, other) = (Sleepers.NewLab(), Sleepers.NewLab());
        Sleepers.Start(lab, folder.Path, "app1", "sh", "-c", "sleep 300 & sleep 300 & wait");
        Sleepers.Start(other, folder.Path, "app9");
        await Sleepers.Running(lab, 3);
        await Sleepers.Running(other, 1);

        var ended = await Until.Done(MarkedProcesses.EndAllAsync(lab, TimeSpan.Zero, Until.Limit, TimeProvider.System));

        Assert.Equal(3, ended);
        Assert.Empty(MarkedProcesses.Find(lab));
        Assert.Single(MarkedProcesses.Find(other));
        await Until.Done(MarkedProcesses.EndAllAsync(other, TimeSpan.Zero, Until.Limit, TimeProvider.System));
    }

    [Fact]
    public async Task A_stopped_process_and_one_that_ignores_signals_are_ended_too()
    {
        using var folder = new Folder();
        var lab = Sleepers.NewLab();
        Sleepers.Start(lab, folder.Path, "app1", "sh", "-c", "trap '' TERM INT HUP; while :; do sleep 300; done");
        await Sleepers.Running(lab, 2);
        foreach (var process in MarkedProcesses.Find(lab))
            Signals.Send(process.Sight.Pid, Signals.Stop);

        await Until.Done(MarkedProcesses.EndAllAsync(lab, TimeSpan.Zero, Until.Limit, TimeProvider.System));

        Assert.Empty(MarkedProcesses.Find(lab));
    }

    [Fact]
    public async Task A_service_is_started_once_however_often_it_is_asked_for()
    {
        using var folder = new Folder();
        var lab = Sleepers.NewLab();
        var launch = Sleepers.Start(lab, folder.Path, "app1");
        await Sleepers.Running(lab, 1);

        Assert.False(launch.StartUnlessRunning(new Dictionary<string, string>()));
        Assert.Single(MarkedProcesses.Find(lab));
        await Until.Done(MarkedProcesses.EndAllAsync(lab, TimeSpan.Zero, Until.Limit, TimeProvider.System));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void No_signal_ever_goes_to_a_group_or_to_everybody(int pid) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Signals.Send(pid, Signals.Kill));
}
