namespace ChaosLab.Chaos.Experiments;

/// <summary>The hosts an experiment may name. Every topology has at least these.</summary>
internal static class KnownHosts
{
    private static readonly Dictionary<string, int> Sizes = new() { ["app"] = 3, ["lb"] = 1 };

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
        _ => null,
    };
}
