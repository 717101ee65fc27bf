using System.Text;

namespace ChaosLab.Load.Reports;

/// <summary>Plain text for logs and terminals.</summary>
public static class TextReport
{
    /// <summary>The report of a run.</summary>
    public static string Of(LoadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder().AppendLine(ReportTables.Headline(result)).AppendLine();
        foreach (var (name, value) in ReportTables.Facts(result))
            text.Append(name.PadRight(24)).AppendLine(value);
        foreach (var table in ReportTables.Tables(result).Where(t => t.Rows.Count > 0))
            Append(text, table);
        foreach (var hint in result.Hints)
            text.Append("hint: ").AppendLine(hint);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        var widths = table.Columns.Select((column, i) => table.Rows.Max(row => Math.Max(row[i].Length, column.Length))).ToArray();
        text.AppendLine().AppendLine(table.Title);
        foreach (var row in table.Rows.Prepend(table.Columns))
        {
            for (var i = 0; i < row.Count; i++)
                text.Append(i == 0 ? row[i].PadRight(widths[i]) : i == row.Count - 1 && widths[i] > 20 ? "  " + row[i] : "  " + row[i].PadLeft(widths[i]));
            text.AppendLine();
        }
        text.AppendLine();
    }
}
