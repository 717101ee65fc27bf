namespace ChaosLab.Lab;

/// <summary>Where things are: the repository, the state of labs, the records of runs, the built programs.</summary>
/// <param name="Root">Root of the repository.</param>
/// <param name="State">Locks, undo logs and folders of running labs.</param>
/// <param name="Runs">One folder per run.</param>
/// <param name="LabProgram">This program.</param>
/// <param name="ShortenerProgram">The shortener.</param>
internal sealed record Places(string Root, string State, string Runs, string LabProgram, string ShortenerProgram)
{
    /// <summary>Folder of the shipped experiments.</summary>
    public string Experiments => Path.Combine(Root, "chaos", "experiments");

    /// <summary>Folder of the recording and alerting rules.</summary>
    public string Rules => Path.Combine(Root, "ansible", "roles", "prometheus", "files", "rules");

    /// <summary>Folder of the dashboards.</summary>
    public string Dashboards => Path.Combine(Root, "ansible", "roles", "grafana", "files", "dashboards");

    /// <summary>Reads them off the environment and the place of this program (<c>artifacts/bin/Lab/release</c>).</summary>
    public static Places Find()
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var root = Environment.GetEnvironmentVariable("CHAOSLAB_ROOT") is { Length: > 0 } given ? given : RootAbove(own);
        return new Places(
            root,
            Path.GetFullPath(Environment.GetEnvironmentVariable("CHAOSLAB_STATE") is { Length: > 0 } state ? state : Path.Combine(root, "artifacts", "lab")),
            Path.GetFullPath(Environment.GetEnvironmentVariable("CHAOSLAB_RUNS") is { Length: > 0 } runs ? runs : Path.Combine(root, "artifacts", "runs")),
            Path.Combine(own, "Lab"),
            Path.GetFullPath(Path.Combine(own, "..", "..", "Shortener", Path.GetFileName(own), "Shortener")));
    }

    /// <summary>The experiment files for a lab, sorted by name: those of the embedded lab, or those that need hosts; empty when there are none.</summary>
    public IReadOnlyList<string> ShippedExperiments(string on) => FilesOf(on == "embedded" ? Experiments : Path.Combine(Experiments, "hosts"));

    /// <summary>Every experiment file.</summary>
    public IReadOnlyList<string> ShippedExperiments() => [.. ShippedExperiments("embedded"), .. ShippedExperiments("docker")];

    private static IReadOnlyList<string> FilesOf(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Select(Shown)] : [];

    /// <summary>A path as a person here would type it.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static string RootAbove(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "ChaosLab.slnx"))) return at.FullName;
        }

        return Environment.CurrentDirectory;
    }
}
