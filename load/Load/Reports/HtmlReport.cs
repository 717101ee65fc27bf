using System.Net;
using System.Text;

namespace ChaosLab.Load.Reports;

/// <summary>One static page: no script, nothing loaded from anywhere, so it reads the same in a mail, on a build server with
/// a strict content policy, and in ten years.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1a1d21;--paper:#fff;--soft:#5b6470;--line:#d9dee4;--ok:#2e7d5b;--fail:#c0392b;--p50:#2e7d5b;--p99:#b26a00;--max:#8a5fbf}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--paper:#14171a;--soft:#9aa4af;--line:#333a42;--ok:#4fb286;--fail:#ff7b6b;--p50:#4fb286;--p99:#e6a03c;--max:#b795e4}}
        body{margin:2rem auto;max-width:76rem;padding:0 1rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}dt{color:var(--soft)}dd{margin:0}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
        th:first-child,td:first-child{text-align:left}th{color:var(--soft);font-weight:600}td.bad{color:var(--fail);font-weight:600}td.good{color:var(--ok)}
        svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}.grid{stroke:var(--line)}.ok{fill:var(--ok)}.fail{fill:var(--fail)}
        .line{fill:none;stroke-width:1.5}.line.p50{stroke:var(--p50)}.line.p99{stroke:var(--p99)}.line.max{stroke:var(--max)}
        .key span{margin-right:1rem}.key i{display:inline-block;width:.8rem;height:.8rem;margin-right:.3rem;vertical-align:-.1rem}
        """;

    /// <summary>The report of a run.</summary>
    public static string Of(LoadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var headline = E(ReportTables.Headline(result));
        var html = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append("<title>").Append(headline).Append("</title><style>").Append(Style).Append("</style></head><body>\n<h1>").Append(headline).Append("</h1>\n<dl>");
        foreach (var (name, value) in ReportTables.Facts(result))
            html.Append("<dt>").Append(E(name)).Append("</dt><dd>").Append(E(value)).Append("</dd>");
        html.Append("</dl>\n");
        if (result.Timeline.Count > 0)
        {
            html.Append("<h2>Iterations per second, by intended start</h2>").Append(Key(("ok", "ok"), ("fail", "failed"))).Append(SvgChart.Columns("Iterations per second", result.Timeline));
            html.Append("<h2>Response time</h2>").Append(Key(("p50", "p50"), ("p99", "p99"), ("max", "longest"))).Append(SvgChart.Lines("Response time per second", result.Timeline)).Append('\n');
        }
        foreach (var table in ReportTables.Tables(result).Where(t => t.Rows.Count > 0))
            Append(html, table);
        if (result.Hints.Count > 0)
            html.Append("<h2>Hints</h2><ul>").AppendJoin("", result.Hints.Select(hint => $"<li>{E(hint)}</li>")).Append("</ul>");
        return html.Append("</body></html>\n").ToString();
    }

    private static void Append(StringBuilder html, ReportTable table)
    {
        html.Append("<h2>").Append(E(table.Title)).Append("</h2><div class=\"wide\"><table><thead><tr>")
            .AppendJoin("", table.Columns.Select(c => $"<th>{E(c)}</th>")).Append("</tr></thead><tbody>");
        foreach (var row in table.Rows)
            html.Append("<tr>").AppendJoin("", row.Select(Cell)).Append("</tr>");
        html.Append("</tbody></table></div>\n");
    }

    private static string Cell(string text) => text switch
    {
        "FAILED" or "fail" => $"<td class=\"bad\">{text}</td>",
        "held" or "ok" => $"<td class=\"good\">{text}</td>",
        _ => $"<td>{E(text)}</td>",
    };

    private static string Key(params (string Colour, string Name)[] entries) =>
        $"<p class=\"key\">{string.Concat(entries.Select(e => $"<span><i style=\"background:var(--{e.Colour})\"></i>{e.Name}</span>"))}</p>";

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
