using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stores;
using Polly.CircuitBreaker;

namespace ChaosLab.Shortener.Resilience;

/// <summary>The store as the rest of the service sees it: every call through its pipeline, every failure a <see cref="StoreUnavailableException"/>.</summary>
/// <param name="store">The store.</param>
/// <param name="writer">Groups creates.</param>
/// <param name="pipelines">The pipelines.</param>
public sealed class ResilientStore(ILinkStore store, GroupWriter writer, StorePipelines pipelines)
{
    /// <summary>For a redirect.</summary>
    public Task<Link?> GetAsync(ShortCode code) =>
        ReadAsync("link.get", static (it, stop) => it.store.FindAsync(it.code, stop), (store, code));

    /// <summary>For a look at the link.</summary>
    public Task<Link?> InspectAsync(ShortCode code) =>
        ReadAsync("link.inspect", static (it, stop) => it.store.FindAsync(it.code, stop), (store, code));

    /// <summary>For the question what became of a create.</summary>
    public Task<Link?> ByKeyAsync(string key) =>
        ReadAsync("link.by-key", static (it, stop) => it.store.FindByKeyAsync(it.key, stop), (store, key));

    /// <summary>Stores a link; completes when it is durable.</summary>
    public async Task<InsertOutcome> InsertAsync(NewLink link)
    {
        var insert = new PendingInsert(link);
        return (InsertOutcome)(await WriteAsync("link.insert", insert.Ticket, static (it, stop) =>
        {
            it.writer.Add(it.insert);
            return Boxed(it.insert.Outcome.WaitAsync(stop));
        }, (writer, insert)))!;
    }

    /// <summary>Removes a link; false when there was none.</summary>
    public async Task<bool> DeleteAsync(ShortCode code)
    {
        var ticket = new WriteTicket();
        // An injected outcome answers null: "there was none".
        return await WriteAsync("link.delete", ticket, static (it, stop) => Boxed(it.store.DeleteAsync(it.code, it.ticket).WaitAsync(stop)), (store, code, ticket)) is true;
    }

    /// <summary>Adds clicks; to be called again with the same batch until it succeeds.</summary>
    public async Task AddClicksAsync(ClickBatch batch)
    {
        var ticket = new WriteTicket();
        await WriteAsync("clicks.add", ticket, static async (it, stop) =>
        {
            await it.store.AddClicksAsync(it.batch, it.ticket).WaitAsync(stop);
            return null;
        }, (store, batch, ticket));
    }

    private async Task<Link?> ReadAsync<TState>(string operation, Func<TState, CancellationToken, Task<Link?>> call, TState state)
    {
        var outcome = await pipelines.Read.ExecuteAsync(operation, static (it, stop) => Boxed(it.call(it.state, stop)), (call, state));
        if (outcome.Exception is { } e) throw new StoreUnavailableException(operation, mayHaveWritten: false, RetryAfter(e), e);
        return (Link?)outcome.Result;
    }

    private async Task<object?> WriteAsync<TState>(string operation, WriteTicket ticket, Func<TState, CancellationToken, ValueTask<object?>> call, TState state)
    {
        var outcome = await pipelines.Write.ExecuteAsync(operation, call, state);
        if (outcome.Exception is not { } e) return outcome.Result;
        // Nothing was sent, or the store itself says that nothing was stored: only then is the answer "surely not written".
        var isSurelyNotWritten = ticket.TryAbandon() || e is StoreException { MayHaveWritten: false };
        throw new StoreUnavailableException(operation, !isSurelyNotWritten, RetryAfter(e), e);
    }

    private static async ValueTask<object?> Boxed<T>(Task<T> task) => await task;

    // A hanging probe makes Polly's RetryAfter negative; nobody shall be told to come back at once.
    private static TimeSpan RetryAfter(Exception e)
    {
        var after = (e as BrokenCircuitException)?.RetryAfter ?? TimeSpan.Zero;
        return after > TimeSpan.FromSeconds(1) ? after : TimeSpan.FromSeconds(1);
    }
}

/// <summary>The store could not be asked, or did not answer.</summary>
/// <param name="operation">The call.</param>
/// <param name="mayHaveWritten">False: surely nothing was written.</param>
/// <param name="retryAfter">When to try again, at least 1 s.</param>
/// <param name="cause">What happened.</param>
public sealed class StoreUnavailableException(string operation, bool mayHaveWritten, TimeSpan retryAfter, Exception cause)
    : Exception($"{operation}: {cause.Message}", cause)
{
    /// <summary>False: surely nothing was written. True: nobody can tell.</summary>
    public bool MayHaveWritten { get; } = mayHaveWritten;

    /// <summary>When to try again, at least 1 s.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
