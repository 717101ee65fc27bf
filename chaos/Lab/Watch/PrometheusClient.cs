using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosLab.Lab.Watch;

/// <summary>One series of an answer.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its value; NaN is possible.</param>
internal sealed record Series(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>An alert that Prometheus knows.</summary>
/// <param name="Name">Name of its rule.</param>
/// <param name="State"><c>pending</c> or <c>firing</c>.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="ActiveAt">Since when its expression is true.</param>
/// <param name="For">How long it must be true before it fires.</param>
internal sealed record ActiveAlert(string Name, string State, IReadOnlyDictionary<string, string> Labels, DateTimeOffset ActiveAt, TimeSpan For)
{
    /// <summary>When it began to fire, or will: the evaluation that found it true for long enough.</summary>
    public DateTimeOffset Fires => ActiveAt + For;
}

/// <summary>Asks a Prometheus.</summary>
/// <param name="address">Where it is.</param>
/// <param name="patience">How long an answer may take; null: 20 s.</param>
internal sealed class PrometheusClient(Uri address, TimeSpan? patience = null) : IDisposable
{
    private readonly HttpClient client = new() { BaseAddress = address, Timeout = patience ?? TimeSpan.FromSeconds(20) };

    /// <summary>Where it is.</summary>
    public Uri Address => address;

    /// <summary>The value of an expression now.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refused it; the message says why.</exception>
    public async Task<IReadOnlyList<Series>> QueryAsync(string expression, CancellationToken stop)
    {
        var result = (await AskAsync("api/v1/query", new() { ["query"] = expression }, stop))["result"]!;
        // A scalar is one value without labels.
        if (result is JsonArray { Count: 2 } scalar && scalar[0] is JsonValue) return [new Series(new Dictionary<string, string>(), Number(scalar))];
        return [.. result.AsArray().Select(one => new Series(Labels(one!["metric"]!), Number(one["value"]!.AsArray())))];
    }

    /// <summary>Every alert that is pending or firing, with what its rule says.</summary>
    public async Task<IReadOnlyList<ActiveAlert>> AlertsAsync(CancellationToken stop) =>
    [
        .. from rules in (await AskAsync("api/v1/rules?type=alert", [], stop))["groups"]!.AsArray()
           from rule in rules!["rules"]!.AsArray()
           from alert in rule!["alerts"]!.AsArray()
           select new ActiveAlert(
               rule!["name"]!.GetValue<string>(), alert!["state"]!.GetValue<string>(), Labels(alert!["labels"]!),
               DateTimeOffset.Parse(alert!["activeAt"]!.GetValue<string>(), CultureInfo.InvariantCulture), TimeSpan.FromSeconds(rule!["duration"]!.GetValue<double>())),
    ];

    public void Dispose() => client.Dispose();

    private async Task<JsonNode> AskAsync(string path, Dictionary<string, string> form, CancellationToken stop)
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = form.Count == 0 ? await client.GetAsync(path, stop) : await client.PostAsync(path, content, stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"Prometheus says {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)?["data"] ?? throw new JsonException("an answer of Prometheus without data");
    }

    private static Dictionary<string, string> Labels(JsonNode labels) => labels.AsObject().ToDictionary(one => one.Key, one => one.Value!.GetValue<string>());

    private static double Number(JsonArray pair) => pair[1]!.GetValue<string>() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
