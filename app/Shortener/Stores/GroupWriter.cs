using System.Threading.Channels;
using ChaosLab.Shortener.Links;

namespace ChaosLab.Shortener.Stores;

/// <summary>
/// Stores whatever creates are waiting in one transaction, then the next. One commit costs the same for one link or 256, and
/// every caller still waits for the commit that holds its own link.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="newCode">Gives another code when a random one was taken.</param>
public sealed class GroupWriter(ILinkStore store, Func<ShortCode> newCode) : IHostedService
{
    private const int MostPerBatch = 256, MostWaiting = 10_000, MostCollisions = 10;
    private readonly Channel<PendingInsert> _waiting = Channel.CreateBounded<PendingInsert>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly List<PendingInsert> _next = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>Hands a create over.</summary>
    /// <param name="insert">The create.</param>
    /// <exception cref="StoreException">Too many are waiting, or the writer has stopped; nothing was written.</exception>
    public void Add(PendingInsert insert)
    {
        if (!_waiting.Writer.TryWrite(insert)) throw new StoreException("too many creates are waiting", mayHaveWritten: false);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(WriteAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        await _loop.WaitAsync(cancellationToken);
    }

    private async Task WriteAllAsync()
    {
        while (_next.Count > 0 || await _waiting.Reader.WaitToReadAsync())
        {
            var batch = NextBatch();
            List<PendingInsert> sent = [];
            try
            {
                var outcomes = await store.InsertAsync(() =>
                {
                    sent.AddRange(batch.Where(static insert => insert.Ticket.TryBegin()));
                    return [.. sent.Select(static insert => insert.Link)];
                });
                for (var i = 0; i < sent.Count; i++) Settle(sent[i], outcomes[i]);
            }
            catch (Exception e)
            {
                var cause = e as StoreException ?? new StoreException(e.Message, mayHaveWritten: true, e);
                foreach (var insert in batch) insert.Fail(cause);
            }
        }
    }

    // Two creates with one key, or one alias, never share a batch: the second must see what became of the first.
    private List<PendingInsert> NextBatch()
    {
        HashSet<string> codes = [], keys = [];
        List<PendingInsert> batch = [], later = [];
        foreach (var insert in _next) Sort(insert);
        while (batch.Count < MostPerBatch && _waiting.Reader.TryRead(out var insert)) Sort(insert);
        _next.Clear();
        _next.AddRange(later);
        return batch;

        void Sort(PendingInsert insert)
        {
            var isFree = (insert.Link.Key is null || !keys.Contains(insert.Link.Key)) && !codes.Contains(insert.Link.Code.Text);
            if (!isFree || batch.Count >= MostPerBatch)
            {
                later.Add(insert);
                return;
            }

            codes.Add(insert.Link.Code.Text);
            if (insert.Link.Key is { } key) keys.Add(key);
            batch.Add(insert);
        }
    }

    private void Settle(PendingInsert insert, InsertOutcome outcome)
    {
        if (outcome is InsertOutcome.Unexplained(var cause)) insert.Fail(cause);
        else if (outcome is not InsertOutcome.CodeTaken || insert.Link.IsAlias) insert.Complete(outcome);
        else if (++insert.Collisions > MostCollisions) insert.Fail(new("found no free code", mayHaveWritten: false));
        else
        {
            insert.Ticket.Reopen();
            insert.Link = insert.Link with { Code = newCode() };
            _next.Add(insert);
        }
    }
}
