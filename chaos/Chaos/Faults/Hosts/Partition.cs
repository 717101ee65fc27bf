namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A host is cut off from others: packets vanish without a word. The lab's own ssh is never cut.</summary>
/// <param name="From">Roles or names at the other end; empty: every serving host.</param>
/// <param name="Direction"><c>both</c>, <c>in</c> (it hears nothing) or <c>out</c> (it is not heard).</param>
public sealed record Partition(IReadOnlyList<string> From, string Direction) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("partition", "Cuts a host off from others, both ways or one way", Services.Roles,
        [NetTable.PeersKey, new("direction", "both (default), in: it hears nothing, out: it is not heard")])
    {
        Read = (dose, _) => new Partition(NetTable.ReadPeers(dose), dose.OneOf("direction", ["both", "in", "out"]) ?? "both"),
    };

    /// <inheritdoc/>
    public override string Kind => "partition";

    /// <inheritdoc/>
    public override string Dose => $"cut off from {NetTable.Say(From)}{(Direction == "both" ? "" : $", {Direction} only")}";

    private protected override Injection On(HostSite site) => new NetTable(site, From, (saddr, daddr) =>
        (Direction == "out" ? "" : $"{saddr} counter drop", Direction == "in" ? "" : $"{daddr} counter drop"));
}
