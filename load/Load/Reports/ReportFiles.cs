using System.Globalization;

namespace ChaosLab.Load.Reports;

/// <summary>Writes the reports of a run.</summary>
public static class ReportFiles
{
    /// <summary>Every form with its file name and the function that makes it; one line to add a form.</summary>
    private static readonly (ReportFormat Format, string FileName, Func<LoadResult, string> Make)[] Forms =
    [
        (ReportFormat.Txt, "report.txt", TextReport.Of),
        (ReportFormat.Html, "report.html", HtmlReport.Of),
        (ReportFormat.Csv, "report.csv", CsvReport.Of),
        (ReportFormat.Md, "report.md", MarkdownReport.Of),
        (ReportFormat.Json, "summary.json", JsonSummary.Of),
        (ReportFormat.JUnit, "junit.xml", JUnitReport.Of),
    ];

    /// <summary>Writes these forms into the folder, which is made when missing.</summary>
    /// <param name="result">The run.</param>
    /// <param name="folder">Where.</param>
    /// <param name="name">Files are called {name}_report_{time}.{form}; null for the usual names.</param>
    /// <param name="formats">Which forms.</param>
    public static async Task<ReportFile[]> WriteAsync(LoadResult result, string folder, string? name, IReadOnlyList<ReportFormat> formats)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(formats);
        Directory.CreateDirectory(folder);
        var files = new List<ReportFile>();
        foreach (var (format, fileName, make) in Forms.Where(f => formats.Contains(f.Format)))
        {
            var file = name is null ? fileName : string.Create(CultureInfo.InvariantCulture, $"{name}_report_{result.Stats.TestInfo.Created:yyyy-MM-dd--HH-mm-ss}{Path.GetExtension(fileName)}");
            var report = new ReportFile(Path.Combine(folder, file), format, make(result));
            await File.WriteAllTextAsync(report.FilePath, report.ReportContent).ConfigureAwait(false);
            files.Add(report);
        }
        return [.. files];
    }
}
