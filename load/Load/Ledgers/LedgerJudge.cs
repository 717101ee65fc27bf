using System.Collections.Concurrent;
using System.Globalization;

namespace ChaosLab.Load.Ledgers;

/// <summary>Judges a ledger from itself and a final read. Heal everything and wait for recovery before: a read right after
/// a failover reports losses that are none.</summary>
public static class LedgerJudge
{
    private const int ReadsAtOnce = 8;

    /// <summary>Reads back everything that was promised, refused or removed.</summary>
    public static async Task<LedgerFindings> ReadBackAsync(Ledger ledger, LinkReader reader, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(reader);
        var entries = ledger.Entries;
        var codes = entries.Where(e => e.Code is not null).GroupBy(e => e.Code!, StringComparer.Ordinal).ToList();
        var keys = entries.Where(e => e is { Key: not null, Kind: WriteKind.Create }).GroupBy(e => e.Key!, StringComparer.Ordinal).ToList();
        var judging = new Judging(ledger.Clicks);
        await ForEachAsync(codes, async code => judging.Code([.. code], await ReadAsync(reader.ByCode, code.Key, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        await ForEachAsync(keys, async key => judging.Key([.. key], await ReadAsync(reader.ByKey, key.Key, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        return judging.Findings(ledger.Creates);
    }

    private static Task ForEachAsync<T>(List<T> items, Func<T, Task> act, CancellationToken stop) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = stop }, async (item, _) => await act(item).ConfigureAwait(false));

    // A reader that throws has learned nothing; that is an answer too.
    private static async Task<IReadOnlyList<LinkReading>> ReadAsync(Func<string, CancellationToken, Task<IReadOnlyList<LinkReading>>> read, string name, CancellationToken stop)
    {
        try
        {
            return await read(name, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            return [new LinkReading("reader", LinkPresence.Unreadable, null, null, null, e.Message)];
        }
    }

    private sealed class Judging(IReadOnlyDictionary<string, ClickBounds> clicks)
    {
        private readonly ConcurrentBag<LedgerFinding> _lost = [], _changed = [], _doubled = [], _phantom = [], _stale = [], _clickMismatches = [];
        private readonly Histogram _staleness = new();
        private int _neverRead, _unknownPresent;

        /// <summary>All entries about one code.</summary>
        public void Code(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<LinkReading> readings)
        {
            var code = entries[0].Code!;
            var creates = entries.Where(e => e is { Kind: WriteKind.Create, Outcome: WriteOutcome.Acknowledged }).ToList();
            var urls = creates.Select(e => e.Url!).Distinct(StringComparer.Ordinal).ToList();
            if (urls.Count > 1)
                _doubled.Add(new LedgerFinding("doubled", code, "one target per code", $"acknowledged for {string.Join(" and ", urls)}", entries));
            var removed = entries.FirstOrDefault(e => e is { Kind: WriteKind.Delete, Outcome: WriteOutcome.Acknowledged });
            var doubtful = entries.Any(e => e is { Kind: WriteKind.Delete, Outcome: WriteOutcome.Unknown or WriteOutcome.Pending });
            if (removed is not null)
                NoteStaleness(code, removed);
            if (creates.Count == 0 && removed is null)
                return;
            if (readings.All(r => r.Presence == LinkPresence.Unreadable))
            {
                Interlocked.Increment(ref _neverRead);
                return;
            }
            foreach (var reading in readings)
                Look(code, urls, removed, doubtful, reading, entries);
        }

        /// <summary>All creates with one idempotency key.</summary>
        public void Key(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<LinkReading> readings)
        {
            var key = entries[0].Key!;
            var acknowledged = entries.Where(e => e.Outcome == WriteOutcome.Acknowledged).Select(e => e.Code!).Distinct(StringComparer.Ordinal).ToList();
            if (acknowledged.Count > 1)
                _doubled.Add(new LedgerFinding("doubled", key, "one code per idempotency key", $"acknowledged as {string.Join(" and ", acknowledged)}", entries));
            var unknown = entries.Any(e => e.Outcome is WriteOutcome.Unknown or WriteOutcome.Pending);
            if (acknowledged.Count == 0 && !unknown && readings.All(r => r.Presence == LinkPresence.Unreadable))
                Interlocked.Increment(ref _neverRead);
            var found = readings.Where(r => r.Presence == LinkPresence.Found).ToList();
            if (found.Count == 0)
                return;
            if (acknowledged.Count == 0 && unknown)
                Interlocked.Increment(ref _unknownPresent);
            if (acknowledged.Count == 0 && !unknown)
                _phantom.Add(new LedgerFinding("phantom", key, "refused, so not there", $"code {found[0].Code} at {found[0].Instance}", entries));
            else if (acknowledged.Count == 1 && found.Find(r => r.Code != acknowledged[0]) is { } other)
                _doubled.Add(new LedgerFinding("doubled", key, $"code {acknowledged[0]}", $"code {other.Code} at {other.Instance}", entries));
            else if (acknowledged.Count == 0 && found.Find(r => entries.All(e => e.Url != r.Url)) is { } changed)
                _changed.Add(new LedgerFinding("changed", key, entries[0].Url!, $"{changed.Url} at {changed.Instance}", entries));
        }

        public LedgerFindings Findings((int Acknowledged, int Refused, int Unknown) creates) => new(creates.Acknowledged, creates.Refused, creates.Unknown,
            Sorted(_lost), Sorted(_changed), Sorted(_doubled), Sorted(_phantom), Sorted(_stale), Sorted(_clickMismatches), _neverRead, _unknownPresent, _staleness);

        private void Look(string code, List<string> urls, LedgerEntry? removed, bool doubtful, LinkReading reading, IReadOnlyList<LedgerEntry> entries)
        {
            if (reading.Presence == LinkPresence.Unreadable)
                return;
            var isThere = reading.Presence == LinkPresence.Found;
            if (removed is not null)
            {
                if (isThere)
                    _stale.Add(new LedgerFinding("stale", code, "removed", $"there at {reading.Instance}", entries));
                return;
            }
            if (!isThere)
            {
                if (!doubtful)
                    _lost.Add(new LedgerFinding("lost", code, urls[0], $"{reading.Detail ?? "missing"} at {reading.Instance}", entries));
                return;
            }
            if (!urls.Contains(reading.Url!, StringComparer.Ordinal))
                _changed.Add(new LedgerFinding("changed", code, urls[0], $"{reading.Url} at {reading.Instance}", entries));
            if (reading.Clicks is not { } counted)
                return;
            var bounds = clicks.GetValueOrDefault(code);
            if (counted < bounds.Acknowledged || counted > bounds.Acknowledged + bounds.Unknown)
                _clickMismatches.Add(new LedgerFinding("clicks", code, string.Create(CultureInfo.InvariantCulture, $"{bounds.Acknowledged} to {bounds.Acknowledged + bounds.Unknown} clicks"),
                    string.Create(CultureInfo.InvariantCulture, $"{counted} at {reading.Instance}"), entries));
        }

        private void NoteStaleness(string code, LedgerEntry removed)
        {
            if (!clicks.TryGetValue(code, out var bounds) || bounds.LastServed <= removed.Ended)
                return;
            lock (_staleness)
                _staleness.Record((long)(bounds.LastServed - removed.Ended!.Value).TotalNanoseconds);
        }

        private static IReadOnlyList<LedgerFinding> Sorted(ConcurrentBag<LedgerFinding> findings) => [.. findings.OrderBy(f => f.Entries[0].Sequence).ThenBy(f => f.Found, StringComparer.Ordinal)];
    }
}
