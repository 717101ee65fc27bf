using System.Text;

namespace ChaosLab.Chaos.Reports;

/// <summary>Blocks as Markdown (GitHub's flavour, for its tables).</summary>
public static class MarkdownPage
{
    /// <summary>The whole page.</summary>
    public static string Render(IEnumerable<Block> blocks)
    {
        var page = new StringBuilder();
        foreach (var block in blocks)
        {
            Write(page, block);
            page.Append('\n');
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, Block block)
    {
        switch (block)
        {
            case Block.Heading heading:
                if (heading.Anchor is { } anchor) page.Append($"<a id=\"{Plain(anchor)}\"></a>\n\n");
                page.Append('#', heading.Level).Append(' ').Append(Plain(heading.Text)).Append('\n');
                break;
            case Block.Paragraph paragraph:
                page.Append(Plain(paragraph.Text)).Append('\n');
                break;
            case Block.Outcome outcome:
                page.Append($"{Mark(outcome.Tone)} **{Plain(outcome.Word)}**: {Plain(outcome.Text)}\n");
                break;
            case Block.Lines lines:
                foreach (var item in lines.Items) page.Append($"- {Plain(item)}\n");
                break;
            case Block.Verbatim verbatim:
                page.Append($"```sh\n{Fenced(verbatim.Text)}\n```\n");
                break;
            case Block.Table table:
                page.Append($"| {string.Join(" | ", table.Columns.Select(Plain))} |\n|{string.Concat(table.Columns.Select(_ => "---|"))}\n");
                foreach (var row in table.Rows) page.Append($"| {string.Join(" | ", row.Select(Of))} |\n");
                break;
            case Block.Drawing drawing:
                page.Append($"```text\n{Fenced(drawing.Text)}\n```\n");
                break;
            case Block.Picture picture:
                page.Append($"```text\n{Fenced(picture.Timeline.ToSparklines())}```\n");
                break;
        }
    }

    // Nothing inside may end the fence.
    private static string Fenced(string text) => text.Replace("```", "'''", StringComparison.Ordinal);

    private static string Of(Cell cell)
    {
        var text = Plain(cell.Text);
        if (cell.Link is { } link) text = $"[{text}](#{Plain(link)})";
        return cell.Tone == Tone.Plain ? text : $"{Mark(cell.Tone)} {text}";
    }

    private static string Mark(Tone tone) => tone switch { Tone.Good => "✅", Tone.Bad => "❌", Tone.Unsure => "❔", _ => "" };

    // What Markdown or HTML would take for markup, and what would end a cell.
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\n' or '\r' or '\t') plain.Append(' ');
            else if (c == '<') plain.Append("&lt;");
            else if (c is '|' or '*' or '`' or '[' or ']' or '\\') plain.Append('\\').Append(c);
            else plain.Append(c);
        }

        return plain.ToString();
    }
}
