namespace ChaosLab.Load.Ledgers;

/// <summary>What a read-back found.</summary>
public enum LinkPresence
{
    /// <summary>The link is there.</summary>
    Found,
    /// <summary>It is not, says the service.</summary>
    Missing,
    /// <summary>The service did not say.</summary>
    Unreadable,
}

/// <summary>What one instance says of a link.</summary>
/// <param name="Instance">Which instance.</param>
/// <param name="Presence">Whether it is there.</param>
/// <param name="Code">Its code when found.</param>
/// <param name="Url">Its target when found.</param>
/// <param name="Clicks">Its clicks when found and counted.</param>
/// <param name="Detail">Status or error otherwise.</param>
public sealed record LinkReading(string Instance, LinkPresence Presence, string? Code, string? Url, long? Clicks, string? Detail);

/// <summary>How links are read back: past every cache, from every instance.</summary>
/// <param name="ByCode">Readings of a code, one per instance.</param>
/// <param name="ByKey">Readings of an idempotency key, one per instance.</param>
public sealed record LinkReader(Func<string, CancellationToken, Task<IReadOnlyList<LinkReading>>> ByCode, Func<string, CancellationToken, Task<IReadOnlyList<LinkReading>>> ByKey);
