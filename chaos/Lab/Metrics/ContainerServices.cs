using System.Globalization;

namespace ChaosLab.Lab.Metrics;

/// <summary>What one service of one host uses.</summary>
/// <param name="Name"><c>service@host</c>.</param>
/// <param name="CpuSeconds">Processor time since this was first read, user and system; only grows.</param>
/// <param name="MemoryBytes">Resident memory; pages that processes share count for each.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ServiceUse(string Name, double CpuSeconds, double MemoryBytes, double Threads);

/// <summary>
/// The services of hosts that are containers of this machine, from /proc: a process belongs to the container and the systemd unit that its
/// control group names. Processes come and go, so their time is added up as it passes.
/// </summary>
internal sealed class ContainerServices(IReadOnlyCollection<string> hosts)
{
    private const string Engine = "/docker/", Slice = "/system.slice/", Unit = ".service";
    private readonly Lock gate = new(); // two may ask at once
    private readonly Dictionary<string, string> names = [];
    private readonly Dictionary<(int Pid, string Started), double> seen = [];
    private readonly Dictionary<string, double> spent = [];

    /// <summary>Reads them all. Not root, or no such container: none.</summary>
    public IReadOnlyList<ServiceUse> Read()
    {
        using var alone = gate.EnterScope();
        var isFirst = spent.Count == 0;
        var alive = new HashSet<(int, string)>();
        var (memory, threads) = (new Dictionary<string, double>(), new Dictionary<string, double>());
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) || ServiceOf(pid) is not { } service) continue;
            if (ProcessFigures.Read(pid) is not { } now) continue;
            var key = (pid, now.Started);
            alive.Add(key);
            // What a process had used before anybody looked is nobody's news; what a new one used since is.
            var passed = now.CpuSeconds - seen.GetValueOrDefault(key, isFirst ? now.CpuSeconds : 0);
            seen[key] = now.CpuSeconds;
            spent[service] = spent.GetValueOrDefault(service) + passed;
            memory[service] = memory.GetValueOrDefault(service) + now.MemoryBytes;
            threads[service] = threads.GetValueOrDefault(service) + now.Threads;
        }

        foreach (var gone in seen.Keys.Where(key => !alive.Contains(key)).ToList()) seen.Remove(gone);
        return [.. spent.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new ServiceUse(one.Key, one.Value, memory.GetValueOrDefault(one.Key), threads.GetValueOrDefault(one.Key)))];
    }

    private string? ServiceOf(int pid)
    {
        // cgroups(7): hierarchy:controllers:path, the same line for all on version 2.
        var path = ProcessFigures.Lines($"/proc/{pid}/cgroup").FirstOrDefault(line => line.Contains(Slice, StringComparison.Ordinal) && line.Contains(Engine, StringComparison.Ordinal));
        if (path is null) return null;
        var container = path[(path.IndexOf(Engine, StringComparison.Ordinal) + Engine.Length)..].Split('/')[0];
        if (!names.TryGetValue(container, out var host))
        {
            if (ProcessFigures.Lines($"/proc/{pid}/root/etc/hostname") is not [var name, ..]) return null; // it just ended, or is not ours to read
            names[container] = host = name.Trim();
        }

        var unit = path[(path.IndexOf(Slice, StringComparison.Ordinal) + Slice.Length)..].Split('/')[0];
        return hosts.Contains(host) && unit.EndsWith(Unit, StringComparison.Ordinal) ? $"{unit[..^Unit.Length]}@{host}" : null;
    }
}
