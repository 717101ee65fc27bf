using ChaosLab.Lab.Desk;

namespace ChaosLab.Chaos.Tests.Seeing;

public class AlertTableTests
{
    private static readonly AlertOutcome AsStated = new(new AlertRow("one instance killed", "kind: kill-process", [], []), [("BackendDown", TimeSpan.FromSeconds(4.44))], [], TimeSpan.FromSeconds(1.7), []);
    private static readonly AlertOutcome Wrong = AsStated with { Wrong = ["TargetDown did not fire"], ClearAfter = null };
    private static readonly AlertOutcome Left = AsStated with { Wrong = ["the undo failed: app1 differs"], UndoFailed = true };

    [Fact]
    public void What_could_not_be_undone_outranks_a_stop_and_a_stop_what_was_not_as_stated()
    {
        Assert.Equal(0, AlertTable.ExitCode([AsStated], isStopped: false));
        Assert.Equal(1, AlertTable.ExitCode([AsStated, Wrong], isStopped: false));
        Assert.Equal(5, AlertTable.ExitCode([AsStated, Wrong], isStopped: true));
        Assert.Equal(6, AlertTable.ExitCode([AsStated, Wrong, Left], isStopped: true));
    }

    [Fact]
    public void Every_row_stands_in_the_table_with_its_times_and_what_was_wrong() =>
        Assert.Equal(
            ["| one instance killed | BackendDown 4.4 s | nothing | 1.7 s | yes |", "| one instance killed | BackendDown 4.4 s | nothing | not in time | NO: TargetDown did not fire |"],
            AlertTable.Markdown([AsStated, Wrong]).Skip(2));
}
