using System.Collections.Concurrent;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Links;

namespace ChaosLab.Shortener.Caching;

/// <summary>A bounded map from code to entry. Eviction is by second chance: the oldest entry goes unless it was used since the hand last passed.</summary>
/// <param name="settings">Size and times.</param>
/// <param name="time">The clock.</param>
public sealed class LinkCache(CacheSettings settings, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CacheEntry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<CacheEntry> _byAge = new();
    private readonly Lock _evicting = new();

    /// <summary>Entries now.</summary>
    public int Count => _entries.Count;

    /// <summary>The entry, fresh or not; without allocation.</summary>
    /// <param name="code">The characters of the code.</param>
    /// <returns>Null when nothing is remembered.</returns>
    public CacheEntry? Find(ReadOnlySpan<char> code)
    {
        if (!_entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(code, out var entry)) return null;
        if (!entry.WasUsed) entry.WasUsed = true;
        return entry;
    }

    /// <summary>True when the entry may be served without asking the store.</summary>
    public bool IsFresh(CacheEntry entry) => time.GetTimestamp() < entry.FreshUntil;

    /// <summary>True when the entry may be served because the store cannot be asked. "No such link" is never served stale: it may exist by now.</summary>
    public bool MayServeStale(CacheEntry entry) => entry.Exists && time.GetTimestamp() < entry.StaleUntil;

    /// <summary>Puts off the next question to a store that just failed, so that one visitor a second waits for it and not all.</summary>
    public void Postpone(CacheEntry entry) => entry.FreshUntil = After(TimeSpan.FromSeconds(1));

    /// <summary>Remembers what the store said.</summary>
    /// <param name="code">The code.</param>
    /// <param name="link">The link, or null: there is none.</param>
    public CacheEntry Put(ShortCode code, Link? link)
    {
        var entry = Make(code, link);
        _entries[code.Text] = entry;
        _byAge.Enqueue(entry);
        if (_byAge.Count > settings.Capacity) Evict();
        return entry;
    }

    /// <summary>An entry that is not remembered, to serve one request.</summary>
    public CacheEntry Make(ShortCode code, Link? link)
    {
        var fresh = link is null ? settings.NegativeTimeToLive : settings.TimeToLive;
        return new(code, link) { FreshUntil = After(fresh), StaleUntil = After(fresh + settings.StaleFor) };
    }

    /// <summary>Forgets a code.</summary>
    public void Drop(ShortCode code) => _entries.TryRemove(code.Text, out _);

    private long After(TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);

    private void Evict()
    {
        if (!_evicting.TryEnter()) return; // somebody is at it already
        try
        {
            // An entry that was replaced or dropped still stands in the queue; it leaves here without touching its successor.
            for (var chances = 2 * settings.Capacity; _byAge.Count > settings.Capacity && _byAge.TryDequeue(out var oldest); chances--)
            {
                var isCurrent = _entries.TryGetValue(oldest.Code, out var current) && ReferenceEquals(current, oldest);
                if (isCurrent && oldest.WasUsed && chances > 0)
                {
                    oldest.WasUsed = false;
                    _byAge.Enqueue(oldest);
                }
                else if (isCurrent)
                {
                    _entries.TryRemove(KeyValuePair.Create(oldest.Code, oldest));
                }
            }
        }
        finally
        {
            _evicting.Exit();
        }
    }
}
