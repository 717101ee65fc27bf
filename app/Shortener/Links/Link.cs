using ChaosLab.Shortener.Stores;

namespace ChaosLab.Shortener.Links;

/// <summary>A link as the store knows it.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Url">Where it leads, exactly as it was given.</param>
/// <param name="CreatedAt">When it was made, UTC, whole milliseconds.</param>
/// <param name="ExpiresAt">When it ends, or null.</param>
/// <param name="Clicks">Clicks stored so far.</param>
public sealed record Link(ShortCode Code, string Url, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, long Clicks)
{
    /// <summary>True once the link has ended.</summary>
    /// <param name="now">The time of asking.</param>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>A link to be made.</summary>
/// <param name="Code">Alias or random code.</param>
/// <param name="IsAlias">True: the visitor chose the code, so it is not replaced when taken.</param>
/// <param name="Url">Where it leads.</param>
/// <param name="CreatedAt">Now, whole milliseconds.</param>
/// <param name="ExpiresAt">When it ends, or null.</param>
/// <param name="Key">Idempotency key, or null.</param>
/// <param name="RequestHash">SHA-256 of the request, 32 bytes; null without a key.</param>
public sealed record NewLink(ShortCode Code, bool IsAlias, string Url, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? Key, byte[]? RequestHash)
{
    /// <summary>The link once it is stored.</summary>
    public Link Stored => new(Code, Url, CreatedAt, ExpiresAt, 0);
}

/// <summary>What became of a <see cref="NewLink"/>. All cases are known for certain.</summary>
public abstract record InsertOutcome
{
    private InsertOutcome() { }

    /// <summary>Stored, durably.</summary>
    /// <param name="Link">The link.</param>
    public sealed record Created(Link Link) : InsertOutcome;

    /// <summary>The same request was stored before.</summary>
    /// <param name="Link">The link of the first time.</param>
    public sealed record Replayed(Link Link) : InsertOutcome;

    /// <summary>The idempotency key was used for another request.</summary>
    public sealed record KeyReused : InsertOutcome;

    /// <summary>The code belongs to another link.</summary>
    public sealed record CodeTaken : InsertOutcome;

    /// <summary>Surely not stored now, but the store failed before it could say which of the cases above it is.</summary>
    /// <param name="Cause">What happened.</param>
    public sealed record Unexplained(StoreException Cause) : InsertOutcome;
}
