using System.Text;

namespace ChaosLab.Load.Reports;

/// <summary>Markdown for pull requests and wikis.</summary>
public static class MarkdownReport
{
    /// <summary>The report of a run.</summary>
    public static string Of(LoadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder().Append("# ").AppendLine(Cell(ReportTables.Headline(result))).AppendLine();
        foreach (var (name, value) in ReportTables.Facts(result))
            text.Append("- **").Append(name).Append("**: ").AppendLine(Cell(value));
        foreach (var table in ReportTables.Tables(result).Where(t => t.Rows.Count > 0))
        {
            text.AppendLine().Append("## ").AppendLine(table.Title).AppendLine();
            Row(text, table.Columns);
            Row(text, [.. table.Columns.Select((_, i) => i == 0 ? "---" : "---:")]);
            foreach (var row in table.Rows)
                Row(text, row);
        }
        if (result.Hints.Count > 0)
            text.AppendLine().AppendLine("## Hints").AppendLine();
        foreach (var hint in result.Hints)
            text.Append("- ").AppendLine(Cell(hint));
        return text.ToString();
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(Cell)).AppendLine(" |");

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
