namespace ChaosLab.Shortener.Stations;

/// <summary>
/// Counts what passes a place where work is done: who waits, who is served, and for how long. Kept as integrals over time, so that
/// the difference of two readings gives exact means of the time between them, however short it was.
/// </summary>
/// <param name="name">Its name, as in <see cref="StationSet"/>.</param>
/// <param name="capacity">How many it serves at once; 0 = as many as come.</param>
/// <param name="time">The clock.</param>
public sealed class Station(string name, Func<int> capacity, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _changed = time.GetTimestamp();
    private double _waitSeconds, _busySeconds;
    private long _completions;
    private int _waiting, _busy;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>How many it serves at once; 0 = as many as come.</summary>
    public int Capacity => capacity();

    /// <summary>Somebody came and waits.</summary>
    public void Arrive() => Change(1, 0, 0);

    /// <summary>Somebody who waited is served.</summary>
    public void Begin() => Change(-1, 1, 0);

    /// <summary>Somebody who was served leaves.</summary>
    public void End() => Change(0, -1, 1);

    /// <summary>Somebody gave up waiting.</summary>
    public void GiveUp() => Change(-1, 0, 0);

    /// <summary>The sums so far.</summary>
    public StationReport Read()
    {
        lock (_gate)
        {
            Advance();
            return new(name, capacity(), _waiting, _busy, _waitSeconds, _busySeconds, _completions);
        }
    }

    private void Change(int waiting, int busy, int completed)
    {
        lock (_gate)
        {
            Advance();
            _waiting += waiting;
            _busy += busy;
            _completions += completed;
        }
    }

    private void Advance()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_changed, now).TotalSeconds;
        _changed = now;
        _waitSeconds += _waiting * seconds;
        _busySeconds += _busy * seconds;
    }
}

/// <summary>Sums of one station since the process started.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Capacity">How many it serves at once; 0 = as many as come.</param>
/// <param name="Waiting">Waiting now.</param>
/// <param name="Busy">Served now.</param>
/// <param name="WaitSeconds">Integral of the number waiting, in s.</param>
/// <param name="BusySeconds">Integral of the number served, in s.</param>
/// <param name="Completions">How many left after service.</param>
public sealed record StationReport(string Name, int Capacity, int Waiting, int Busy, double WaitSeconds, double BusySeconds, long Completions);
