using System.Diagnostics;
using System.Text.Json;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Embedded;

/// <summary>
/// How to start the service of one host, complete, on disk in the lab's folder: so that an undo can start it again
/// from any process, and no secret stands in the undo log or on a command line.
/// </summary>
public sealed record Launch
{
    /// <summary>Lab; becomes the mark of the process.</summary>
    public required string Lab { get; init; }
    /// <summary>Host name; becomes the second mark.</summary>
    public required string Host { get; init; }
    /// <summary>Program.</summary>
    public required string Program { get; init; }
    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
    /// <summary>Its configuration.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    /// <summary>Folder it runs in: the lab's.</summary>
    public required string Folder { get; init; }
    /// <summary>Its public address.</summary>
    public required Uri Public { get; init; }
    /// <summary>Its admin address.</summary>
    public required Uri Admin { get; init; }
    /// <summary>Bearer token of the admin address.</summary>
    public required string AdminToken { get; init; }

    /// <summary>File this is kept in.</summary>
    public string File => FileOf(Folder, Host);

    /// <summary>File that takes what the service prints.</summary>
    public string LogFile => Path.Combine(Folder, Host + ".log");

    // What a program may need to run at all. Nothing else of the person's environment reaches the lab, so that a
    // variable set in a shell cannot change a result.
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "LD_LIBRARY_PATH"];

    /// <summary>Reads the launch file; null when it is gone, and with it the lab.</summary>
    public static Launch? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Launch>(System.IO.File.ReadAllText(file), UndoJson.Options);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes the launch file.</summary>
    public void Write() => DurableFile.Write(File, JsonSerializer.Serialize(this, UndoJson.Options));

    /// <summary>Starts the service unless one of its processes lives. <paramref name="settings"/> hold for this start only.</summary>
    /// <returns>Whether it was started.</returns>
    public bool StartUnlessRunning(IReadOnlyDictionary<string, string> settings)
    {
        if (MarkedProcesses.Find(Lab, Host).Count > 0)
            return false;
        // A session of its own keeps Ctrl-C of the terminal away: only the runner decides when the lab ends. The shell
        // only redirects; everything else is passed as arguments, so nothing is ever interpreted.
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = Folder };
        foreach (var word in (string[])["/bin/sh", "-c", "exec \"$0\" \"$@\" >>\"$CHAOSLAB_LOG\" 2>&1 </dev/null", Program, .. Arguments])
            start.ArgumentList.Add(word);
        start.Environment.Clear();
        foreach (var name in Inherited)
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
                start.Environment[name] = value;
        // .NET keeps three files for debuggers in the temporary folder, and whoever is killed leaves them there.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in Environment.Concat(settings))
            start.Environment[name] = value;
        start.Environment["CHAOSLAB_LOG"] = LogFile;
        start.Environment[MarkedProcesses.LabMark] = Lab;
        start.Environment[MarkedProcesses.HostMark] = Host;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Host}: setsid did not start");
        return true;
    }

    /// <summary>The last lines the service printed, for errors; without the frames of a stack, before which stands what went wrong.</summary>
    public string LogTail(int lines = 15)
    {
        try
        {
            return string.Join('\n', System.IO.File.ReadLines(LogFile).Where(line => !line.StartsWith("   at ", StringComparison.Ordinal)).TakeLast(lines));
        }
        catch (IOException)
        {
            return "(it printed nothing)";
        }
    }

    internal static string FileOf(string folder, string host) => Path.Combine(folder, host + ".launch.json");
}
