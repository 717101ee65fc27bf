using System.Globalization;
using System.Net;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>
/// Packets dropped, rejected or limited between a host and others, by an nftables table of our own: one command makes
/// it, one removes it, and nothing else on the host is touched.
/// </summary>
/// <param name="site">Where.</param>
/// <param name="peers">Roles or names of the other hosts; empty: every host that serves (roles lb, app, db).</param>
/// <param name="rules">From <c>ip saddr { … }</c> and <c>ip daddr { … }</c> to the rules of chain in and chain out.</param>
internal sealed class NetTable(HostSite site, IReadOnlyList<string> peers, Func<string, string, (string In, string Out)> rules) : Injection
{
    // Before connection tracking (-200), so that running connections are cut too.
    internal const string Add = """
        set -eu
        runner=${SSH_CONNECTION%% *}
        for peer in $2; do
          [ "$peer" != "$runner" ] || { echo "this would cut the lab's own ssh, which comes from $runner" >&2; exit 9; }
        done
        printf '%s\n' "$1" | nft -f -
        """;

    private const string Delete = """
        if nft list table inet "$1" >/dev/null 2>&1; then nft delete table inet "$1"; fi
        """;

    internal static readonly DoseKey PeersKey = new("from", "roles or names of the hosts at the other end; default: [lb, app, db]");

    private readonly string _table = "lab_" + site.Mark;
    private readonly IReadOnlyList<string> _addresses = Addresses(site, peers);

    public override UndoAction Undo => site.Undo($"remove nftables table {_table}", Delete, _table);

    public override Task<string?> RefusalAsync(CancellationToken stop) => Task.FromResult(_addresses.Count == 0 ? $"nobody but {site.Host.Name} itself is at the other end" : null);

    public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Add, [Text, string.Join(' ', _addresses)], stop);

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var table = await site.Host.Ssh.AskAsync("""nft --json list table inet "$1" """, [_table], stop);
        if (table.ExitCode != 0)
            return new Sight(false, "no such table");
        var packets = PacketsIn(table.Output);
        return new Sight(packets > 0, string.Create(CultureInfo.InvariantCulture, $"{packets} packets hit"));
    }

    /// <summary>The table as nft reads it.</summary>
    internal string Text
    {
        get
        {
            var set = $"{{ {string.Join(", ", _addresses)} }}";
            var (incoming, outgoing) = rules($"ip saddr {set}", $"ip daddr {set}");
            return $$"""
                table inet {{_table}} {
                  chain in {
                    type filter hook input priority -300;
                    {{incoming}}
                  }
                  chain out {
                    type filter hook output priority -300;
                    {{outgoing}}
                  }
                }
                """;
        }
    }

    /// <summary>Packets that any counter of a table counted.</summary>
    internal static long PacketsIn(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("rule", out _))
            .SelectMany(item => item.GetProperty("rule").GetProperty("expr").EnumerateArray())
            .Where(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("counter", out _))
            .Sum(part => part.GetProperty("counter").GetProperty("packets").GetInt64());
    }

    /// <summary>Reads <c>from</c>: roles or names of hosts.</summary>
    internal static IReadOnlyList<string> ReadPeers(Section dose) => dose.Words("from", [.. KnownHosts.Roles, .. KnownHosts.Names]);

    internal static string Say(IReadOnlyList<string> peers) => peers.Count == 0 ? "every serving host" : string.Join(", ", peers);

    // The shared address counts as an address of the balancers.
    internal static IReadOnlyList<string> Addresses(HostSite site, IReadOnlyList<string> peers)
    {
        IReadOnlyList<string> wanted = peers.Count == 0 ? ["lb", "app", "db"] : peers;
        var hosts = site.Lab.Inventoried.Where(host => host != site.Host && (wanted.Contains(host.Role) || wanted.Contains(host.Name))).Select(host => host.Reach.Address);
        var vip = wanted.Contains("lb") && site.Host.Role != "lb" && site.Lab.Reach.Vip.Length > 0 ? [site.Lab.Reach.Vip] : Array.Empty<string>();
        return [.. hosts.Concat(vip).Where(address => IPAddress.TryParse(address, out _))];
    }
}
