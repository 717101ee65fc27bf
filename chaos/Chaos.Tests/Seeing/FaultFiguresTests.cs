using ChaosLab.Chaos.Running;
using ChaosLab.Lab.Metrics;

namespace ChaosLab.Chaos.Tests.Seeing;

public class FaultFiguresTests
{
    private readonly FaultFigures figures = new();

    [Fact]
    public void A_fault_is_active_until_it_is_undone_and_its_target_as_before()
    {
        figures.Begin("lose-one-instance");
        Tell(RunEvents.Preflight, "kill-process on app1: SIGKILL, for 10 s; undo: start app1");
        Assert.Equal(0, Active());

        Tell(RunEvents.Injecting, "kill-process on app1");
        Assert.Equal(1, Active());
        Tell(RunEvents.Undoing, "start app1");
        Tell(RunEvents.Undone, "start app1: pid 4711");
        Assert.Equal(1, Active());
        Tell(RunEvents.Attested, "as before");
        Tell(RunEvents.Healed, "");
        Assert.Equal(0, Active());
    }

    [Fact]
    public void What_was_not_healed_stays_active()
    {
        figures.Begin("lose-one-instance");
        Tell(RunEvents.Preflight, "kill-process on app1: SIGKILL, for 10 s; undo: start app1");
        Tell(RunEvents.Injecting, "kill-process on app1");

        Tell(RunEvents.Undone, "app1 does not start");
        Tell(RunEvents.Attested, "before: ready: 200; after: silent");

        Assert.Equal(1, Active());
    }

    private void Tell(string kind, string text) => figures.Report(new RunEvent(DateTimeOffset.UnixEpoch, TimeSpan.Zero, kind, "f1-app1", text));

    private int Active()
    {
        var text = new MetricsText();
        figures.WriteTo(text);
        return text.ToString().Contains("lab_fault_active{experiment=\"lose-one-instance\",fault=\"kill-process\",target=\"app1\",dose=\"SIGKILL\"} 1\n", StringComparison.Ordinal) ? 1 : 0;
    }
}
