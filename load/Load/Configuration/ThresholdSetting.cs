using ChaosLab.Load.Thresholds;

namespace ChaosLab.Load.Configuration;

/// <summary>Reads one entry of <c>ThresholdSettings</c>, for example
/// <c>{ "StepName": "redirect", "OkLatency": "P99 &lt; 50ms", "AbortWhenErrorCount": 5, "StartCheckAfter": "00:00:10" }</c>.</summary>
internal static class ThresholdSetting
{
    public static Threshold? Read(ConfigReader reader, JsonPlace place)
    {
        string step = "", code = "", expression = "";
        var kinds = new List<(string Kind, int Line)>();
        int? abort = null;
        TimeSpan? after = null;
        List<(string, Action<JsonPlace>)> known =
        [
            ("StepName", value => step = reader.Text(value, "StepName") ?? ""),
            ("AbortWhenErrorCount", value => abort = reader.Number(value, "AbortWhenErrorCount", atLeast: 1)),
            ("StartCheckAfter", value => after = reader.Duration(value, "StartCheckAfter")),
        ];
        foreach (var kind in ThresholdKinds.Names)
        {
            known.Add((kind, value =>
            {
                kinds.Add((kind, value.Line));
                (code, expression) = kind == "StatusCode" ? CodeAndExpression(reader, value) : ("", reader.Text(value, kind) ?? "");
            }));
        }
        reader.Members(place, "a threshold", [.. known]);
        if (kinds.Count != 1)
        {
            reader.Say(place.Line, $"a threshold needs exactly one of {string.Join(", ", ThresholdKinds.Names)}");
            return null;
        }
        if (expression.Length == 0)
            return null; // already said
        if (ThresholdKinds.Read(kinds[0].Kind, expression, step, code, out var problem) is null)
        {
            reader.Say(kinds[0].Line, problem!);
            return null;
        }
        return Threshold.Parse(kinds[0].Kind, expression, step, code, abort, after);
    }

    private static (string Code, string Expression) CodeAndExpression(ConfigReader reader, JsonPlace place)
    {
        var items = reader.Items(place, "StatusCode");
        if (items.Count == 2 && reader.Text(items[0], "the status code") is { } code && reader.Text(items[1], "the share") is { } share)
            return (code, share);
        reader.Say(place.Line, "StatusCode must be [\"500\", \"Percent < 5\"]");
        return ("", "");
    }
}
