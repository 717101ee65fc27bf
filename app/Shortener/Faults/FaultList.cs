using System.Security.Cryptography;

namespace ChaosLab.Shortener.Faults;

/// <summary>All faults of this process: one list that the chaos strategies ask and the admin API changes.</summary>
/// <param name="time">The clock.</param>
public sealed class FaultList(TimeProvider time)
{
    /// <summary>Most faults active at once.</summary>
    public const int MostActive = 64;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);
    private readonly Lock _gate = new();
    private volatile Fault[] _active = [];
    private List<Fault> _known = [];

    /// <summary>Starts a fault.</summary>
    /// <param name="order">The order.</param>
    /// <returns>The fault, or null when too many are active.</returns>
    public Fault? Add(FaultOrder order)
    {
        lock (_gate)
        {
            Tidy();
            if (_active.Length >= MostActive) return null;
            var fault = new Fault(RandomNumberGenerator.GetHexString(12, lowercase: true), order, time);
            _known.Add(fault);
            _active = [.. _active, fault];
            return fault;
        }
    }

    /// <summary>Ends a fault; one that is unknown or over already is no error.</summary>
    public void Remove(string id)
    {
        lock (_gate)
        {
            _known.Find(fault => fault.Id == id)?.Remove();
            Tidy();
        }
    }

    /// <summary>Ends all faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var fault in _active) fault.Remove();
            Tidy();
        }
    }

    /// <summary>A fault that is active or ended less than ten minutes ago.</summary>
    public Fault? Find(string id)
    {
        lock (_gate)
        {
            Tidy();
            return _known.Find(fault => fault.Id == id);
        }
    }

    /// <summary>Active faults and those that ended less than ten minutes ago.</summary>
    public IReadOnlyList<Fault> Known
    {
        get
        {
            lock (_gate)
            {
                Tidy();
                return [.. _known];
            }
        }
    }

    /// <summary>True when a fault of the kind may be active: one read of one reference, cheap enough for every call.</summary>
    public bool MayHave(FaultKind kind)
    {
        foreach (var fault in _active)
        {
            if (fault.Order.Kind == kind) return true;
        }

        return false;
    }

    /// <summary>Lets every active fault of the kind decide in turn; the first that wants to hurt the call does.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="operation">The call.</param>
    /// <returns>The fault to inject, or null.</returns>
    public Fault? Choose(FaultKind kind, string? operation)
    {
        foreach (var fault in _active)
        {
            if (fault.Order.Kind == kind && fault.IsActive && (operation is null || fault.Concerns(operation)) && fault.Decide()) return fault;
        }

        return null;
    }

    /// <summary>True when a dose at a station, or a change of its capacity, may be active.</summary>
    public bool MayDose
    {
        get
        {
            foreach (var fault in _active)
            {
                if (fault.Order.At is not null) return true;
            }

            return false;
        }
    }

    /// <summary>Every dose for a station that wants to be spent on this call. They add up: what was planted stays while a measurement adds to it.</summary>
    /// <param name="kind">Delay, hold or burn.</param>
    /// <param name="station">The station.</param>
    /// <param name="operation">The call.</param>
    /// <returns>The doses, null when there is none, and their sum.</returns>
    public (List<(Fault Fault, TimeSpan Dose)>? Doses, TimeSpan Sum) Doses(FaultKind kind, string station, string operation)
    {
        List<(Fault, TimeSpan)>? doses = null;
        var sum = TimeSpan.Zero;
        foreach (var fault in _active)
        {
            if (fault.Order.Kind != kind || fault.Order.At != station || !fault.IsActive || !fault.Concerns(operation) || !fault.Decide()) continue;
            var dose = fault.Dose();
            (doses ??= []).Add((fault, dose));
            sum += dose;
        }

        return (doses, sum);
    }

    /// <summary>How many more than usual a station serves at once; negative: fewer.</summary>
    /// <param name="station">The station.</param>
    public int Extra(string station)
    {
        var extra = 0;
        foreach (var fault in _active)
        {
            if (fault.Order.Kind == FaultKind.Capacity && fault.Order.At == station && fault.IsActive) extra += fault.Order.Add;
        }

        return extra;
    }

    // Expiry needs no timer to be right, because whoever asks a fault compares the time; this only forgets.
    private void Tidy()
    {
        _active = [.. _active.Where(static fault => fault.IsActive)];
        var oldest = time.GetUtcNow() - Memory;
        _known = [.. _known.Where(fault => fault.IsActive || fault.Until >= oldest)];
    }
}
