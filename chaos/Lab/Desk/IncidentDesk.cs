using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Lab.Balancer;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChaosLab.Lab.Desk;

/// <summary>One incident: everything that was said about one <c>dedup_key</c>.</summary>
/// <param name="Key">The key that trigger and resolve share.</param>
/// <param name="Alert">Name of the alert (<c>payload.class</c>).</param>
/// <param name="Service">What it is about (<c>payload.component</c>).</param>
/// <param name="Severity">critical, error, warning or info.</param>
/// <param name="Summary">One line for the person on call.</param>
/// <param name="Triggered">When the first trigger came.</param>
/// <param name="Acknowledged">When somebody took it; null: nobody yet.</param>
/// <param name="Resolved">When it was over; null: it is not.</param>
internal sealed record Incident(string Key, string Alert, string Service, string Severity, string Summary, DateTimeOffset Triggered, DateTimeOffset? Acknowledged, DateTimeOffset? Resolved)
{
    private const int ShownKey = 12;

    /// <summary>What has just happened to it, in one line for people.</summary>
    /// <param name="action">trigger, acknowledge or resolve.</param>
    public string Say(string action) => string.Create(CultureInfo.InvariantCulture,
        $"{action,-11} {Severity,-8} {Alert}: {Summary} [{(Key.Length > ShownKey ? Key[..ShownKey] : Key)}]{After(action)}");

    /// <summary>Whether somebody means it: by its key, the first 8 characters of it or more, or the name of its alert.</summary>
    public bool IsMeantBy(string word) => word == Key || word == Alert || (word.Length >= 8 && Key.StartsWith(word, StringComparison.Ordinal));

    private string After(string action) => action switch
    {
        "acknowledge" => $" after {Since(Acknowledged)}",
        "resolve" => $" after {Since(Resolved)}, {(Acknowledged is null ? "never acknowledged" : "acknowledged after " + Since(Acknowledged))}",
        _ => "",
    };

    private string Since(DateTimeOffset? moment) => moment is { } then ? string.Create(CultureInfo.InvariantCulture, $"{(then - Triggered).TotalSeconds:0.0} s") : "–";
}

