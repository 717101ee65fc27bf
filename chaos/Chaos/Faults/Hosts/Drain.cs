using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A balancer gives an instance no new requests.</summary>
/// <param name="Server">The instance.</param>
public sealed record Drain(string Server) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("drain", "A balancer gives an instance no new requests; aim it at `all: true` of role lb", ["lb"],
        [new("server", "app1, app2 or app3, required")])
    {
        Read = (dose, _) => dose.OneOf("server", [.. KnownHosts.Names.Where(name => KnownHosts.RoleOf(name) == "app")], "Write server: app2") is { } server ? new Drain(server) : null,
    };

    /// <inheritdoc/>
    public override string Kind => "drain";

    /// <inheritdoc/>
    public override string Dose => $"{Server} drained until the undo";

    private protected override Injection On(HostSite site) => new Injected(site, Server);

    private sealed class Injected(HostSite site, string server) : Injection
    {
        private const string State = """lab-balancer state | jq -r --arg server "$1" '.[] | select(.backend == "follow" and .server == $server) | .state'""";

        public override UndoAction Undo => site.Undo($"give {server} back to the balancer", """lab-balancer ready "$1" """, server);

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync("""lab-balancer drain "$1" """, [server], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var state = (await site.RunAsync(State, [server], stop)).Trim();
            return new Sight(state.StartsWith("DRAIN", StringComparison.Ordinal), $"{server} is {state}");
        }
    }
}
