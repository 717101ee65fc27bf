using System.Text.RegularExpressions;

namespace ChaosLab.Chaos.Experiments;

/// <summary>Reads one line of a hypothesis or of <c>expect</c>.</summary>
internal static partial class ExpectationLine
{
    private static readonly string[] Measures = ["success", "status", "p50", "p95", "p99", "service", "failures", "requests"];

    private const string Forms =
        "Write one of: `redirect success >= 99.9 %`, `create status 503 >= 90 % in fault`, `redirect p99 < 250 ms`, `redirect service p99 < 50 ms`, " +
        "`redirect failures <= 3`, `redirect requests >= 1000`, `time without writes <= 30 s`, `recovery within 5 s`, `lost links = 0`, `click totals exact`, " +
        "`breaker opens within 3 s`, `breaker closes within 8 s`, `backend goes down within 2 s`, `backend comes back within 5 s`, `retries <= 20`";

    public static Expectation? Parse(YamlTree.Text node, Problems problems)
    {
        var text = node.Value.Trim();
        var line = node.Line;
        // ≥ and ≤ are what people paste from documents.
        var plain = Spaces().Replace(text.Replace("≥", ">=", StringComparison.Ordinal).Replace("≤", "<=", StringComparison.Ordinal), " ");
        var within = Within().Match(plain);
        if (within.Success)
            return OfWithin(within, text, line, problems);
        if (plain == "click totals exact")
            return new Expectation.ClickTotals { Text = text, Line = line };

        var match = Compared().Match(plain);
        if (!match.Success)
        {
            var words = plain.Split(' ');
            var remedy = words.Length > 1 && !Measures.Contains(words[1]) && !words[1].StartsWith('p') && words.Length > 2
                ? $"`{words[1]}` is no measure. {Spelling.Suggest(words[1], Measures)}"
                : Forms;
            problems.Add(line, $"`{text}` cannot be read", remedy);
            return null;
        }

        return OfComparison(match, text, line, problems);
    }

    private static Expectation? OfWithin(Match match, string text, int line, Problems problems)
    {
        if (Units.Duration(match.Groups["limit"].Value) is not { } limit || limit <= TimeSpan.Zero)
        {
            problems.Add(line, $"`{match.Groups["limit"].Value}` in `{text}` is not a duration above zero", "Write a number with ms, s or min, such as 5 s");
            return null;
        }

        return match.Groups["what"].Value switch
        {
            "recovery" => new Expectation.Recovery(limit) { Text = text, Line = line },
            "breaker opens" => new Expectation.BreakerOpens(limit) { Text = text, Line = line },
            "breaker closes" => new Expectation.BreakerCloses(limit) { Text = text, Line = line },
            "backend goes down" => new Expectation.BackendGoesDown(limit) { Text = text, Line = line },
            "backend comes back" => new Expectation.BackendComesBack(limit) { Text = text, Line = line },
            var other => Unknown(other),
        };

        Expectation? Unknown(string what)
        {
            problems.Add(line, $"`{what}` in `{text}` is not known", Spelling.Suggest(what, ["recovery", "breaker opens", "breaker closes", "backend goes down", "backend comes back"]));
            return null;
        }
    }

