using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Logs;

/// <summary>What the processes of an embedded lab said: while it runs in its own folder, afterwards in that of the run.</summary>
internal static class KeptLogs
{
    /// <summary>Folder of the logs of a finished run.</summary>
    /// <exception cref="LabRefusedException">It kept none.</exception>
    public static string FolderOf(string run) => FolderOfEither(run)
        ?? throw new LabRefusedException($"the run {Path.GetFileName(run)} kept no logs: it ran on hosts (add --on docker or an inventory to ask their journals), or its logs folder was removed");

    /// <summary>Folder of the lab that runs now, else of the newest run that kept logs.</summary>
    /// <exception cref="LabRefusedException">There is neither.</exception>
    public static string Newest(Places places)
    {
        var labs = Path.Combine(places.State, "labs");
        return (Directory.Exists(labs) ? Directory.GetDirectories(labs).Order(StringComparer.Ordinal).LastOrDefault(HasLogs) : null)
            ?? RunFolders.All(places).Reverse().Select(FolderOfEither).FirstOrDefault(folder => folder is not null)
            ?? throw new LabRefusedException($"no embedded lab runs, and no run in {places.Runs} kept logs. Run one first: ./lab gameday. For hosts add --on docker or an inventory.");
    }

    /// <summary>Names of those who left a log.</summary>
    public static IReadOnlyList<string> Hosts(string folder) => [.. Directory.GetFiles(folder, "*.log").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>The lines of a host in their order, read as they are needed.</summary>
    public static IEnumerable<LogLine> Read(string folder, string host)
    {
        var at = DateTimeOffset.MinValue;
        // The service may be writing at this moment.
        using var file = new StreamReader(new FileStream(Path.Combine(folder, host + ".log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (file.ReadLine() is { } text)
        {
            if (text.Length == 0) continue;
            var line = LogLine.Read(host, text, at);
            at = line.At;
            yield return line;
        }
    }

    // An experiment of a game day shares the lab, and so the logs, of the day.
    private static string? FolderOfEither(string run) =>
        ((string[])[Path.Combine(run, "logs"), Path.Combine(run, "..", "logs")]).Select(Path.GetFullPath).FirstOrDefault(HasLogs);

    private static bool HasLogs(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.log").Any();
}
