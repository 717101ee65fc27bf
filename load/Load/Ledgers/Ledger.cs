namespace ChaosLab.Load.Ledgers;

/// <summary>Append-only record of every write by what was promised. Thread-safe. With a file, the intent is written (and
/// on request flushed to the disk) before the request is sent, so a crash of the client leaves a pending line, not a gap.</summary>
public sealed class Ledger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly List<LedgerEntry> _entries = [];
    private readonly Dictionary<string, ClickBounds> _clicks = [];
    private readonly LedgerFile? _file;

    /// <summary>An empty ledger.</summary>
    /// <param name="time">Clock of the run.</param>
    /// <param name="path">JSONL file to write along; null for memory only.</param>
    /// <param name="flushEveryIntent">Force each intent to the disk before the request goes out.</param>
    public Ledger(TimeProvider time, string? path = null, bool flushEveryIntent = false)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_time, _opened) = (time, time.GetTimestamp());
        _file = path is null ? null : new LedgerFile(path, flushEveryIntent, RunId, time.GetUtcNow());
    }

    /// <summary>Unique to this ledger: keys and urls made from it never meet those of another run.</summary>
    public string RunId { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Ledger time of a timestamp of the same clock.</summary>
    public TimeSpan TimeOf(long timestamp) => _time.GetElapsedTime(_opened, timestamp);

    /// <summary>Notes that a link is about to be asked for.</summary>
    public LedgerEntry BeginCreate(string? key, string url) => Begin(WriteKind.Create, key, url, null);

    /// <summary>Notes that a link is about to be removed.</summary>
    public LedgerEntry BeginDelete(string code) => Begin(WriteKind.Delete, null, null, code);

    /// <summary>It happened.</summary>
    /// <param name="intent">What Begin gave.</param>
    /// <param name="code">Code of the link.</param>
    public void Acknowledged(LedgerEntry intent, string code) => End(intent, WriteOutcome.Acknowledged, code, null);

    /// <summary>It did not happen.</summary>
    public void Refused(LedgerEntry intent, string reason) => End(intent, WriteOutcome.Refused, null, reason);

    /// <summary>Nobody can tell.</summary>
    public void Unknown(LedgerEntry intent, string reason) => End(intent, WriteOutcome.Unknown, null, reason);

    /// <summary>A redirect was served, so its click counts.</summary>
    /// <param name="code">Code followed.</param>
    /// <param name="sent">Timestamp at which it was sent.</param>
    /// <param name="attempts">Attempts that the balancer says it took; those before the last may have counted too.</param>
    public void FollowAcknowledged(string code, long sent, int attempts = 1)
    {
        lock (_gate)
        {
            var bounds = _clicks.GetValueOrDefault(code);
            var at = TimeOf(sent);
            _clicks[code] = new ClickBounds(bounds.Acknowledged + 1, bounds.Unknown + Math.Max(0, attempts - 1), at > bounds.LastServed ? at : bounds.LastServed);
        }
    }

    /// <summary>A redirect was asked for and no answer tells whether it counted.</summary>
    public void FollowUnknown(string code)
    {
        lock (_gate)
        {
            var bounds = _clicks.GetValueOrDefault(code);
            _clicks[code] = bounds with { Unknown = bounds.Unknown + 1 };
        }
    }

    /// <summary>A copy of all writes, in the order of their intents.</summary>
    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    /// <summary>A copy of the click bounds by code.</summary>
    public IReadOnlyDictionary<string, ClickBounds> Clicks
    {
        get
        {
            lock (_gate)
                return new Dictionary<string, ClickBounds>(_clicks);
        }
    }

    /// <summary>Creates by outcome; pending ones count as unknown.</summary>
    public (int Acknowledged, int Refused, int Unknown) Creates
    {
        get
        {
            var creates = Entries.Where(e => e.Kind == WriteKind.Create).ToList();
            return (creates.Count(e => e.Outcome == WriteOutcome.Acknowledged), creates.Count(e => e.Outcome == WriteOutcome.Refused),
                creates.Count(e => e.Outcome is WriteOutcome.Unknown or WriteOutcome.Pending));
        }
    }

    /// <summary>Writes the click bounds to the file, if any, and closes it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Clicks(_clicks);
            _file?.Dispose();
        }
    }

    private LedgerEntry Begin(WriteKind kind, string? key, string? url, string? code)
    {
        lock (_gate)
        {
            var entry = new LedgerEntry(_entries.Count, kind, key, url, code, TimeOf(_time.GetTimestamp()), null, WriteOutcome.Pending, null);
            _entries.Add(entry);
            _file?.Intent(entry);
            return entry;
        }
    }

    private void End(LedgerEntry intent, WriteOutcome outcome, string? code, string? reason)
    {
        ArgumentNullException.ThrowIfNull(intent);
        lock (_gate)
        {
            if (_entries[(int)intent.Sequence].Outcome != WriteOutcome.Pending)
                throw new InvalidOperationException($"Write {intent.Sequence} already has an outcome; a ledger is never changed.");
            var entry = intent with { Ended = TimeOf(_time.GetTimestamp()), Outcome = outcome, Code = code ?? intent.Code, Reason = reason };
            _entries[(int)intent.Sequence] = entry;
            _file?.Outcome(entry);
        }
    }
}
