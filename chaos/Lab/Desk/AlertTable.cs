using System.Globalization;
using ChaosLab.Chaos.Verdicts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ChaosLab.Lab.Desk;

/// <summary>What became of the rows: for people, for the folder of the run, and for a program.</summary>
internal static class AlertTable
{
    private static readonly string[] Columns = ["fault", "fired after", "called after", "clear after", "as stated"];

    /// <summary>The table on the screen.</summary>
    public static Table Of(IReadOnlyList<AlertOutcome> outcomes)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(Columns);
        foreach (var one in outcomes) table.AddRow([.. Cells(one).Select(cell => (IRenderable)new Text(cell))]);
        return table;
    }

    /// <summary>The same as lines of Markdown.</summary>
    public static IReadOnlyList<string> Markdown(IReadOnlyList<AlertOutcome> outcomes) =>
        [$"| {string.Join(" | ", Columns)} |", "|---|---|---|---|---|", .. outcomes.Select(one => $"| {string.Join(" | ", Cells(one))} |")];

    /// <summary>The most serious of 6 undo failed, 5 stopped, 1 a row not as stated, 0.</summary>
    public static int ExitCode(IReadOnlyList<AlertOutcome> outcomes, bool isStopped) =>
        outcomes.Any(one => one.UndoFailed) ? Verdict.UndoFailed.ExitCode()
        : isStopped ? Verdict.Aborted.ExitCode()
        : outcomes.Any(one => one.Wrong.Count > 0) ? 1 : 0;

    private static string[] Cells(AlertOutcome one) =>
        [one.Row.Name, Say(one.Fired), Say(one.Called), one.ClearAfter is { } clear ? Seconds(clear) : "not in time", one.Wrong.Count == 0 ? "yes" : "NO: " + string.Join("; ", one.Wrong)];

    private static string Say(IReadOnlyList<(string Alert, TimeSpan After)> alerts) => alerts.Count == 0 ? "nothing" : string.Join(", ", alerts.Select(one => $"{one.Alert} {Seconds(one.After)}"));

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
