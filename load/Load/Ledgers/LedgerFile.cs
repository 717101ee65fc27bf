using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChaosLab.Load.Ledgers;

/// <summary>A ledger as lines of JSON: a header, an intent line before each request, an outcome line after it, and click
/// bounds at the end. Not thread-safe; the ledger's lock guards it.</summary>
internal sealed class LedgerFile : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly FileStream _stream;
    private readonly bool _flushEveryIntent;
    private bool _closed;

    public LedgerFile(string path, bool flushEveryIntent, string runId, DateTimeOffset opened)
    {
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _flushEveryIntent = flushEveryIntent;
        Line(json =>
        {
            json.WriteString("ledger", runId);
            json.WriteString("opened", opened);
        });
    }

    public void Intent(LedgerEntry entry)
    {
        Line(json =>
        {
            json.WriteNumber("seq", entry.Sequence);
            json.WriteString("op", entry.Kind == WriteKind.Create ? "create" : "delete");
            Text(json, "key", entry.Key);
            Text(json, "url", entry.Url);
            Text(json, "code", entry.Code);
            json.WriteNumber("sent", entry.Sent.TotalSeconds);
        });
        _stream.Flush(_flushEveryIntent);
    }

    public void Outcome(LedgerEntry entry) => Line(json =>
    {
        json.WriteNumber("seq", entry.Sequence);
        json.WriteString("outcome", entry.Outcome.ToString().ToLower(CultureInfo.InvariantCulture));
        Text(json, "code", entry.Code);
        Text(json, "reason", entry.Reason);
        json.WriteNumber("ended", entry.Ended!.Value.TotalSeconds);
    });

    public void Clicks(IReadOnlyDictionary<string, ClickBounds> clicks)
    {
        foreach (var (code, bounds) in clicks)
        {
            Line(json =>
            {
                json.WriteString("clicks", code);
                json.WriteNumber("acknowledged", bounds.Acknowledged);
                json.WriteNumber("unknown", bounds.Unknown);
            });
        }
    }

    public void Dispose()
    {
        _closed = true;
        _stream.Dispose();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private void Line(Action<Utf8JsonWriter> write)
    {
        if (_closed)
            return;
        using (var json = new Utf8JsonWriter(_stream, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        _stream.WriteByte((byte)'\n');
    }
}
