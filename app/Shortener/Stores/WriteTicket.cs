namespace ChaosLab.Shortener.Stores;

/// <summary>
/// Settles, between a caller that may give up and a store that may begin, whether a write was sent. Exactly one of the two wins,
/// which is what makes "503 = surely nothing was written" true.
/// </summary>
public sealed class WriteTicket
{
    private const int Waiting = 0, Begun = 1, Abandoned = 2;
    private int _state;

    /// <summary>The store asks this right before it sends the first statement.</summary>
    /// <returns>False: the caller is gone, do not send anything.</returns>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;

    /// <summary>The caller gives up.</summary>
    /// <returns>True: nothing was sent and nothing will be.</returns>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting) != Begun;

    /// <summary>The store says that nothing was written and the write may be sent again, for instance under another code.</summary>
    public void Reopen() => Interlocked.CompareExchange(ref _state, Waiting, Begun);
}
