using System.Globalization;
using System.Text;

namespace ChaosLab.Lab.Metrics;

/// <summary>Writes Prometheus text, version 0.0.4: each family with its help and type, then its lines.</summary>
/// <param name="births">What earlier scrapes have written; null where every counter is there from the start.</param>
internal sealed class MetricsText(Births? births = null)
{
    private readonly StringBuilder text = new();
    private bool isCounted;

    /// <summary>Content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Opens a family of lines.</summary>
    /// <param name="name">Name as Prometheus knows it.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">What it means.</param>
    public MetricsText Family(string name, string type, string help)
    {
        isCounted = type != "gauge";
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>One line of the family that was opened last. One of a counter or histogram that is new to its readers is written as 0.</summary>
    public MetricsText Line(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var start = text.Length;
        text.Append(name);
        for (var n = 0; n < labels.Length; n++)
        {
            text.Append(n == 0 ? '{' : ',').Append(labels[n].Name).Append("=\"")
                .Append(labels[n].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
                .Append('"');
        }

        if (labels.Length > 0) text.Append('}');
        if (isCounted && births?.IsBirth(text.ToString(start, text.Length - start)) == true) value = 0;
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A family of one line.</summary>
    public MetricsText Single(string name, string type, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Family(name, type, help).Line(name, value, labels);

    public override string ToString() => text.ToString();
}
