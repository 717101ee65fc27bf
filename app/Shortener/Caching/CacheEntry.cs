using ChaosLab.Shortener.Links;
using Microsoft.Extensions.Primitives;

namespace ChaosLab.Shortener.Caching;

/// <summary>What is remembered about one code, ready to be served: the <c>Location</c> value is made once, the click counter is at hand.</summary>
/// <param name="code">The code.</param>
/// <param name="link">The link, or null: there is none.</param>
public sealed class CacheEntry(ShortCode code, Link? link)
{
    private long _freshUntil;
    private int _clicks;

    /// <summary>The code.</summary>
    public string Code { get; } = code.Text;

    /// <summary>False: there is no such link.</summary>
    public bool Exists { get; } = link is not null;

    /// <summary>The target, as a header value.</summary>
    public StringValues Location { get; } = link?.Url;

    /// <summary>When the link ends, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; } = link?.ExpiresAt;

    /// <summary>Timestamp of the clock until which the entry may be served without asking.</summary>
    public long FreshUntil
    {
        get => Volatile.Read(ref _freshUntil);
        set => Volatile.Write(ref _freshUntil, value);
    }

    /// <summary>Timestamp of the clock until which the entry may be served when the store cannot be asked.</summary>
    public long StaleUntil { get; set; }

    /// <summary>Set by use, cleared by the eviction's hand as it passes.</summary>
    public bool WasUsed { get; set; }

    /// <summary>Clicks that wait for a flush.</summary>
    public int WaitingClicks => Volatile.Read(ref _clicks);

    /// <summary>Counts a click.</summary>
    /// <returns>True: it is the first since the last flush.</returns>
    public bool Click() => Interlocked.Increment(ref _clicks) == 1;

    /// <summary>Takes the clicks counted so far.</summary>
    public int TakeClicks() => Interlocked.Exchange(ref _clicks, 0);
}
