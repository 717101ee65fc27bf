using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Logs;

/// <summary>A fault of a finished run, by the wall clock.</summary>
/// <param name="Experiment">Id of its experiment's run.</param>
/// <param name="Id">Id of the fault, such as <c>f1-app2</c>.</param>
/// <param name="Kind">Such as <c>kill-process</c>.</param>
/// <param name="When">From its injection to its undo.</param>
internal sealed record FaultWindow(string Experiment, string Id, string Kind, Window When);

/// <summary>When a run went, and when its faults were in, from its records.</summary>
internal static class FaultWindows
{
    /// <summary>A name that means every fault.</summary>
    public const string Any = "any";

    /// <summary>From the run's begin to its end.</summary>
    public static Window OfRun(string folder)
    {
        var summary = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "summary.json")))!;
        if (summary["startedAt"] is not JsonValue started || summary["duration"] is not JsonValue duration) return Window.Always;
        var from = DateTimeOffset.Parse((string)started!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return new Window(from, from + TimeSpan.FromSeconds((double)duration));
    }

    /// <summary>Topology of a run: <c>embedded</c> when it does not say.</summary>
    public static string TopologyOf(string folder) => ResultsOf(folder).Select(one => one.Result.Topology).FirstOrDefault(one => one.Length > 0) ?? "embedded";

    /// <summary>The faults of a run that somebody means by a name: of a fault, of its kind, of its experiment, or <see cref="Any"/>.</summary>
    /// <exception cref="LabRefusedException">There is none; the message lists all.</exception>
    public static IReadOnlyList<FaultWindow> Find(string folder, string name)
    {
        var all = Of(folder);
        var meant = all.Where(fault => name == Any || fault.Id == name || fault.Kind == name || fault.Experiment == name).ToList();
        return meant.Count > 0 ? meant : throw new LabRefusedException(all.Count == 0
            ? $"no fault was injected in the run {Path.GetFileName(folder)}"
            : $"the run {Path.GetFileName(folder)} had no fault '{name}'. It had: {string.Join(", ", all.Select(fault => $"{fault.Id} ({fault.Kind}, in {fault.Experiment})"))}; or write {Any}.");
    }

    /// <summary>The faults of one experiment that were injected.</summary>
    /// <param name="result">What is known of its run.</param>
    /// <param name="folder">Folder of its run, with its journal.</param>
    public static IReadOnlyList<FaultWindow> Of(ExperimentResult result, string folder) =>
    [
        .. from zero in ZeroOf(folder)
           from fault in result.Faults
           where fault.Start is not null
           // A request that failed at the very end says so when its answer is out.
           let end = (fault.End is { } undone ? zero + undone : result.StartedAt + result.Duration) + TimeSpan.FromSeconds(1)
           select new FaultWindow(result.RunId, fault.Id, fault.Kind, new Window(zero + fault.Start!.Value, end)),
    ];

    private static List<FaultWindow> Of(string folder) => [.. ResultsOf(folder).SelectMany(one => Of(one.Result, one.Folder))];

    private static IEnumerable<(string Folder, ExperimentResult Result)> ResultsOf(string folder)
    {
        var text = File.ReadAllText(Path.Combine(folder, "summary.json"));
        var summary = JsonNode.Parse(text)!;
        if (summary["experiments"] is JsonArray)
            return JsonSerializer.Deserialize<GameDayResult>(text, ResultJson.Options)!.Experiments.Select(one => (Path.Combine(folder, one.RunId), one));
        return summary["expectations"] is JsonArray ? [(folder, JsonSerializer.Deserialize<ExperimentResult>(text, ResultJson.Options)!)] : [];
    }

    // The journal says both the wall clock and the time since the first arrival, which the record counts from.
    private static IReadOnlyList<DateTimeOffset> ZeroOf(string folder)
    {
        var journal = Path.Combine(folder, "journal.jsonl");
        if (!File.Exists(journal)) return [];
        foreach (var line in File.ReadLines(journal))
        {
            if (JsonNode.Parse(line) is { } happened && happened["offset"] is JsonValue offset)
                return [DateTimeOffset.Parse((string)happened["at"]!, CultureInfo.InvariantCulture) - TimeSpan.FromSeconds((double)offset)];
        }

        return [];
    }
}
