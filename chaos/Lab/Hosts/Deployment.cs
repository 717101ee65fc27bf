using System.CommandLine;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Hosts;

/// <summary>The version that is deployed: a build of this checkout, or one that lies there.</summary>
internal static class Deployment
{
    public static Option<string?> Version() => new("--version") { Description = "A version that was built before. Default: the one of this checkout, built when it is not there.", HelpName = "version" };

    /// <summary>The version, there as an artefact.</summary>
    /// <exception cref="LabRefusedException">It was asked for by name and does not exist.</exception>
    public static async Task<string> ArtefactAsync(Steps steps, Places places, string? version, CancellationToken stop)
    {
        if (version is null)
            return await steps.ProgramAsync("artefact", ["artefact"], TimeSpan.FromMinutes(10), stop);
        var folder = Path.Combine(places.Root, "artifacts", "artefacts");
        const string Before = "shortener-", After = "-linux-x64.tar.gz";
        var there = Directory.Exists(folder)
            ? Directory.GetFiles(folder, $"{Before}*{After}").Select(Path.GetFileName).Select(name => name![Before.Length..^After.Length]).Order().ToList()
            : [];
        return there.Contains(version)
            ? version
            : throw new LabRefusedException($"there is no version `{version}` in {folder}: " + (there.Count == 0 ? "nothing has been built; leave --version away to build this checkout" : $"there are {string.Join(", ", there)}"));
    }
}