    private static Expectation? OfComparison(Match match, string text, int line, Problems problems)
    {
        var left = match.Groups["left"].Value.Split(' ');
        var comparison = match.Groups["comparison"].Value;
        var number = match.Groups["number"].Value;
        var unit = match.Groups["unit"].Value;
        var window = WindowName.SinceFault;
        if (match.Groups["window"].Value is { Length: > 0 } name && !Windows.TryGetValue(name, out window))
        {
            problems.Add(line, $"`in {name}` in `{text}` names no window", Spelling.Suggest(name, Windows.Keys));
            return null;
        }

        switch (left)
        {
            case [var question, "links"] when Enum.TryParse<LedgerQuestion>(question, ignoreCase: true, out var asked):
                return Limit("") is { } links ? new Expectation.LedgerCount(asked, links) { Text = text, Line = line } : null;
            case ["time", "without", var stream]:
                if (!Streams.TryGetValue(stream, out var of))
                {
                    problems.Add(line, $"`{stream}` in `{text}` is no stream of requests", Spelling.Suggest(stream, Streams.Keys));
                    return null;
                }

                return Limit("ms") is { } longest ? new Expectation.TimeWithout(of, longest) { Text = text, Line = line } : null;
            case ["retries"]:
                return Limit("") is { } retries ? new Expectation.Retries(retries) { Text = text, Line = line } : null;
            case [var step, "success"]:
                return Limit("%") is { } success ? new Expectation.Share(step, null, success, window) { Text = text, Line = line } : null;
            case [var step, "status", var status]:
                return Limit("%") is { } share ? new Expectation.Share(step, status, share, window) { Text = text, Line = line } : null;
            case [var step, "failures"]:
                return Limit("") is { } failures ? new Expectation.Number(step, true, failures, window) { Text = text, Line = line } : null;
            case [var step, "requests"]:
                return Limit("") is { } requests ? new Expectation.Number(step, false, requests, window) { Text = text, Line = line } : null;
            case [var step, .. var service, var percentile] when service is [] or ["service"] && Percentile().Match(percentile) is { Success: true } p:
                var quantile = Units.Number(p.Groups["q"].Value);
                if (quantile is <= 0 or >= 100)
                {
                    problems.Add(line, $"`{percentile}` in `{text}` is no percentile", "Write p50, p99 or p99.9");
                    return null;
                }

                return Limit("ms") is { } latency ? new Expectation.Latency(step, quantile, service.Length > 0, latency, window) { Text = text, Line = line } : null;
            default:
                var word = left.Length > 1 ? left[1] : left[0];
                problems.Add(line, $"`{string.Join(' ', left)}` in `{text}` is no measure", Spelling.Suggest(word, Measures));
                return null;
        }

        Limit? Limit(string wanted)
        {
            var said = $"{comparison} {number}{(unit.Length > 0 ? " " + unit : "")}";
            switch (wanted)
            {
                case "%" when unit == "%":
                    return new Limit(comparison, Units.Share(number + " %")!.Value, said);
                case "ms" when unit.Length > 0 && Units.Duration(number + unit) is { } duration:
                    return new Limit(comparison, duration.TotalSeconds, said);
                case "" when unit.Length == 0 && !number.Contains('.', StringComparison.Ordinal):
                    return new Limit(comparison, Units.Number(number), said);
                default:
                    var right = wanted switch { "%" => "a share in %, such as 99.9 %", "ms" => "a duration with ms or s, such as 250 ms", _ => "a whole number without unit" };
                    problems.Add(line, $"`{number} {unit}`".TrimEnd() + $" in `{text}` has the wrong unit", $"Write {right}");
                    return null;
            }
        }
    }

    private static readonly Dictionary<string, string> Streams = new() { ["writes"] = "create", ["redirects"] = "redirect" };

    private static readonly Dictionary<string, WindowName> Windows = new()
    {
        ["baseline"] = WindowName.Baseline,
        ["fault"] = WindowName.Fault,
        ["recovery"] = WindowName.Recovery,
        ["run"] = WindowName.Run,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^(?<what>[a-z][a-z ]*?) within (?<limit>.+)$")]
    private static partial Regex Within();

    [GeneratedRegex(@"^(?<left>[a-z][a-z0-9. -]*?) ?(?<comparison>>=|<=|>|<|=) ?(?<number>\d{1,9}(\.\d{1,6})?) ?(?<unit>%|[a-zµ]+)?( in (?<window>[a-z]+))?$")]
    private static partial Regex Compared();

    [GeneratedRegex(@"^p(?<q>\d{1,3}(\.\d{1,3})?)$")]
    private static partial Regex Percentile();
}
