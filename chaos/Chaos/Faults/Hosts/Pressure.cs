using System.Globalization;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>Something else on the host wants the processor.</summary>
/// <param name="Workers">Busy loops, 1 to 32.</param>
public sealed record CpuPressure(int Workers) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("cpu-pressure", "Busy loops on a host (stress-ng)", Services.Roles, [new("workers", "busy loops, 1 to 32, default 2")])
    {
        Read = (dose, _) => new CpuPressure(dose.Whole("workers", 1, 32) ?? 2),
    };

    /// <inheritdoc/>
    public override string Kind => "cpu-pressure";

    /// <inheritdoc/>
    public override string Dose => string.Create(CultureInfo.InvariantCulture, $"{Workers} busy loops");

    private protected override Injection On(HostSite site) => new StressInjection(site, "cpu", ["--cpu", Workers.ToString(CultureInfo.InvariantCulture)], cpuSeconds: 0.5, megabytes: 0);
}

/// <summary>Something else on the host wants the memory.</summary>
/// <param name="Megabytes">Held, 16 to 65536.</param>
public sealed record MemoryPressure(int Megabytes) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("memory-pressure", "Memory held and touched on a host (stress-ng)", Services.Roles, [new("megabytes", "16 to 65536, default 256")])
    {
        Read = (dose, _) => new MemoryPressure(dose.Whole("megabytes", 16, 65_536) ?? 256),
    };

    /// <inheritdoc/>
    public override string Kind => "memory-pressure";

    /// <inheritdoc/>
    public override string Dose => string.Create(CultureInfo.InvariantCulture, $"{Megabytes} MB held");

    private protected override Injection On(HostSite site) => new StressInjection(site, "memory",
        ["--vm", "1", "--vm-keep", "--vm-bytes", string.Create(CultureInfo.InvariantCulture, $"{Megabytes}M")], cpuSeconds: 0, megabytes: Megabytes * 0.8);
}

/// <summary>stress-ng as a unit that ends by itself; proven by what its processes used.</summary>
internal sealed class StressInjection(HostSite site, string name, IReadOnlyList<string> dose, double cpuSeconds, double megabytes)
    : UnitInjection(site, name, [], ["/usr/bin/stress-ng", "--quiet", .. dose])
{
    // Processor time of the stressors in hundredths of a second, and their memory in kB.
    private const string Used = """
        pid=$(systemctl show --property=MainPID --value "$1.service")
        [ "${pid:-0}" != 0 ] || { echo "0 0"; exit 0; }
        all="$pid $(pgrep --parent "$pid")"
        for child in $(pgrep --parent "$pid"); do all="$all $(pgrep --parent "$child")"; done
        for one in $all; do
          stat=$(cat "/proc/$one/stat" 2>/dev/null) || continue
          set -- ${stat##*) }
          echo "$((${12} + ${13})) $(awk '/^RssAnon/ {print $2}' "/proc/$one/status")"
        done | awk '{cpu += $1; memory += $2} END {print cpu + 0, memory + 0}'
        """;

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var used = (await Site.RunAsync(Used, [Unit], stop)).Trim().Split(' ');
        var (cpu, memory) = (double.Parse(used[0], CultureInfo.InvariantCulture) / 100, double.Parse(used[1], CultureInfo.InvariantCulture) / 1024);
        return new Sight(cpu + memory > 0 && cpu >= cpuSeconds && memory >= megabytes, string.Create(CultureInfo.InvariantCulture, $"{cpu:0.0} s of processor and {memory:0} MB used by it"));
    }
}
