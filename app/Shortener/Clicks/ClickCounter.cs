using System.Collections.Concurrent;
using ChaosLab.Shortener.Caching;

namespace ChaosLab.Shortener.Clicks;

/// <summary>
/// Counts clicks without touching the store. A click adds one to the counter of its cache entry; the first click since the last
/// flush also puts the entry into a bounded queue. Clicks that find the queue full are dropped and counted.
/// </summary>
/// <param name="capacity">Most entries in the queue.</param>
public sealed class ClickCounter(int capacity)
{
    private readonly ConcurrentQueue<CacheEntry> _dirty = new();
    private int _length;
    private long _dropped;

    /// <summary>Clicks dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Clicks that wait.</summary>
    public long Waiting => _dirty.Sum(static entry => (long)entry.WaitingClicks);

    /// <summary>Counts a click.</summary>
    /// <param name="entry">What was clicked; an evicted entry still counts, the queue keeps it.</param>
    public void Count(CacheEntry entry)
    {
        if (!entry.Click()) return;
        if (Interlocked.Increment(ref _length) <= capacity)
        {
            _dirty.Enqueue(entry);
            return;
        }

        Interlocked.Decrement(ref _length);
        Interlocked.Add(ref _dropped, entry.TakeClicks());
    }

    /// <summary>Takes all waiting clicks.</summary>
    /// <returns>Clicks per code, sorted by code.</returns>
    public IReadOnlyList<KeyValuePair<string, long>> Take()
    {
        var clicks = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var left = _dirty.Count; left > 0 && _dirty.TryDequeue(out var entry); left--)
        {
            Interlocked.Decrement(ref _length);
            var taken = entry.TakeClicks();
            if (taken > 0) clicks[entry.Code] = clicks.GetValueOrDefault(entry.Code) + taken;
        }

        return [.. clicks];
    }
}
