using System.Collections.Concurrent;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Telemetry;

namespace ChaosLab.Shortener.Caching;

/// <summary>Finds what a code leads to when the cache has no fresh answer: one question to the store per code at a time, and an old answer when there is none.</summary>
/// <param name="cache">The cache.</param>
/// <param name="store">The store.</param>
/// <param name="settings">Whether the cache is on.</param>
/// <param name="metrics">Counts how lookups ended.</param>
public sealed class LinkLookup(LinkCache cache, ResilientStore store, CacheSettings settings, ShortenerMetrics metrics)
{
    private readonly ConcurrentDictionary<string, Flight> _flights = new(StringComparer.Ordinal);

    /// <summary>Asks the store, together with whoever else is asking for the code right now.</summary>
    /// <param name="code">The code.</param>
    /// <param name="old">An entry that is no longer fresh, or null.</param>
    /// <returns>The entry to serve.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be asked and nothing old may be served.</exception>
    public async Task<CacheEntry> FindAsync(ShortCode code, CacheEntry? old)
    {
        if (!settings.Enabled)
        {
            metrics.CacheLookup(LookupOutcome.Off);
            return cache.Make(code, await store.GetAsync(code));
        }

        try
        {
            var entry = await JoinAsync(code);
            metrics.CacheLookup(old is null ? LookupOutcome.Miss : LookupOutcome.Refresh);
            return entry;
        }
        catch (StoreUnavailableException) when (old is not null && cache.MayServeStale(old))
        {
            cache.Postpone(old);
            metrics.CacheLookup(LookupOutcome.Stale);
            return old;
        }
        catch (StoreUnavailableException)
        {
            metrics.CacheLookup(LookupOutcome.Failed);
            throw;
        }
    }

    /// <summary>Remembers a link that was just stored.</summary>
    public void Learn(Link link)
    {
        Ground(link.Code);
        if (settings.Enabled) cache.Put(link.Code, link);
    }

    /// <summary>Forgets a link that was just removed.</summary>
    public void Forget(ShortCode code)
    {
        Ground(code);
        cache.Drop(code);
    }

    private Task<CacheEntry> JoinAsync(ShortCode code)
    {
        var mine = new Flight();
        var flight = _flights.GetOrAdd(code.Text, mine);
        if (ReferenceEquals(flight, mine)) _ = FlyAsync(code, mine);
        else metrics.Joined();
        return flight.Landing.Task;
    }

    private async Task FlyAsync(ShortCode code, Flight flight)
    {
        try
        {
            var link = await store.GetAsync(code);
            CacheEntry entry;
            lock (flight) entry = flight.IsGrounded ? cache.Make(code, link) : cache.Put(code, link);
            flight.Landing.TrySetResult(entry);
        }
        catch (Exception e)
        {
            flight.Landing.TrySetException(e);
            _ = flight.Landing.Task.Exception; // observed, even when nobody waits any more
        }
        finally
        {
            _flights.TryRemove(KeyValuePair.Create(code.Text, flight));
        }
    }

    // A question that left before a write may come back with the answer from before it: it must not be remembered.
    private void Ground(ShortCode code)
    {
        if (!_flights.TryRemove(code.Text, out var flight)) return;
        lock (flight) flight.IsGrounded = true;
    }

    private sealed class Flight
    {
        public TaskCompletionSource<CacheEntry> Landing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsGrounded { get; set; }
    }
}
