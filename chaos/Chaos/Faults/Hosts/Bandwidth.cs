using System.Globalization;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A narrow line between a host and others: what is over the rate is dropped, each way.</summary>
/// <param name="Kilobytes">Per second, 1 to 1 000 000.</param>
/// <param name="From">Roles or names at the other end; empty: every serving host.</param>
public sealed record Bandwidth(int Kilobytes, IReadOnlyList<string> From) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("bandwidth", "Limits the bytes a second between a host and others", Services.Roles,
        [new("kilobytes", "per second and direction, 1 to 1000000, required"), NetTable.PeersKey])
    {
        Read = (dose, _) =>
        {
            var peers = NetTable.ReadPeers(dose);
            return dose.Whole("kilobytes", 1, 1_000_000, "Write kilobytes: 200") is { } rate ? new Bandwidth(rate, peers) : null;
        },
    };

    /// <inheritdoc/>
    public override string Kind => "bandwidth";

    /// <inheritdoc/>
    public override string Dose => string.Create(CultureInfo.InvariantCulture, $"{Kilobytes} kB/s each way between it and {NetTable.Say(From)}");

    private protected override Injection On(HostSite site)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"limit rate over {Kilobytes} kbytes/second counter drop");
        return new NetTable(site, From, (saddr, daddr) => ($"{saddr} {limit}", $"{daddr} {limit}"));
    }
}
