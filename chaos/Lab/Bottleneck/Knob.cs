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

    /// <summary>What the blocks so far say; null: nothing yet.</summary>
    public Elasticity? Elasticity => Chaos.Bottleneck.Elasticity.Of(Blocks, IsTime);

    /// <summary>Whether no more blocks are needed.</summary>
    public bool IsSettled => Chaos.Bottleneck.Elasticity.IsSettled(Blocks, IsTime);

    /// <summary>As it is shown.</summary>
    public string Name => NameOf(Kind, Instance, IsTime);

    /// <summary>The name under which its blocks are in the record.</summary>
    public static string NameOf(ComponentKind kind, string instance, bool isTime) => $"{(isTime ? "time in" : "capacity of")} {kind.ToString().ToLowerInvariant()}{(instance.Length > 0 ? "@" + instance : "")}";

    /// <summary>What is measured of the change.</summary>
    public double Quantity(Reading reading) => IsTime ? reading.SecondsOf(Kind, Instance) : reading.CapacityOf(Kind, Instance);
}
