using CliWrap;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Dashboards;

/// <summary>The page, built from <c>chaos/Lab/Dashboards/web</c> on first use and again when a source is newer.</summary>
internal sealed class ConsoleBuild(Places places)
{
    private string Source => Path.Combine(places.Root, "chaos", "Lab", "Dashboards", "web");

    private string Work => Path.Combine(places.Root, "artifacts", "console");

    /// <summary>Folder of the built page.</summary>
    public string Built => Path.Combine(Work, "dist");

    /// <summary>Builds it unless it is built.</summary>
    /// <returns>Null when it is there; else what is missing and what to do.</returns>
    public async Task<string?> EnsureAsync(Action<string> say, CancellationToken stop)
    {
        if (IsFresh()) return null;
        if (WatchProcess.Find("npm") is not { } npm || WatchProcess.Find("node") is null)
            return "the console's page is built with npm, and npm is not here. Install Node.js 20 or later with npm (https://nodejs.org) and call again. " +
                "Without it everything else works: reports are pages without scripts, and a Grafana takes the same dashboards from ansible/roles/grafana/files/dashboards";
        Directory.CreateDirectory(Work);
        foreach (var file in Directory.GetFiles(Source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Work, Path.GetRelativePath(Source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        var log = Path.Combine(Work, "build.log");
        File.Delete(log);
        foreach (var (words, says) in ((string[], string)[])[(["ci", "--no-audit", "--no-fund"], "fetching the parts of the page (once, one to three minutes) ..."), (["run", "build"], "building the page ...")])
        {
            if (words[0] == "ci" && Directory.Exists(Path.Combine(Work, "node_modules", "@grafana", "ui")) && SameLock()) continue;
            say(says);
            var ended = await Cli.Wrap(npm).WithArguments(words).WithWorkingDirectory(Work).WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(Keep)).WithStandardErrorPipe(PipeTarget.ToDelegate(Keep)).ExecuteAsync(stop);
            if (ended.ExitCode != 0) return $"`npm {string.Join(' ', words)}` failed (whole output: {Places.Shown(log)}):\n{string.Join('\n', File.ReadLines(log).TakeLast(8))}";
        }

        await File.WriteAllTextAsync(Path.Combine(Work, "built"), "", stop);
        return null;

        void Keep(string line)
        {
            lock (log) File.AppendAllText(log, line + "\n");
        }
    }

    // npm notes what it installed; fetching again would take the whole folder away first.
    private bool SameLock()
    {
        var (wanted, installed) = (Path.Combine(Work, "package-lock.json"), Path.Combine(Work, "node_modules", ".package-lock.json"));
        return File.Exists(installed) && File.GetLastWriteTimeUtc(installed) > File.GetLastWriteTimeUtc(Path.Combine(Source, "package-lock.json")) && File.Exists(wanted);
    }

    private bool IsFresh()
    {
        var built = Path.Combine(Work, "built");
        return File.Exists(Path.Combine(Built, "index.html")) && File.Exists(built)
            && Directory.GetFiles(Source, "*", SearchOption.AllDirectories).All(file => File.GetLastWriteTimeUtc(file) < File.GetLastWriteTimeUtc(built));
    }
}
