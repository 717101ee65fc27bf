using System.Globalization;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>
/// This program before the hosts that share its processors. Measured on two cores under a load average of 28: after a balancer was
/// killed, visitors needed 100 TLS handshakes a second, got a tenth of a core for them, gave each up after 2 s and began
/// anew, for as long as they came: 94 % failed for 25 s, and the service was well all the time.
/// </summary>
internal static class OwnPriority
{
    private const int Nice = -10; // the weight of nine usual threads

    /// <summary>Raises it for every thread there is, and so for all that these start. Not root, no <c>renice</c>: it stays as it is.</summary>
    /// <returns>Whether it was raised.</returns>
    public static async Task<bool> RaiseAsync(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux()) return false;
        // The kernel has a priority per thread, not per process.
        var threads = Directory.GetDirectories("/proc/self/task").Select(thread => Path.GetFileName(thread));
        try
        {
            var answer = await LocalCommand.RunAsync(["renice", "-n", Nice.ToString(CultureInfo.InvariantCulture), "-p", .. threads], null, null, TimeSpan.FromSeconds(10), null, stop);
            return answer.Output.Contains("new priority", StringComparison.Ordinal); // a thread that ended meanwhile is no failure
        }
        catch (Exception missing) when (missing is CommandMissingException or TimeoutException)
        {
            return false;
        }
    }
}
