using System.Text;
using System.Text.Json;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Journals;

/// <summary>Append-only record of a run: one line of JSON per event, flushed each, so that it tells everything up to the moment of a crash.</summary>
public sealed class Journal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private readonly Redaction _redaction;

    /// <summary>Opens it for appending.</summary>
    /// <param name="path">File; made when missing.</param>
    /// <param name="redaction">What must not be written.</param>
    public Journal(string path, Redaction redaction)
    {
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _redaction = redaction;
    }

    /// <summary>Appends one event and flushes it. Safe from any thread.</summary>
    public void Write(RunEvent happened)
    {
        var line = JsonSerializer.Serialize(new
        {
            happened.At,
            Offset = happened.Offset?.TotalSeconds,
            happened.Kind,
            happened.Subject,
            Text = _redaction.Of(happened.Text),
        }, Json);
        lock (_gate)
        {
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _file.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
