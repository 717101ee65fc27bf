using ChaosLab.Shortener.Faults;

namespace ChaosLab.Shortener.Stations;

/// <summary>One spending of everything that is ordered for a station right now. What it really took is shared out among the doses when it ends.</summary>
internal readonly struct Spending : IDisposable
{
    private readonly List<(Fault Fault, TimeSpan Dose)>? _doses;
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan>? _measured;
    private readonly long _began;

    /// <summary>Draws the doses.</summary>
    public Spending(FaultList faults, FaultKind kind, string station, string operation, TimeProvider time, Func<TimeSpan>? measured = null)
    {
        (_doses, Length) = faults.Doses(kind, station, operation);
        (_time, _measured, _began) = (time, measured, time.GetTimestamp());
    }

    /// <summary>How much to spend.</summary>
    public TimeSpan Length { get; }

    /// <summary>Tells every dose its share.</summary>
    public void Dispose()
    {
        if (_doses is null || Length <= TimeSpan.Zero) return;
        var took = _measured?.Invoke() ?? _time.GetElapsedTime(_began);
        foreach (var (fault, dose) in _doses) fault.Complete(took * (dose / Length));
    }
}
