namespace ChaosLab.Load.Raw;

/// <summary>One connection of a shard and the request on it, if any.</summary>
internal sealed class RawConnection(int number)
{
    public int Number => number;
    public ResponseParser Parser { get; } = new();

    /// <summary>Socket, or −1 when there is none.</summary>
    public int Socket { get; set; } = -1;
    public bool Connecting { get; set; }
    /// <summary>The request being answered; null when idle.</summary>
    public RenderedRequest? Request { get; set; }
    /// <summary>What of the request could not be sent at once; null usually.</summary>
    public byte[]? Unsent { get; set; }
    /// <summary>Its trace id; none when the scenario is not traced.</summary>
    public TraceId Trace { get; set; }
    public long DueNs { get; set; }
    public long StartedNs { get; set; }

    // The busy ones form a list, oldest first, so that time-outs cost nothing.
    public RawConnection? Older { get; set; }
    public RawConnection? Newer { get; set; }
}

/// <summary>Busy connections, oldest first. All have the same time-out, so the oldest is the next to run out.</summary>
internal sealed class BusyList
{
    private RawConnection? _newest;

    public RawConnection? Oldest { get; private set; }
    public int Count { get; private set; }

    public void Add(RawConnection connection)
    {
        (connection.Older, connection.Newer) = (_newest, null);
        if (_newest is null)
            Oldest = connection;
        else
            _newest.Newer = connection;
        _newest = connection;
        Count++;
    }

    public void Remove(RawConnection connection)
    {
        if (connection.Older is null)
            Oldest = connection.Newer;
        else
            connection.Older.Newer = connection.Newer;
        if (connection.Newer is null)
            _newest = connection.Older;
        else
            connection.Newer.Older = connection.Older;
        Count--;
    }
}
