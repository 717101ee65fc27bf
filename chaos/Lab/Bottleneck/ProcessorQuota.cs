using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using Host = ChaosLab.Chaos.Running.Host;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>
/// A limit on the processor time of one host: a control group of its own, by the kernel's own accounting (cgroups(7): cpu.cfs_quota_us of
/// version 1, cpu.max of version 2). The undo moves its processes back and removes the group.
/// </summary>
internal sealed class ProcessorQuota : IAsyncDisposable
{
    private const int PeriodMicroseconds = 20_000;
    private static readonly string[] Hierarchies = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup"];
    private readonly UndoLog undo;
    private readonly UndoEntry entry;
    private readonly TimeProvider time;
    private readonly string folder;

    private ProcessorQuota(UndoLog undo, UndoEntry entry, string folder, TimeProvider time) => (this.undo, this.entry, this.folder, this.time) = (undo, entry, folder, time);

    /// <summary>Cores it may use now.</summary>
    public double Cores { get; private set; }

    /// <summary>Why it cannot be done here; null when it can.</summary>
    public static string? Refusal() => Root() is null
        ? "limiting the processor of one instance needs a writable cgroup with the cpu controller, so root on this machine"
        : null;

    /// <summary>Limits a host.</summary>
    public static async Task<ProcessorQuota> LimitAsync(RunningLab lab, Host host, double cores, string run, TimeProvider time, CancellationToken stop)
    {
        var root = Root() ?? throw new LabRefusedException(Refusal()!);
        var folder = Path.Combine(root, $"chaoslab-{lab.Id}-{host.Name}");
        var entry = new UndoEntry
        {
            Id = $"{run}.quota-{host.Name}",
            Lab = lab.Id,
            Sequence = 900,
            Run = run,
            Host = host.Name,
            Cause = "processor quota",
            // A process that ended meanwhile cannot be moved, and need not be; with one left behind the folder does not go, and that is told.
            Action = new UndoAction.OnThisMachine(
                ["/bin/sh", "-c", "test -d \"$1\" || exit 0; while read -r p; do echo \"$p\" >\"$0/cgroup.procs\" || true; done <\"$1/cgroup.procs\"; rmdir \"$1\"", root, folder],
                new Dictionary<string, string?>(), 20, $"give {host.Name} every core again"),
            WrittenAt = time.GetUtcNow(),
        };
        var log = new UndoLog(lab.StateRoot);
        log.Write(entry);
        var quota = new ProcessorQuota(log, entry, folder, time);
        try
        {
            Directory.CreateDirectory(folder);
            quota.Set(cores);
            quota.Prefer();
            foreach (var process in (await host.Service.ReadAsync(stop)).Processes)
                await File.WriteAllTextAsync(Path.Combine(folder, "cgroup.procs"), process.Pid.ToString(CultureInfo.InvariantCulture), stop);
            return quota;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await quota.DisposeAsync();
            throw new LabRefusedException($"the processor of {host.Name} cannot be limited: {failure.Message}", failure);
        }
        catch
        {
            await quota.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another limit.</summary>
    public void Set(double cores)
    {
        var microseconds = (int)Math.Round(cores * PeriodMicroseconds);
        if (File.Exists(Path.Combine(folder, "cpu.max")))
        {
            File.WriteAllText(Path.Combine(folder, "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{microseconds} {PeriodMicroseconds}"));
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, "cpu.cfs_period_us"), PeriodMicroseconds.ToString(CultureInfo.InvariantCulture));
            File.WriteAllText(Path.Combine(folder, "cpu.cfs_quota_us"), microseconds.ToString(CultureInfo.InvariantCulture));
        }

        Cores = cores;
    }

    // A quota limits only who would get more: on a busy machine the group must surely get what it may use.
    private void Prefer()
    {
        foreach (var (file, weight) in ((string, string)[])[("cpu.shares", "20480"), ("cpu.weight", "2000")])
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path)) File.WriteAllText(path, weight);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Undoing.DoAsync(entry.Action, time);
        undo.MarkExecuted(entry);
    }

    private static string? Root()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var folder = Hierarchies.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "cpu.cfs_quota_us")) || File.Exists(Path.Combine(folder, "cpu.shares"))
            || (File.Exists(Path.Combine(folder, "cgroup.subtree_control")) && File.ReadAllText(Path.Combine(folder, "cgroup.subtree_control")).Split(' ', '\n').Contains("cpu")));
        // Version 1: within our own group, so that whatever limits us limits the lab. Version 2 allows no groups below one that holds processes.
        var own = File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).FirstOrDefault(fields => fields.Length == 3 && fields[1].Split(',').Contains("cpu"))?[2].TrimStart('/') ?? "";
        return folder is not null && own.Length > 0 && Directory.Exists(Path.Combine(folder, own)) ? Path.Combine(folder, own) : folder;
    }
}
