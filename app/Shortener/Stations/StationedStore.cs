using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stores;

namespace ChaosLab.Shortener.Stations;

/// <summary>A store whose reads pass the stations on their way. Exists only when chaos is enabled.</summary>
/// <param name="store">The store.</param>
/// <param name="stations">The stations.</param>
public sealed class StationedStore(ILinkStore store, StationSet stations) : ILinkStore
{
    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken stop) => store.MigrateAsync(stop);

    /// <inheritdoc/>
    public Task WarmAsync(CancellationToken stop) => store.WarmAsync(stop);

    /// <inheritdoc/>
    public async Task<Link?> FindAsync(ShortCode code, CancellationToken stop)
    {
        await stations.PassAsync("link.get", stop);
        return await store.FindAsync(code, stop);
    }

    /// <inheritdoc/>
    public Task<Link?> FindByKeyAsync(string key, CancellationToken stop) => store.FindByKeyAsync(key, stop);

    /// <inheritdoc/>
    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(Func<IReadOnlyList<NewLink>> take) => store.InsertAsync(take);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ShortCode code, WriteTicket ticket) => store.DeleteAsync(code, ticket);

    /// <inheritdoc/>
    public Task AddClicksAsync(ClickBatch batch, WriteTicket ticket) => store.AddClicksAsync(batch, ticket);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();
}
