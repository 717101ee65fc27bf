using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosLab.Lab.Logs;

/// <summary>One line that a service said.</summary>
/// <param name="At">When; a line that does not say has the time of the one before it.</param>
/// <param name="Host">Who.</param>
/// <param name="Text">What, as it was said.</param>
internal sealed record LogLine(DateTimeOffset At, string Host, string Text)
{
    /// <summary>Its fields when it is JSON, those of the balancer's inner object among them; null when it is not.</summary>
    public JsonObject? Fields { get; private init; }
    /// <summary>HTTP status that it is about; null: about none.</summary>
    public int? Status { get; private init; }
    /// <summary>Trace that it belongs to; empty: to none.</summary>
    public string TraceId { get; private init; } = "";
    /// <summary>Path of the request it is about; empty: about none.</summary>
    public string Path { get; private init; } = "";
    /// <summary>Small word for how serious it is; empty when it does not say.</summary>
    public string Level { get; private init; } = "";
    /// <summary>The sentence in it.</summary>
    public string Message { get; private init; } = Text;
    /// <summary>Stack trace; empty when there is none.</summary>
    public string Exception { get; private init; } = "";

    /// <summary>Reads a line.</summary>
    /// <param name="host">Who said it.</param>
    /// <param name="text">The line.</param>
    /// <param name="otherwise">Its time when it does not say.</param>
    public static LogLine Read(string host, string text, DateTimeOffset otherwise)
    {
        if (Parse(text) is not { } fields) return new LogLine(otherwise, host, text);
        // The balancer writes .NET's own JSON console form: what was said lies one level down.
        if (fields["State"] is JsonObject state)
        {
            foreach (var (name, value) in state.ToList())
                if (name is not ("Message" or "{OriginalFormat}") && !fields.ContainsKey(name)) fields[name] = value?.DeepClone();
        }

        return new LogLine(TimeOf(fields) ?? otherwise, host, text)
        {
            Fields = fields,
            // HAProxy writes -1 where no answer was given.
            Status = int.TryParse(Word(fields, "status"), CultureInfo.InvariantCulture, out var status) && status > 0 ? status : null,
            TraceId = Word(fields, "traceId"),
            Path = Word(fields, "path"),
            Level = (Word(fields, "level") is { Length: > 0 } level ? level : Word(fields, "LogLevel")).ToLowerInvariant(),
            Message = Word(fields, "message") is { Length: > 0 } message ? message : Word(fields, "Message") is { Length: > 0 } said ? said : text,
            Exception = Word(fields, "exception") is { Length: > 0 } exception ? exception : Word(fields, "Exception"),
        };
    }

    private static JsonObject? Parse(string text)
    {
        if (text.StartsWith('{')) return AsObject(text);
        // A line that came by syslog may have a prefix. What merely ends with an object of its own is a sentence.
        var start = text.IndexOf("{\"", StringComparison.Ordinal);
        return start > 0 && AsObject(text[start..]) is { } fields && Word(fields, "message").Length > 0 ? fields : null;
    }

    private static JsonObject? AsObject(string text)
    {
        try
        {
            var fields = JsonNode.Parse(text) as JsonObject;
            fields?.ContainsKey("time"); // only now is it looked at whole
            return fields;
        }
        catch (JsonException)
        {
            return null; // half a line, from a process that was killed while it spoke
        }
        catch (ArgumentException)
        {
            return null; // the same name twice
        }
    }

    private static DateTimeOffset? TimeOf(JsonObject fields) =>
        DateTimeOffset.TryParse(Word(fields, "time") is { Length: > 0 } time ? time : Word(fields, "Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static string Word(JsonObject fields, string name) => fields[name] is JsonValue value ? value.ToString() : "";
}
