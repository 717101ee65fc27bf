using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosLab.Load.Thresholds;

/// <summary>What a figure must be: <c>metric op number[unit]</c>, for example <c>P99.9 &lt; 50ms</c>.</summary>
/// <param name="Metric">RPS, PERCENT, MIN, MEAN, MAX, or P with a percentile.</param>
/// <param name="Percentile">0–100 when the metric is a percentile.</param>
/// <param name="Op">&lt;, &lt;=, &gt; or &gt;=.</param>
/// <param name="Limit">In the metric's own unit: ms, bytes, percent, per second.</param>
internal sealed partial record ThresholdExpression(string Metric, double Percentile, string Op, double Limit)
{
    public bool Holds(double measured) => Op switch
    {
        "<" => measured < Limit,
        "<=" => measured <= Limit,
        ">" => measured > Limit,
        _ => measured >= Limit,
    };

    /// <summary>Reads an expression; the message says what would be right.</summary>
    public static ThresholdExpression? Parse(string text, MetricFamily family, out string? problem)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return Refuse($"\"{text}\" is not \"metric op number\", as in \"{family.Example}\"", out problem);
        var metric = match.Groups["metric"].Value.ToUpperInvariant();
        var percentile = 0.0;
        if (metric[0] == 'P' && metric != "PERCENT")
        {
            if (!double.TryParse(metric.AsSpan(1), CultureInfo.InvariantCulture, out percentile) || percentile is < 0 or > 100)
                return Refuse($"\"{match.Groups["metric"].Value}\" is no percentile; write P50 or P99.9", out problem);
            metric = "P";
        }
        if (!family.Metrics.Contains(metric))
            return Refuse($"metric \"{match.Groups["metric"].Value}\" does not fit here; one of {family.Names}", out problem);
        var unit = match.Groups["unit"].Value;
        if (!family.Units.TryGetValue(unit, out var factor))
            return Refuse($"unit \"{unit}\" does not fit here; one of {string.Join(", ", family.Units.Keys.Where(u => u.Length > 0))}, or none", out problem);
        var limit = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * factor;
        if (metric == "PERCENT" && limit > 100)
            return Refuse($"{limit} percent can never be reached; write 0 to 100", out problem);
        problem = null;
        return new ThresholdExpression(metric, percentile, match.Groups["op"].Value, limit);
    }

    private static ThresholdExpression? Refuse(string says, out string? problem)
    {
        problem = says;
        return null;
    }

    [GeneratedRegex(@"^\s*(?<metric>[A-Za-z][A-Za-z0-9.]*)\s*(?<op><=|>=|<|>)\s*(?<number>\d+(\.\d+)?)\s*(?<unit>[A-Za-z%/]*)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

/// <summary>Metrics that go together, with the units a limit may have.</summary>
internal sealed record MetricFamily(IReadOnlyList<string> Metrics, string Names, IReadOnlyDictionary<string, double> Units, string Example)
{
    public static MetricFamily Request { get; } = new(["RPS", "PERCENT"], "RPS, Percent",
        new Dictionary<string, double> { [""] = 1, ["%"] = 1, ["/s"] = 1 }, "RPS >= 30");
    public static MetricFamily Share { get; } = new(["PERCENT"], "Percent",
        new Dictionary<string, double> { [""] = 1, ["%"] = 1 }, "Percent < 5");
    public static MetricFamily Latency { get; } = new(["MIN", "MEAN", "MAX", "P"], "Min, Mean, Max, P50, P75, P95, P99 or any percentile",
        new Dictionary<string, double> { [""] = 1, ["ms"] = 1, ["us"] = 1e-3, ["s"] = 1e3 }, "P99 < 50ms");
    public static MetricFamily Bytes { get; } = new(["MIN", "MEAN", "MAX", "P"], "Min, Mean, Max, P50, P75, P95, P99 or any percentile",
        new Dictionary<string, double> { [""] = 1, ["B"] = 1, ["KB"] = 1e3, ["MB"] = 1e6 }, "P75 < 80KB");
}