/// <summary>
/// Stands in for PagerDuty in the lab: takes its Events v2 (POST /v2/enqueue), remembers when each incident was triggered,
/// acknowledged and resolved, and keeps every event in a journal. Only what the protocol promises is accepted: a mistake is a 400 here as there.
/// </summary>
internal sealed class IncidentDesk : IAsyncDisposable
{
    private static readonly string[] Severities = ["critical", "error", "warning", "info"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private readonly Lock gate = new();
    private readonly List<Incident> incidents = [];
    private readonly string? journal;
    private readonly TimeProvider time;
    private Listener? listener;

    private IncidentDesk(string? journal, TimeProvider time)
    {
        this.journal = journal;
        this.time = time;
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address => listener!.Address;

    /// <summary>Called for every incident that changed.</summary>
    public Action<Incident, string>? Changed { get; set; }

    /// <summary>Every incident, oldest first.</summary>
    public IReadOnlyList<Incident> Incidents
    {
        get { lock (gate) return [.. incidents]; }
    }

    /// <summary>Opens the desk.</summary>
    /// <param name="at">Address; port 0 takes a free one.</param>
    /// <param name="journal">File that takes every event, a line each; null: none.</param>
    /// <param name="time">Clock.</param>
    public static async Task<IncidentDesk> StartAsync(IPEndPoint at, string? journal, TimeProvider time)
    {
        var desk = new IncidentDesk(journal, time);
        desk.listener = await Listener.StartAsync(at, desk.ServeAsync, NullLoggerFactory.Instance, CancellationToken.None);
        return desk;
    }

    /// <summary>Somebody takes incidents.</summary>
    /// <param name="word">See <see cref="Incident.IsMeantBy"/>.</param>
    /// <returns>Every open one that is meant; none: there is no such.</returns>
    public IReadOnlyList<Incident> Acknowledge(string word) =>
        [.. Incidents.Where(one => one.Resolved is null && one.IsMeantBy(word)).Select(one => Take("acknowledge", one.Key, null)).OfType<Incident>()];

    /// <summary>Waits until no incident is open.</summary>
    /// <param name="limit">Longest wait.</param>
    /// <param name="stop">Ends it early.</param>
    public async Task QuietAsync(TimeSpan limit, CancellationToken stop)
    {
        using var end = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, end.Token);
        try
        {
            while (Incidents.Any(one => one.Resolved is null)) await Task.Delay(Look, time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // What is open then is told as open.
        }
    }

    public ValueTask DisposeAsync()
    {
        listener?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ServeAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        if (method == "POST" && path == "/v2/enqueue") await EnqueueAsync(context);
        else if (method == "GET" && path is "/" or "/incidents") await AnswerAsync(context, 200, JsonSerializer.SerializeToNode(Incidents, JsonSerializerOptions.Web)!);
        else if (method == "POST" && path?.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["incidents", var word, "acknowledge"]) await TakeAsync(context, word);
        else await AnswerAsync(context, 404, new JsonObject { ["message"] = "there is POST /v2/enqueue, GET /incidents, POST /incidents/{key or alert}/acknowledge" });
    }

    private Task TakeAsync(HttpContext context, string word)
    {
        var taken = Acknowledge(word);
        return taken.Count > 0
            ? AnswerAsync(context, 200, new JsonObject { ["acknowledged"] = Names(taken) })
            : AnswerAsync(context, 404, new JsonObject { ["message"] = $"there is no open incident '{word}'", ["open"] = Names(Incidents.Where(one => one.Resolved is null)) });

        static JsonArray Names(IEnumerable<Incident> some) => new([.. some.Select(one => (JsonNode)one.Alert)]);
    }

    private async Task EnqueueAsync(HttpContext context)
    {
        JsonNode? said;
        try
        {
            said = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            said = null;
        }

        var (action, payload) = (Text(said, "event_action"), said is JsonObject ? said["payload"] : null);
        List<string> errors = [];
        if (Text(said, "routing_key").Length == 0) errors.Add("routing_key is missing");
        if (action is not ("trigger" or "acknowledge" or "resolve")) errors.Add("event_action must be trigger, acknowledge or resolve");
        if (action != "trigger" && Text(said, "dedup_key").Length == 0) errors.Add("dedup_key is needed to acknowledge or resolve");
        if (action == "trigger" && (Text(payload, "summary").Length == 0 || Text(payload, "source").Length == 0)) errors.Add("payload.summary and payload.source are needed to trigger");
        if (action == "trigger" && !Severities.Contains(Text(payload, "severity"))) errors.Add("payload.severity must be critical, error, warning or info");
        if (errors.Count > 0)
        {
            await AnswerAsync(context, 400, new JsonObject { ["status"] = "invalid event", ["message"] = "Event object is invalid", ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]) });
            return;
        }

        var key = Text(said, "dedup_key") is { Length: > 0 } given ? given : RandomNumberGenerator.GetHexString(32, true);
        Take(action, key, payload);
        await AnswerAsync(context, 202, new JsonObject { ["status"] = "success", ["message"] = "Event processed", ["dedup_key"] = key });
    }

    private Incident? Take(string action, string key, JsonNode? payload)
    {
        Incident? changed = null;
        lock (gate)
        {
            var now = time.GetUtcNow();
            var at = incidents.FindLastIndex(one => one.Key == key && one.Resolved is null);
            if (at < 0 && action == "trigger")
            {
                changed = new Incident(key, Text(payload, "class"), Text(payload, "component"), Text(payload, "severity"), Text(payload, "summary"), now, null, null);
                incidents.Add(changed);
            }
            else if (at >= 0 && action == "acknowledge")
            {
                incidents[at] = changed = incidents[at] with { Acknowledged = incidents[at].Acknowledged ?? now };
            }
            else if (at >= 0 && action == "resolve")
            {
                incidents[at] = changed = incidents[at] with { Resolved = now };
            }

            if (journal is not null)
            {
                File.AppendAllText(journal, new JsonObject
                {
                    ["at"] = now.ToString("O", CultureInfo.InvariantCulture), ["action"] = action, ["dedupKey"] = key, ["payload"] = payload?.DeepClone(),
                }.ToJsonString() + "\n");
            }
        }

        if (changed is not null) Changed?.Invoke(changed, action);
        return changed;
    }

    private static string Text(JsonNode? node, string name) => node is JsonObject && node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static Task AnswerAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
