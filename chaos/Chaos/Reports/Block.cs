namespace ChaosLab.Chaos.Reports;

/// <summary>One piece of a report, without form. Pages (Markdown, HTML) give it theirs. A closed set.</summary>
public abstract record Block
{
    private Block() { }

    /// <summary>A heading.</summary>
    /// <param name="Level">1 (the page) to 3.</param>
    /// <param name="Text">Plain text.</param>
    /// <param name="Anchor">Name that links point to; null: none does.</param>
    public sealed record Heading(int Level, string Text, string? Anchor = null) : Block;

    /// <summary>A paragraph of plain text.</summary>
    public sealed record Paragraph(string Text) : Block;

    /// <summary>The one sentence a reader came for.</summary>
    /// <param name="Word">Such as <c>held</c>.</param>
    /// <param name="Text">Why.</param>
    /// <param name="Tone">Good, bad or neither.</param>
    public sealed record Outcome(string Word, string Text, Tone Tone) : Block;

    /// <summary>A list of plain lines.</summary>
    public sealed record Lines(IReadOnlyList<string> Items) : Block;

    /// <summary>A table; every row has as many cells as there are columns.</summary>
    public sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : Block;

    /// <summary>Text to be copied as it is, such as a command line.</summary>
    public sealed record Verbatim(string Text) : Block;

    /// <summary>A drawing of another kind: as SVG where that can be shown, as text elsewhere.</summary>
    /// <param name="Svg">Whole svg element; whoever draws it escapes what it writes.</param>
    /// <param name="Text">The same in characters.</param>
    public sealed record Drawing(string Svg, string Text) : Block;

    /// <summary>The course of a run as a picture.</summary>
    public sealed record Picture(Timeline Timeline) : Block;
}

/// <summary>How a cell or an outcome is to be taken. Never said by colour alone: the text says it too.</summary>
public enum Tone
{
    /// <summary>No judgement.</summary>
    Plain,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Could not be told.</summary>
    Unsure,

    /// <summary>Not as it should be.</summary>
    Bad,
}

/// <summary>One cell of a table.</summary>
/// <param name="Text">Plain text.</param>
/// <param name="Tone">How it is to be taken.</param>
/// <param name="Link">Anchor on the same page; null: no link.</param>
public readonly record struct Cell(string Text, Tone Tone = Tone.Plain, string? Link = null)
{
    /// <summary>A cell without judgement.</summary>
    public static implicit operator Cell(string text) => new(text);

    /// <summary>A cell without judgement.</summary>
    public static Cell FromString(string text) => new(text);
}
