using System.Globalization;
using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Embedded;

/// <summary>The environment of each process of an embedded lab.</summary>
internal static class EmbeddedConfiguration
{
    /// <summary>
    /// Shorter times than in production, so that an experiment of a quarter of a minute shows what takes minutes there:
    /// links are asked for again after 1 s, a breaker judges the last 2 s and tries again after 2 s. Timeouts are longer,
    /// because all parts of the lab share a few cores with whatever else runs there: a starved process is no slow store.
    /// </summary>
    public static Dictionary<string, string> OfShortener(string name, Uri open, Uri admin, Uri entry, string token, string folder, IReadOnlyCollection<Safeguard> without)
    {
        var settings = new Dictionary<string, string>
        {
            ["Http__Listen"] = open.Authority,
            ["Admin__Listen"] = admin.Authority,
            ["Admin__Token"] = token,
            ["Instance__Name"] = name,
            ["Public__Url"] = entry.ToString().TrimEnd('/'),
            ["Store__Kind"] = "sqlite",
            ["Store__ConnectionString"] = $"Data Source={Path.Combine(folder, "shortener.db")}",
            ["Chaos__Enabled"] = "true",
            ["Store__AttemptTimeout"] = "00:00:01",
            ["Store__Deadline"] = "00:00:02",
            ["Breaker__SamplingDuration"] = "00:00:02",
            ["Breaker__BreakDuration"] = "00:00:02",
            ["Cache__TimeToLive"] = "00:00:01",
            ["Clicks__FlushInterval"] = "00:00:02",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        };
        Off(settings, without, Safeguard.Breaker, "Breaker__Enabled");
        Off(settings, without, Safeguard.Timeout, "Timeout__Enabled");
        Off(settings, without, Safeguard.Cache, "Cache__Enabled");
        Off(settings, without, Safeguard.Drain, "Shutdown__Drain");
        return settings;
    }

    /// <summary>The same on PostgreSQL. A standby is there to be read from.</summary>
    public static void UseDatabase(Dictionary<string, string> settings, string primary, string? standby)
    {
        settings["Store__Kind"] = "postgres";
        settings["Store__ConnectionString"] = primary;
        settings["Store__Migrate"] = "true";
        if (standby is null) return;
        settings["Store__StandbyConnectionString"] = standby;
        settings["Store__ReadFrom"] = "standby";
    }

    /// <summary>Health is asked for often enough that a draining instance (1 s) is out before it closes.</summary>
    public static Dictionary<string, string> OfBalancer(Uri open, Uri admin, string token, IEnumerable<Launch> backends, IReadOnlyCollection<Safeguard> without)
    {
        var settings = new Dictionary<string, string>
        {
            ["Balancer__Listen"] = open.Authority,
            ["Balancer__Admin"] = admin.Authority,
            ["Balancer__Token"] = token,
            ["Balancer__Backends"] = string.Join(',', backends.Select(backend =>
                string.Create(CultureInfo.InvariantCulture, $"{backend.Host}|{backend.Public.ToString().TrimEnd('/')}|{new Uri(backend.Admin, "/health/ready")}"))),
            ["Balancer__HealthInterval"] = "00:00:00.250",
            ["Balancer__HealthTimeout"] = "00:00:01",
            ["Balancer__AttemptTimeout"] = "00:00:01.200",
            ["DOTNET_gcServer"] = "0",
        };
        Off(settings, without, Safeguard.Retry, "Balancer__Retry");
        Off(settings, without, Safeguard.HealthChecks, "Balancer__HealthChecks");
        Off(settings, without, Safeguard.HealthChecks, "Balancer__PassiveEject");
        return settings;
    }

    private static void Off(Dictionary<string, string> settings, IReadOnlyCollection<Safeguard> without, Safeguard safeguard, string variable)
    {
        if (without.Contains(safeguard))
            settings[variable] = "false";
    }
}
