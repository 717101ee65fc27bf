using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>One thing that is changed a little to see what throughput does.</summary>
/// <param name="Kind">Component.</param>
/// <param name="Instance">The one instance; empty: all.</param>
/// <param name="IsTime">The time in it; else its capacity.</param>
/// <param name="Turn">Changes it; disposing the answer changes it back.</param>
internal sealed record Knob(ComponentKind Kind, string Instance, bool IsTime, Func<CancellationToken, Task<IAsyncDisposable>> Turn)
{
    /// <summary>Blocks so far.</summary>
    public List<DoseBlock> Blocks { get; } = [];

    /// <summary>As it is shown.</summary>
    public string Name => $"{(IsTime ? "time in" : "capacity of")} {Kind.ToString().ToLowerInvariant()}{(Instance.Length > 0 ? "@" + Instance : "")}";

    /// <summary>What is measured of the change.</summary>
    public double Quantity(Reading reading) => IsTime ? reading.SecondsOf(Kind, Instance) : reading.CapacityOf(Kind, Instance);
}
