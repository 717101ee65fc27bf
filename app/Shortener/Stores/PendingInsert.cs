using ChaosLab.Shortener.Links;

namespace ChaosLab.Shortener.Stores;

/// <summary>A create that waits for its commit.</summary>
/// <param name="link">What to store.</param>
public sealed class PendingInsert(NewLink link)
{
    private readonly TaskCompletionSource<InsertOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What to store; the code changes when a random one was taken.</summary>
    public NewLink Link { get; set; } = link;

    /// <summary>How often a random code was taken already.</summary>
    public int Collisions { get; set; }

    /// <summary>Settles whether anything was sent.</summary>
    public WriteTicket Ticket { get; } = new();

    /// <summary>Completes when the outcome is durable.</summary>
    public Task<InsertOutcome> Outcome => _done.Task;

    /// <summary>Tells the caller.</summary>
    public void Complete(InsertOutcome outcome) => _done.TrySetResult(outcome);

    /// <summary>Tells the caller.</summary>
    public void Fail(StoreException cause)
    {
        _done.TrySetException(cause);
        _ = _done.Task.Exception; // observed, even when the caller stopped waiting
    }
}
