using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;

namespace ChaosLab.Shortener.Stores;

/// <summary>
/// Where links are kept. Reads may be cancelled. Writes may not: a commit in flight is never called back, its caller only stops
/// waiting. A write that fails says through <see cref="StoreException.MayHaveWritten"/> whether anything can have been stored.
/// </summary>
public interface ILinkStore : IAsyncDisposable
{
    /// <summary>Creates or updates the schema; any number of times, by any number of instances at once.</summary>
    Task MigrateAsync(CancellationToken stop);

    /// <summary>Connects and runs what the first visitors would otherwise wait for; stores nothing.</summary>
    Task WarmAsync(CancellationToken stop);

    /// <summary>The link, or null.</summary>
    Task<Link?> FindAsync(ShortCode code, CancellationToken stop);

    /// <summary>The link made with an idempotency key, or null.</summary>
    Task<Link?> FindByKeyAsync(string key, CancellationToken stop);

    /// <summary>Stores links in one transaction; completes when they are durable.</summary>
    /// <param name="take">Called once, when nothing stands before the first statement any more; says what to store. No two entries share a code or a key.</param>
    /// <returns>One outcome for each entry taken, in order.</returns>
    Task<IReadOnlyList<InsertOutcome>> InsertAsync(Func<IReadOnlyList<NewLink>> take);

    /// <summary>Removes a link; false when there was none.</summary>
    Task<bool> DeleteAsync(ShortCode code, WriteTicket ticket);

    /// <summary>Adds clicks exactly once, however often the same batch is sent.</summary>
    Task AddClicksAsync(ClickBatch batch, WriteTicket ticket);
}
