using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace ChaosLab.Chaos.Reports;

/// <summary>A piece of markup in which everything put between braces is escaped, so that nobody can forget to.</summary>
[InterpolatedStringHandler]
public readonly ref struct Markup(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    /// <summary>Markup as written in the source.</summary>
    public void AppendLiteral(string value) => text.Append(value);

    /// <summary>A value, escaped.</summary>
    public void AppendFormatted<T>(T value) =>
        text.Append(WebUtility.HtmlEncode(Convert.ToString(value, CultureInfo.InvariantCulture)));

    /// <summary>A number in a given form.</summary>
    public void AppendFormatted<T>(T value, string format)
        where T : IFormattable => text.Append(WebUtility.HtmlEncode(value.ToString(format, CultureInfo.InvariantCulture)));

    /// <summary>The markup of an interpolated string.</summary>
    public static string Of(Markup markup) => markup.ToString();

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
