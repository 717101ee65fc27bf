using System.Text;

namespace ChaosLab.Chaos.Reports;

/// <summary>
/// Blocks as one HTML file: no script, no request to anywhere. Viewers that forbid even inline styles (Jenkins does) show it
/// unstyled but whole: tables carry their borders, pictures their colours, as attributes.
/// </summary>
public static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6675; --line: #d5dae1; --paper: #fff; --shade: #f4f6f8;
          --good: #1a7f37; --bad: #c62828; --unsure: #9a6700; --ok: #2f6fab; --p50: #2a8a83; --p99: #b3590a; --fault: #c62828; --mark: #1a7f37; --idle: #8a94a3; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa5b4; --line: #3a4352; --paper: #14181f; --shade: #1d232d;
          --good: #57c46f; --bad: #ff7b72; --unsure: #e3b341; --ok: #6cb0ee; --p50: #5cc9c0; --p99: #f0a04b; --fault: #ff7b72; --mark: #57c46f; --idle: #768292; } }
        body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 2.2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
        h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; } p { max-width: 52rem; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; border: 0; font-size: .87rem; font-variant-numeric: tabular-nums; }
        th, td { border: 0; border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
        th { color: var(--soft); font-weight: 600; white-space: nowrap; } tr:hover td { background: var(--shade); } a { color: var(--ok); }
        .short { white-space: nowrap; } .good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); } td.good, td.bad, td.unsure { font-weight: 600; }
        .outcome { border-left: .3rem solid; padding: .5rem .9rem; background: var(--shade); } .outcome span { color: var(--ink); }
        pre { background: var(--shade); padding: .6rem .8rem; overflow-x: auto; } svg { width: 100%; height: auto; } svg text { fill: var(--ink); font-family: system-ui, sans-serif; }
        svg .soft { fill: var(--soft); } svg .grid { stroke: var(--line); } svg .frame { stroke: var(--idle); } svg .ok, svg .ok-area { fill: var(--ok); } svg .ok-line { stroke: var(--ok); }
        svg .p50 { fill: var(--p50); } svg .p50-line { stroke: var(--p50); } svg .p99 { fill: var(--p99); } svg .p99-line { stroke: var(--p99); } svg .failed, svg .fault, svg .faulted { fill: var(--fault); }
        svg .mark { fill: var(--mark); } svg .mark-line { stroke: var(--mark); } svg .lane-good { fill: var(--good); } svg .lane-bad { fill: var(--bad); } svg .lane-unsure { fill: var(--unsure); } svg .on { fill: var(--paper); }
        @page { size: A4 landscape; margin: 12mm; }
        @media print { :root { color-scheme: light; } .short { white-space: normal; } body { max-width: none; padding: 0; font-size: 10pt; } .wide { overflow: visible; } table { font-size: 7.5pt; }
          th, td { padding: .15rem .3rem; } th { white-space: normal; } tr, svg, pre, .outcome { break-inside: avoid; } h2, h3 { break-after: avoid; } }
        """;

    /// <summary>The whole page.</summary>
    /// <param name="title">Title of the window.</param>
    /// <param name="blocks">What it says.</param>
    public static string Render(string title, IEnumerable<Block> blocks)
    {
        var page = new StringBuilder();
        page.Append(Markup.Of($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n"));
        page.Append("<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n");
        foreach (var block in blocks) Write(page, block);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder page, Block block)
    {
        switch (block)
        {
            case Block.Heading { Anchor: { } anchor } heading:
                page.Append(Markup.Of($"<h{heading.Level} id=\"{anchor}\">{heading.Text}</h{heading.Level}>\n"));
                break;
            case Block.Heading heading:
                page.Append(Markup.Of($"<h{heading.Level}>{heading.Text}</h{heading.Level}>\n"));
                break;
            case Block.Paragraph paragraph:
                page.Append(Markup.Of($"<p>{paragraph.Text}</p>\n"));
                break;
            case Block.Outcome outcome:
                page.Append(Markup.Of($"<p class=\"outcome {Class(outcome.Tone)}\"><strong>{outcome.Word}</strong> <span>{outcome.Text}</span></p>\n"));
                break;
            case Block.Lines lines:
                page.Append("<ul>\n");
                foreach (var item in lines.Items) page.Append(Markup.Of($"<li>{item}</li>\n"));
                page.Append("</ul>\n");
                break;
            case Block.Verbatim verbatim:
                page.Append(Markup.Of($"<pre>{verbatim.Text}</pre>\n"));
                break;
            case Block.Table table:
                Write(page, table);
                break;
            case Block.Drawing drawing:
                page.Append(drawing.Svg);
                break;
            case Block.Picture picture:
                page.Append(picture.Timeline.ToSvg());
                break;
        }
    }

    private static void Write(StringBuilder page, Block.Table table)
    {
        page.Append("<div class=\"wide\"><table border=\"1\" cellpadding=\"4\" cellspacing=\"0\">\n");
        if (table.Columns.Any(column => column.Length > 0))
        {
            page.Append("<thead><tr>");
            foreach (var column in table.Columns) page.Append(Markup.Of($"<th scope=\"col\">{column}</th>"));
            page.Append("</tr></thead>\n");
        }

        page.Append("<tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            foreach (var cell in row)
            {
                // A number stays with its unit.
                page.Append(Markup.Of($"<td class=\"{(cell.Text.Length <= 18 ? "short " : "")}{Class(cell.Tone)}\">"));
                page.Append(cell.Link is { } link ? Markup.Of($"<a href=\"#{link}\">{cell.Text}</a>") : Markup.Of($"{cell.Text}"));
                page.Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static string Class(Tone tone) => tone switch { Tone.Good => "good", Tone.Bad => "bad", Tone.Unsure => "unsure", _ => "" };
}
