using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Safety;

/// <summary>Real, harmless processes that belong to a lab.</summary>
internal static class Sleepers
{
    public static string NewLab() => "test-" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>Starts one that ends by itself, should a test lose it.</summary>
    public static Launch Start(string lab, string folder, string host, params string[] command)
    {
        var launch = new Launch
        {
            Lab = lab,
            Host = host,
            Program = command.Length > 0 ? command[0] : "sleep",
            Arguments = command.Length > 0 ? command[1..] : ["300"],
            Environment = new Dictionary<string, string>(),
            Folder = folder,
            Public = new Uri("http://127.0.0.1:1"),
            Admin = new Uri("http://127.0.0.1:1"),
            AdminToken = "secret",
        };
        launch.Write();
        launch.StartUnlessRunning(new Dictionary<string, string>());
        return launch;
    }

    public static Task Running(string lab, int count) => Until.TrueAsync(() => MarkedProcesses.Find(lab).Count == count, $"{count} processes of {lab}");
}
