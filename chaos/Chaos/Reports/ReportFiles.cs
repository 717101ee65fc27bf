using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Reports;

/// <summary>The files a run leaves for people and for CI: <c>report.md</c>, <c>report.html</c>, <c>junit.xml</c>.</summary>
public static class ReportFiles
{
    /// <summary>Writes the reports of one experiment.</summary>
    /// <param name="result">The record; nothing else is read.</param>
    /// <param name="folder">Where to; made when missing.</param>
    /// <param name="stop">Ends the writing.</param>
    /// <returns>Path of the HTML page.</returns>
    public static Task<string> WriteAsync(ExperimentResult result, string folder, CancellationToken stop) =>
        WriteAsync(folder, $"{result.Verdict.Word()}: {result.Title}", ExperimentReport.Of(result), JunitReport.Render(result.Id, [result]), stop);

    /// <summary>Writes the reports of a game day.</summary>
    /// <param name="day">The record; nothing else is read.</param>
    /// <param name="folder">Where to; made when missing.</param>
    /// <param name="stop">Ends the writing.</param>
    /// <returns>Path of the HTML page.</returns>
    public static Task<string> WriteAsync(GameDayResult day, string folder, CancellationToken stop) =>
        WriteAsync(folder, $"{day.Verdict.Word()}: game day {day.RunId}", GameDayReport.Of(day), JunitReport.Render("game day " + day.RunId, day.Experiments), stop);

    private static async Task<string> WriteAsync(string folder, string title, IReadOnlyList<Block> blocks, string junit, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var page = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), MarkdownPage.Render(blocks), stop);
        await File.WriteAllTextAsync(page, HtmlPage.Render(title, blocks), stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "junit.xml"), junit, stop);
        return page;
    }
}
