namespace ChaosLab.Shortener.Faults;

/// <summary>How a fault hurts.</summary>
public enum FaultKind
{
    /// <summary>The call fails before it is made.</summary>
    Error,

    /// <summary>The call starts late.</summary>
    Latency,

    /// <summary>The call is not made and answers wrongly.</summary>
    Outcome,

    /// <summary>The call burns CPU first.</summary>
    Cpu,

    /// <summary>The instance says that it is not ready.</summary>
    Readiness,

    /// <summary>Time is spent outside of every resource, at a station.</summary>
    Delay,

    /// <summary>Time is spent while a resource is held, at a station.</summary>
    Hold,

    /// <summary>Processor time is spent, at a station.</summary>
    Burn,

    /// <summary>A station serves more or fewer at once.</summary>
    Capacity,
}

/// <summary>A fault as ordered through <c>POST /chaos/faults</c>, checked.</summary>
/// <param name="Kind">How it hurts.</param>
/// <param name="Rate">Share of matching calls that are hurt (0 … 1).</param>
/// <param name="Operations">Which calls; empty = all.</param>
/// <param name="Exception">For <see cref="FaultKind.Error"/>: <c>unavailable</c>, <c>timeout</c> or <c>io</c>.</param>
/// <param name="Delay">For latency and CPU: the dose (1 ms … 10 min).</param>
/// <param name="Jitter">Added or taken away at most, evenly spread.</param>
/// <param name="Seed">Decision <i>n</i> is a function of the seed and <i>n</i>.</param>
/// <param name="TimeToLive">The fault ends by itself after this long (above 0, at most 10 min).</param>
/// <param name="First">Only the first so many matching calls can be hurt; null = no such limit.</param>
/// <param name="Experiment">Name of the experiment, for metrics; may be null.</param>
public sealed record FaultOrder(
    FaultKind Kind, double Rate, IReadOnlyList<string> Operations, string? Exception, TimeSpan Delay, TimeSpan Jitter,
    int Seed, TimeSpan TimeToLive, int? First, string? Experiment)
{
    /// <summary>For delay, hold, burn and capacity: the station (see <see cref="Stations.StationSet"/>); null for the others.</summary>
    public string? At { get; init; }

    /// <summary>For capacity: how many more are served at once, negative for fewer.</summary>
    public int Add { get; init; }
}
