using System.Globalization;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>Connections of others to a port of a host are reset at once, running ones at their next packet: a fast failure.</summary>
/// <param name="Port">TCP port; null: where the host's role serves.</param>
/// <param name="From">Roles or names at the other end; empty: every serving host.</param>
public sealed record ConnectionReset(int? Port, IReadOnlyList<string> From) : HostFault
{
    private const int Ssh = 22;

    internal static FaultKind InCatalogue { get; } = new("reset", "Resets the connections of others to a port of a host", ["app", "lb", "db"],
        [new("port", "TCP port, 1 to 65535 but not 22; default: app 8080, lb 443, db 5432"), NetTable.PeersKey])
    {
        Read = (dose, _) =>
        {
            var port = dose.Whole("port", 1, 65_535);
            if (port == Ssh)
                dose.Problems.Add(dose.LineOf("port"), "port 22 is the lab's own ssh", "Aim at a port that serves");
            return new ConnectionReset(port, NetTable.ReadPeers(dose));
        },
    };

    /// <inheritdoc/>
    public override string Kind => "reset";

    /// <inheritdoc/>
    public override string Dose => $"connections of {NetTable.Say(From)} to {(Port is { } port ? $"port {port}" : "its serving port")} reset";

    private protected override Injection On(HostSite site)
    {
        var port = Port ?? site.Host.Role switch { "app" => site.Lab.Reach.PublicPort, "lb" => 443, _ => 5432 };
        return new NetTable(site, From, (saddr, _) => (string.Create(CultureInfo.InvariantCulture, $"{saddr} tcp dport {port} counter reject with tcp reset"), ""));
    }
}
