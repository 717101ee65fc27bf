using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab;

/// <summary>Finished runs by what a person calls them.</summary>
internal static class RunFolders
{
    /// <summary>The folder of a run.</summary>
    /// <param name="run">Id, path of its folder, or <c>last</c>.</param>
    /// <param name="places">Where runs are.</param>
    /// <exception cref="LabRefusedException">There is none; the message names the newest.</exception>
    public static string Find(string run, Places places)
    {
        var found = run == "last" ? (All(places) is [.., var newest] ? newest : null) : ((string[])[run, Path.Combine(places.Runs, run)]).Select(Path.GetFullPath).FirstOrDefault(IsRun);
        return found ?? throw new LabRefusedException($"there is no run '{run}' in {places.Runs}. " +
            (All(places) is { Count: > 0 } all ? $"The newest are: {string.Join(", ", all.TakeLast(5).Select(Path.GetFileName))}." : "Nothing has been run yet."));
    }

    /// <summary>Oldest first: ids begin with the time.</summary>
    public static IReadOnlyList<string> All(Places places) =>
        Directory.Exists(places.Runs) ? [.. Directory.GetDirectories(places.Runs).Where(IsRun).Order(StringComparer.Ordinal)] : [];

    private static bool IsRun(string folder) => File.Exists(Path.Combine(folder, "summary.json"));
}
