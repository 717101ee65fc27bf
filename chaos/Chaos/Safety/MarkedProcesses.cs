using System.Globalization;
using System.Text;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Safety;

/// <summary>
/// Processes found by what stands in their environment. The mark needs no pid, is true before anything is started,
/// is inherited by children, and cannot be used again by the kernel as a pid can. Processes of PostgreSQL write their title over their
/// environment; they are found by the folder they work in, which is their data folder within the lab's.
/// </summary>
public static class MarkedProcesses
{
    /// <summary>Variable that names the lab a process belongs to.</summary>
    public const string LabMark = "CHAOSLAB_LAB";

    /// <summary>Variable that names the host a process plays.</summary>
    public const string HostMark = "CHAOSLAB_HOST";

    private const string Database = "postgres";

    // An immediate shutdown, after which PostgreSQL leaves no shared memory behind; takes milliseconds.
    private static readonly TimeSpan PatienceWithDatabases = TimeSpan.FromSeconds(4);

    /// <summary>Live processes of a lab (null: of any lab) and, if given, of one host. Zombies have no environment and are not found.</summary>
    public static IReadOnlyList<MarkedProcess> Find(string? lab, string? host = null)
    {
        var found = new List<MarkedProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            var isDatabase = IsDatabase(folder);
            var marks = isDatabase && PlaceOf(folder) is { Lab: not null } place ? place : MarksOf(folder);
            if (marks.Lab is not { } ofLab || (lab is not null && ofLab != lab) || (host is not null && marks.Host != host))
                continue;
            if (ProcessTable.Read(pid) is { } sight && sight.State is not ('Z' or 'X'))
                found.Add(new MarkedProcess(ofLab, marks.Host ?? "", sight) { IsDatabase = isDatabase });
        }

        var own = ProcessTable.AncestorsOf(Environment.ProcessId);
        return [.. found.Where(process => !own.Contains(process.Sight.Pid))];
    }

    /// <summary>
    /// SIGKILL to every process of a lab, again and again, until none was found for <paramref name="quiet"/>. Databases are told first to
    /// end at once (SIGQUIT): killed, they would leave shared memory behind. A starter that died between fork and exec leaves a child that carries the mark a moment later: hence the quiet time.
    /// </summary>
    /// <returns>How many processes were ended.</returns>
    /// <exception cref="TimeoutException">Some still live after <paramref name="limit"/>.</exception>
    public static async Task<int> EndAllAsync(string lab, TimeSpan quiet, TimeSpan limit, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var lastSeen = began;
        var ended = new Dictionary<(int, long), long>();
        while (true)
        {
            var found = Find(lab);
            foreach (var process in found)
            {
                var isNew = ended.TryAdd((process.Sight.Pid, process.Sight.StartTicks), time.GetTimestamp());
                if (!process.IsDatabase || time.GetElapsedTime(ended[(process.Sight.Pid, process.Sight.StartTicks)]) > PatienceWithDatabases)
                    Signals.Send(process.Sight.Pid, Signals.Kill);
                else if (isNew)
                    Signals.Send(process.Sight.Pid, Signals.Quit);
            }

            if (found.Count > 0)
                lastSeen = time.GetTimestamp();
            else if (time.GetElapsedTime(lastSeen) >= quiet)
                return ended.Count;
            if (time.GetElapsedTime(began) > limit)
                throw new TimeoutException($"{found.Count} processes of lab {lab} survive SIGKILL: {string.Join(", ", found.Select(process => process.Sight.Pid))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }
    }

    private static bool IsDatabase(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd() == Database;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // …/labs/<lab>/<host>, see LabFolder; the kernel adds a word when the folder has gone already.
    private static (string? Lab, string? Host) PlaceOf(string folder)
    {
        try
        {
            const string gone = " (deleted)";
            var at = new FileInfo(Path.Combine(folder, "cwd")).LinkTarget ?? "";
            if (at.EndsWith(gone, StringComparison.Ordinal))
                at = at[..^gone.Length];
            return at.Split('/') is [.., "labs", var lab, var host] ? (lab, host) : (null, null);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (null, null);
        }
    }

    private static (string? Lab, string? Host) MarksOf(string folder)
    {
        byte[] environment;
        try
        {
            environment = File.ReadAllBytes(Path.Combine(folder, "environ"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (null, null); // it ended meanwhile, or belongs to someone else: neither is ours
        }

        string? lab = null, host = null;
        foreach (var entry in Encoding.UTF8.GetString(environment).Split('\0'))
        {
            if (entry.StartsWith(LabMark + "=", StringComparison.Ordinal))
                lab = entry[(LabMark.Length + 1)..];
            else if (entry.StartsWith(HostMark + "=", StringComparison.Ordinal))
                host = entry[(HostMark.Length + 1)..];
        }

        return (lab, host);
    }
}

/// <summary>A live process of a lab.</summary>
/// <param name="Lab">Value of <c>CHAOSLAB_LAB</c>.</param>
/// <param name="Host">Value of <c>CHAOSLAB_HOST</c>; empty when it has none.</param>
/// <param name="Sight">Pid, start time and state.</param>
public sealed record MarkedProcess(string Lab, string Host, ProcessSight Sight)
{
    /// <summary>Whether it is a process of PostgreSQL, which is ended by SIGQUIT.</summary>
    public bool IsDatabase { get; init; }
}
