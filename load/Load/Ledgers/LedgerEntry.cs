namespace ChaosLab.Load.Ledgers;

/// <summary>What a client may know of a write.</summary>
public enum WriteOutcome
{
    /// <summary>Intent noted, no answer yet; at the end it counts as unknown.</summary>
    Pending,
    /// <summary>It happened: a complete 2xx answer.</summary>
    Acknowledged,
    /// <summary>It did not happen: no byte was sent, 4xx, or a 503 that says so.</summary>
    Refused,
    /// <summary>It may have happened, or may still: timeout, reset after sending, 502, 504, other 5xx.</summary>
    Unknown,
}

/// <summary>Kinds of writes.</summary>
public enum WriteKind
{
    /// <summary>A link was to be made.</summary>
    Create,
    /// <summary>A link was to be removed.</summary>
    Delete,
}

/// <summary>One write as the client saw it. Times since the ledger was opened.</summary>
/// <param name="Sequence">From 0.</param>
/// <param name="Kind">Create or delete.</param>
/// <param name="Key">Idempotency key; null when none was sent.</param>
/// <param name="Url">Target of the link; null for deletes.</param>
/// <param name="Code">Code of the link; null while not known.</param>
/// <param name="Sent">When the intent was noted, just before sending.</param>
/// <param name="Ended">When the outcome was known; null while pending.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Status or error behind a refusal or a doubt.</param>
public sealed record LedgerEntry(long Sequence, WriteKind Kind, string? Key, string? Url, string? Code, TimeSpan Sent, TimeSpan? Ended, WriteOutcome Outcome, string? Reason);

/// <summary>Bounds of a link's click count.</summary>
/// <param name="Acknowledged">Redirects that the client saw.</param>
/// <param name="Unknown">Redirects that may have been counted without the client seeing them.</param>
/// <param name="LastServed">Start of the last redirect that was served, since the ledger was opened.</param>
public readonly record struct ClickBounds(long Acknowledged, long Unknown, TimeSpan LastServed);
