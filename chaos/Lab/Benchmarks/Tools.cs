using System.Diagnostics;

namespace ChaosLab.Lab.Benchmarks;

/// <summary>Which of the programs that a benchmark compares with are on this machine.</summary>
internal static class Tools
{
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin"]).Any(folder => File.Exists(Path.Combine(folder, program)));

    public static bool HasPythonModule(string module)
    {
        if (!File.Exists("/usr/bin/python3")) return false;
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", $"import {module}"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
