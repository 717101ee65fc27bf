namespace ChaosLab.Shortener.Faults;

/// <summary>A fault that is, or was, active, with the evidence of what it did.</summary>
public sealed class Fault
{
    private const int DecisionStream = 0, JitterStream = 1;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _gate = new();
    private long _executions, _intended, _completed;
    private double _doseSum, _doseMax;
    private DateTimeOffset _removedAt;
    private volatile bool _isRemoved;

    /// <summary>Starts the fault.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="order">What was ordered.</param>
    /// <param name="time">The clock.</param>
    public Fault(string id, FaultOrder order, TimeProvider time)
    {
        (Id, Order, _time) = (id, order, time);
        _started = time.GetTimestamp();
        StartedAt = time.GetUtcNow();
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>What was ordered.</summary>
    public FaultOrder Order { get; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>When it ended or will end.</summary>
    public DateTimeOffset Until => _isRemoved ? _removedAt : StartedAt + Order.TimeToLive;

    /// <summary>True until it is removed or its time is up. The time to live is measured on the monotonic clock.</summary>
    public bool IsActive => !_isRemoved && _time.GetElapsedTime(_started) < Order.TimeToLive;

    /// <summary>Ends it; again is harmless.</summary>
    public void Remove()
    {
        if (!IsActive) return;
        _removedAt = _time.GetUtcNow();
        _isRemoved = true;
    }

    /// <summary>True when the fault is meant for the operation.</summary>
    public bool Concerns(string operation) => Order.Operations.Count == 0
        ? Order.Kind != FaultKind.Outcome || StoreOperations.WithOutcome.Contains(operation)
        : Order.Operations.Contains(operation);

    /// <summary>Takes the next decision; counts the call and, when it is hurt, the intention.</summary>
    /// <returns>True: hurt this call.</returns>
    public bool Decide()
    {
        var n = Interlocked.Increment(ref _executions);
        if (n > (Order.First ?? long.MaxValue) || SeededDecision.Draw(Order.Seed, DecisionStream, n) >= Order.Rate) return false;
        Interlocked.Increment(ref _intended);
        return true;
    }

    /// <summary>The next dose: the delay, give or take the jitter.</summary>
    /// <returns>Never negative.</returns>
    public TimeSpan Dose()
    {
        if (Order.Jitter == TimeSpan.Zero) return Order.Delay;
        var spread = 2 * SeededDecision.Draw(Order.Seed, JitterStream, Interlocked.Read(ref _intended)) - 1;
        var dose = Order.Delay + Order.Jitter * spread;
        return dose < TimeSpan.Zero ? TimeSpan.Zero : dose;
    }

    /// <summary>Counts an injection that ran to its end.</summary>
    /// <param name="dose">How long it really took.</param>
    public void Complete(TimeSpan dose)
    {
        lock (_gate)
        {
            _completed++;
            _doseSum += dose.TotalSeconds;
            _doseMax = Math.Max(_doseMax, dose.TotalSeconds);
        }
    }

    /// <summary>What it did so far.</summary>
    public FaultEvidence Evidence
    {
        get
        {
            lock (_gate)
                return new(Interlocked.Read(ref _executions), Interlocked.Read(ref _intended), _completed, _completed == 0 ? 0 : _doseSum / _completed, _doseMax);
        }
    }
}

/// <summary>What a fault did.</summary>
/// <param name="Executions">Calls it had to decide about.</param>
/// <param name="Intended">Calls it decided to hurt.</param>
/// <param name="Completed">Calls where the injection ran to its end; a delay cut off by a timeout did not.</param>
/// <param name="DoseMeanSeconds">Mean measured length of completed injections; 0 when none.</param>
/// <param name="DoseMaxSeconds">Longest of them.</param>
public sealed record FaultEvidence(long Executions, long Intended, long Completed, double DoseMeanSeconds, double DoseMaxSeconds);
