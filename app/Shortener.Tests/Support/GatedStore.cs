using System.Collections.Concurrent;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stores;

namespace ChaosLab.Shortener.Tests.Support;

/// <summary>A real store behind gates, so that a test decides when a call starts, when its answer comes back, and whether it is lost on the way.</summary>
public sealed class GatedStore(ILinkStore inner) : ILinkStore
{
    public Gate Finds { get; } = new();

    public Gate BeforeInsert { get; } = new();

    public Gate AfterInsert { get; } = new();

    public Gate AfterClicks { get; } = new();

    public ConcurrentQueue<int> BatchSizes { get; } = new();

    public int FindCalls => Finds.Calls;

    public Task MigrateAsync(CancellationToken stop) => inner.MigrateAsync(stop);

    public Task WarmAsync(CancellationToken stop) => inner.WarmAsync(stop);

    public async Task<Link?> FindAsync(ShortCode code, CancellationToken stop)
    {
        var link = await inner.FindAsync(code, stop);
        await Finds.PassAsync().WaitAsync(stop);
        return link;
    }

    public Task<Link?> FindByKeyAsync(string key, CancellationToken stop) => inner.FindByKeyAsync(key, stop);

    public async Task<IReadOnlyList<InsertOutcome>> InsertAsync(Func<IReadOnlyList<NewLink>> take)
    {
        await BeforeInsert.PassAsync();
        var outcomes = await inner.InsertAsync(() =>
        {
            var links = take();
            BatchSizes.Enqueue(links.Count);
            return links;
        });
        await AfterInsert.PassAsync();
        return outcomes;
    }

    public Task<bool> DeleteAsync(ShortCode code, WriteTicket ticket) => inner.DeleteAsync(code, ticket);

    public async Task AddClicksAsync(ClickBatch batch, WriteTicket ticket)
    {
        await inner.AddClicksAsync(batch, ticket);
        await AfterClicks.PassAsync();
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Open at first. While closed, calls wait; it may also be told to fail the next calls.</summary>
    public sealed class Gate
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _closed;
        private int _calls, _failures;

        public int Calls => Volatile.Read(ref _calls);

        public void Close()
        {
            lock (_gate) _closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Open()
        {
            lock (_gate)
            {
                _closed?.TrySetResult();
                _closed = null;
            }
        }

        public void FailNext(int calls) => Volatile.Write(ref _failures, calls);

        public Task PassAsync()
        {
            Interlocked.Increment(ref _calls);
            if (Interlocked.Decrement(ref _failures) >= 0) throw new StoreException("lost on the way", mayHaveWritten: true);
            lock (_gate) return _closed?.Task ?? Task.CompletedTask;
        }
    }
}
