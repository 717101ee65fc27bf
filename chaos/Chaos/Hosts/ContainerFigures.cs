using System.Globalization;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>Processor time of a host of the docker lab, read from outside, where its control groups are (cgroups(7)).</summary>
internal sealed class ContainerFigures
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _usage, _processes;

    private ContainerFigures(string usage, string processes) => (_usage, _processes) = (usage, processes);

    /// <summary>Finds the groups of a host's container.</summary>
    /// <exception cref="LabRefusedException">It does not run, or its groups are not where an engine puts them.</exception>
    public static async Task<ContainerFigures> FindAsync(InventoriedHost host, CancellationToken stop)
    {
        var answer = await LocalCommand.RunAsync(["docker", "inspect", "--format", "{{.Id}}", "chaoslab-" + host.Name], null, null, Limit, null, stop);
        var id = answer.ExitCode == 0 ? answer.Output.Trim() : throw new LabRefusedException($"the container of {host.Name}: {answer.LastWords}");
        // Version 1 has a hierarchy for each controller; on version 2 one holds everything.
        string[] both = [$"/sys/fs/cgroup/docker/{id}", $"/sys/fs/cgroup/system.slice/docker-{id}.scope"];
        var usage = both.Select(folder => Path.Combine(folder, "cpu.stat")).Prepend($"/sys/fs/cgroup/cpuacct/docker/{id}/cpuacct.usage").FirstOrDefault(File.Exists);
        var processes = both.Prepend($"/sys/fs/cgroup/systemd/docker/{id}").FirstOrDefault(Directory.Exists);
        return usage is not null && processes is not null ? new(usage, processes) : throw new LabRefusedException($"the control groups of {host.Name}'s container ({id[..12]}) were not found below /sys/fs/cgroup");
    }

    /// <summary>Processor time of the whole host so far, in s.</summary>
    public double ReadSeconds()
    {
        var lines = File.ReadAllLines(_usage);
        // cpuacct.usage: nanoseconds. cpu.stat: a line `usage_usec N`.
        return lines is [var only] ? Number(only) / 1e9 : lines.Where(line => line.StartsWith("usage_usec ", StringComparison.Ordinal)).Select(line => Number(line.Split(' ')[1]) / 1e6).FirstOrDefault();
    }

    /// <summary>Processes of one of its services, by their numbers on this machine.</summary>
    public IReadOnlyList<int> ProcessesOf(string service)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Path.Combine(_processes, "system.slice", service + ".service"), "cgroup.procs", SearchOption.AllDirectories)
                .SelectMany(File.ReadAllLines).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // the service has just ended
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
