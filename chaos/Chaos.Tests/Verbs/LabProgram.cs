using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ChaosLab.Chaos.Tests.Verbs;

/// <summary>What a program said and how it ended.</summary>
internal sealed record Ended(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as JSON: fails when anything else stands there.</summary>
    public JsonNode Json => JsonNode.Parse(Out) ?? throw new InvalidOperationException("null");
}

/// <summary>The built program as a person runs it: a process of its own, in folders of its own.</summary>
internal sealed class LabProgram : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-verbs-");

    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", "Lab", "release", "Lab"));

    /// <summary>Root of the repository.</summary>
    public static string Root { get; } = RootAbove(AppContext.BaseDirectory);

    public string Folder => folder.FullName;

    public string State => System.IO.Path.Combine(Folder, "state");

    public string Runs => System.IO.Path.Combine(Folder, "runs");

    /// <summary>Writes a file and gives its path.</summary>
    public string File(string name, string text)
    {
        var path = System.IO.Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs it to its end.</summary>
    public async Task<Ended> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndOfAsync(process);
    }

    /// <summary>Starts it.</summary>
    public Process Start(params string[] arguments) => Start(Path, arguments, new Dictionary<string, string?>
    {
        ["CHAOSLAB_STATE"] = State,
        ["CHAOSLAB_RUNS"] = Runs,
        ["CHAOSLAB_ROOT"] = Root,
    });

    /// <summary>Starts any program with its streams redirected.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end, at most three minutes.</summary>
    public static async Task<Ended> EndOfAsync(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            return new Ended(process.ExitCode, await output, await error);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"it did not end within 3 minutes; so far it said:\n{await output}\n{await error}");
            throw;
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string RootAbove(string folder)
    {
        var at = new DirectoryInfo(folder);
        while (at is not null && !System.IO.File.Exists(System.IO.Path.Combine(at.FullName, "ChaosLab.slnx"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
