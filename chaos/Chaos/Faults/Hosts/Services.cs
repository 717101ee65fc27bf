using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>The services that faults may be done to, by the role of their host. ssh is none of them: the lab needs it to heal.</summary>
internal static class Services
{
    private static readonly Dictionary<string, string[]> ByRole = new()
    {
        ["app"] = ["shortener"],
        ["lb"] = ["haproxy", "keepalived"],
        ["db"] = ["postgres", "patroni", "etcd"],
        ["obs"] = ["prometheus"],
    };

    public static readonly string[] Roles = ["app", "lb", "db", "obs"];

    public static DoseKey Key { get; } = new("service", $"{string.Join("; ", ByRole.Select(role => $"{role.Key}: {string.Join(", ", role.Value)}"))}; default: the first of the host's role");

    public static string? Read(Section dose) => dose.OneOf("service", [.. ByRole.Values.SelectMany(services => services)]);

    /// <summary>The service meant on a host of a role; null when the role has no such service.</summary>
    public static string? On(string role, string? service) => service is null ? ByRole[role][0] : ByRole[role].FirstOrDefault(known => known == service);

    /// <summary>PostgreSQL is no unit of its own: Patroni starts and ends it.</summary>
    public static string UnitOf(string service) => service == "postgres" ? "patroni" : service;

    public static string Missing(string host, string? service) => $"{host} has no service {service}";
}
