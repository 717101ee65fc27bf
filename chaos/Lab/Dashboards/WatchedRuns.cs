using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Dashboards;

/// <summary>Runs as the console lists them.</summary>
/// <param name="Id">Name of the folder.</param>
/// <param name="Verdict">Of the whole; empty when there is none.</param>
/// <param name="Report">Whether there is a page.</param>
/// <param name="Watched">Whether its figures were kept.</param>
/// <param name="From">Its begin, seconds since 1970.</param>
/// <param name="To">Its end.</param>
internal sealed record RunEntry(string Id, string Verdict, bool Report, bool Watched, double From, double To);

/// <summary>The Prometheus of the run that is at work, and one for each finished run that somebody looks at.</summary>
internal sealed class WatchedRuns(Places places, TimeProvider time) : IAsyncDisposable
{
    private const int Most = 200;

    // Of experiments and game days, and of bottleneck hunts. A run without one is still at work, was ended, or leaves none.
    private static readonly string[] Records = ["summary.json", "bottleneck.json"];
    private readonly SemaphoreSlim gate = new(1);
    private readonly Dictionary<string, (WatchProcess Process, Uri Address)> opened = [];
    private readonly ConcurrentDictionary<string, (DateTime Written, string Verdict, double? Length)> summaries = new();

    /// <summary>The run that is watched now; null: none.</summary>
    public string? Live => WatchSign.Read(places.State) is { } sign ? Path.GetFileName(sign.Run) : null;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RunEntry> List() => !Directory.Exists(places.Runs) ? [] :
        [.. new DirectoryInfo(places.Runs).GetDirectories().OrderByDescending(folder => folder.Name, StringComparer.Ordinal).Take(Most).Select(Entry)];

    /// <summary>Where to ask about a run.</summary>
    /// <exception cref="LabRefusedException">Nothing was kept, or Prometheus is missing; the message says what to do.</exception>
    public async Task<Uri> OpenAsync(string run, CancellationToken stop)
    {
        if (WatchSign.Read(places.State) is { } sign && Path.GetFileName(sign.Run) == run) return sign.Prometheus;
        await gate.WaitAsync(stop);
        try
        {
            if (opened.TryGetValue(run, out var already)) return already.Address;
            if (!List().Any(one => one.Id == run && one.Watched)) throw new LabRefusedException($"run {run} kept no figures: run it with --watch");
            if (KeptFigures.Elsewhere(Path.Combine(places.Runs, run)) is { } there) return there;
            var folder = KeptFigures.FolderOf(Path.Combine(places.Runs, run));
            if (WatchProcess.Find("prometheus") is not { } program)
                throw new LabRefusedException("Prometheus is not installed, so kept figures cannot be read. On Debian or Ubuntu: apt-get install prometheus");
            var file = Path.Combine(folder, "read.yml");
            await File.WriteAllTextAsync(file, "global: {scrape_interval: 1h}\n", stop);
            var address = WatchProcess.FreeAddress();
            var process = await WatchProcess.StartAsync(new Dictionary<string, string>(), "reader", program, folder, address, time, stop,
                $"--config.file={file}", $"--storage.tsdb.path={folder}/data", $"--web.listen-address={address.Authority}", "--storage.tsdb.retention.time=100y");
            opened[run] = (process, address);
            return address;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in opened.Values) await process.DisposeAsync();
        gate.Dispose();
    }

    private RunEntry Entry(DirectoryInfo folder)
    {
        var from = DateTime.TryParseExact(folder.Name.Length > 15 ? folder.Name[..15] : "", "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var began)
            ? began : folder.CreationTimeUtc;
        var (verdict, length) = Records.Select(name => Path.Combine(folder.FullName, name)).FirstOrDefault(File.Exists) is { } record ? Summary(record) : ("", null);
        var to = length is { } seconds ? from.AddSeconds(seconds) : LastWritten(folder);
        return new RunEntry(folder.Name, verdict, File.Exists(Path.Combine(folder.FullName, "report.html")), KeptFigures.Any(folder.FullName), Seconds(from), Seconds(to));
    }

    // Whoever looks at a run afterwards writes, too: a Prometheus that reads its figures touches them, and the check keeps pictures.
    private static DateTime LastWritten(DirectoryInfo folder) => folder.EnumerateFileSystemInfos()
        .Where(entry => entry.Name is not (KeptFigures.FolderName or ConsoleCheck.FolderName))
        .SelectMany(entry => entry is DirectoryInfo inner ? inner.EnumerateFiles("*", SearchOption.AllDirectories) : [(FileInfo)entry])
        .Select(file => file.LastWriteTimeUtc).DefaultIfEmpty(folder.LastWriteTimeUtc).Max();

    // A page asks every few seconds, and the record of a game day is long: it is read again when it was written again.
    private (string Verdict, double? Length) Summary(string file)
    {
        var written = File.GetLastWriteTimeUtc(file);
        if (summaries.TryGetValue(file, out var known) && known.Written == written) return (known.Verdict, known.Length);
        try
        {
            var summary = JsonNode.Parse(File.ReadAllText(file));
            var (verdict, length) = (((summary?["verdict"] as JsonObject)?["word"] ?? summary?["verdict"])?.ToString() ?? "", (summary?["duration"] as JsonValue)?.TryGetValue<double>(out var seconds) == true ? seconds : (double?)null);
            summaries[file] = (written, verdict, length);
            return (verdict, length);
        }
        catch (Exception none) when (none is IOException or JsonException)
        {
            return ("", null); // it is being written
        }
    }

    private static double Seconds(DateTime utc) => (utc - DateTime.UnixEpoch).TotalSeconds;
}
