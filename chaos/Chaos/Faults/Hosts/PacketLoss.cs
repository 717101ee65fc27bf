using System.Globalization;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A share of the packets between a host and others is lost, in both directions.</summary>
/// <param name="Loss">Above 0 to 1.</param>
/// <param name="From">Roles or names at the other end; empty: every serving host.</param>
public sealed record PacketLoss(double Loss, IReadOnlyList<string> From) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("packet-loss", "Loses packets between a host and others", Services.Roles,
        [new("loss", "share of packets, above 0 % to 100 %, steps of 0.1 %; default 10 %"), NetTable.PeersKey])
    {
        Read = (dose, _) => new PacketLoss(dose.Share("loss") ?? 0.1, NetTable.ReadPeers(dose)),
    };

    /// <inheritdoc/>
    public override string Kind => "packet-loss";

    /// <inheritdoc/>
    public override string Dose => string.Create(CultureInfo.InvariantCulture, $"{Loss * 100:0.#} % of the packets from and to {NetTable.Say(From)} lost");

    private protected override Injection On(HostSite site)
    {
        var chance = string.Create(CultureInfo.InvariantCulture, $"numgen random mod 1000 < {Math.Max(1, (int)Math.Round(Loss * 1000))} counter drop");
        return new NetTable(site, From, (saddr, daddr) => ($"{saddr} {chance}", $"{daddr} {chance}"));
    }
}
