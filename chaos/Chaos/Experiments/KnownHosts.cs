namespace ChaosLab.Chaos.Experiments;

/// <summary>The hosts an experiment may name. Where a topology has fewer (the embedded one: one balancer, no database host), the run says so.</summary>
internal static class KnownHosts
{
    private static readonly Dictionary<string, int> Sizes = new() { ["app"] = 3, ["lb"] = 2, ["db"] = 3, ["obs"] = 1 };

    /// <summary>What hosts of a role may hold at run time.</summary>
    public static IReadOnlyList<string> Holdings(string? role) => role switch
    {
        "db" => ["primary", "sync-standby", "replica", "etcd-leader", "etcd-follower"],
        "lb" => ["vip", "spare"],
        _ => [],
    };

    public static IReadOnlyCollection<string> Roles => Sizes.Keys;

    public static IEnumerable<string> Names => Sizes.SelectMany(role => Enumerable.Range(1, role.Value).Select(number => $"{role.Key}{number}"));

    public static int Count(string role) => Sizes[role];

    public static string? RoleOf(string name) => Sizes.Keys.FirstOrDefault(role => Names.Contains(name) && name.StartsWith(role, StringComparison.Ordinal));

    /// <summary>Whether two targets can be the same host. Picks of one role can, whatever the seed says today.</summary>
    public static bool MayMeet(Target one, Target other) => (one, other) switch
    {
        (Target.Named a, Target.Named b) => a.Name == b.Name,
        _ => RoleOf(one) == RoleOf(other),
    };

    private static string? RoleOf(Target target) => target switch
    {
        Target.Pick pick => pick.Role,
        Target.All all => all.Role,
        Target.Named named => RoleOf(named.Name),
        Target.Holder holder => holder.Role,
        _ => null,
    };
}
