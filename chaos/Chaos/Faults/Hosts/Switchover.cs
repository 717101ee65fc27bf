using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>The primary hands over to a replica in order, as for maintenance.</summary>
public sealed record Switchover : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("switchover", "The database's primary hands over to a replica, as planned; aim it at `who: primary`", ["db"], [])
    {
        Read = (_, _) => new Switchover(),
    };

    /// <inheritdoc/>
    public override string Kind => "switchover";

    /// <inheritdoc/>
    public override string Dose => "planned change of the primary";

    private protected override Injection On(HostSite site) => new Injected(site);

    private sealed class Injected(HostSite site) : Injection
    {
        public override UndoAction Undo => new UndoAction.Nothing("any member may be primary");

        public override async Task<string?> RefusalAsync(CancellationToken stop) =>
            (await site.Lab.ClusterAsync(stop))?.Leader == site.Host.Name ? null : $"{site.Host.Name} is not the primary";

        public override Task InjectAsync(CancellationToken stop) =>
            site.RunAsync("""patronictl -c /etc/patroni/config.yml switchover --leader "$1" --force""", [site.Host.Name], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var cluster = await site.Lab.ClusterAsync(stop);
            return new Sight(cluster?.Leader is { } leader && leader != site.Host.Name, cluster is null ? "no member answers" : $"primary: {cluster.Leader ?? "none"}, timeline {cluster.Timeline}");
        }
    }
}
