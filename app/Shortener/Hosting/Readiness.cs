using ChaosLab.Shortener.Faults;

namespace ChaosLab.Shortener.Hosting;

/// <summary>Whether this instance wants requests. It does not depend on the store: known links are served without it, and a balancer that dropped every instance at once would help nobody.</summary>
/// <param name="faults">A readiness fault says no.</param>
/// <param name="time">The clock.</param>
public sealed class Readiness(FaultList faults, TimeProvider time)
{
    private volatile bool _isStarted, _isDraining;

    /// <summary>True after SIGTERM.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>The start is complete.</summary>
    public void Started() => _isStarted = true;

    /// <summary>The end has begun.</summary>
    public void Drain() => _isDraining = true;

    /// <summary>Asked once per probe, because a readiness fault counts what it does.</summary>
    /// <returns>ready, starting, draining or fault.</returns>
    public string Ask()
    {
        if (_isDraining) return "draining";
        if (!_isStarted) return "starting";
        var asked = time.GetTimestamp();
        if (!faults.MayHave(FaultKind.Readiness) || faults.Choose(FaultKind.Readiness, null) is not { } fault) return "ready";
        fault.Complete(time.GetElapsedTime(asked));
        return "fault";
    }
}
