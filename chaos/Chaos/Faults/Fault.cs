namespace ChaosLab.Chaos.Faults;

/// <summary>One way to hurt a host, with its dose. One sealed record, one file and one line in <see cref="FaultCatalogue"/> each.</summary>
public abstract record Fault
{
    /// <summary>Name in experiment files, such as <c>kill-process</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The dose in words, such as <c>SIGKILL, restarted at once</c>.</summary>
    public abstract string Dose { get; }
}
