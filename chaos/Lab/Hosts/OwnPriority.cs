using System.Globalization;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>
/// This program before the hosts that share its processors. Measured on two cores under a load average of 28: after a balancer was
/// killed, visitors needed 100 TLS handshakes a second, got a tenth of a core for them, gave each up after 2 s and began
/// anew, for as long as they came: 94 % failed for 25 s, and the service was well all the time. A weight alone is not enough for
/// a load to be believed: with it the generator was 9 to 24 ms late at p99 while nothing else was at work, with a real-time turn 0.5 to 3.6 ms.
/// It needs a tenth of a core, so nobody starves for it; the kernel leaves the others a twentieth in any case (sched(7)).
/// </summary>
internal static class OwnPriority
{
    private const int Nice = -10; // the weight of nine usual threads

    /// <summary>
    /// Raises it for every thread there is, and so for all that these start; what <see cref="LocalCommand"/> starts has the weight, but no
    /// real-time turn. Not root, or no such program: it stays as it is.
    /// </summary>
    /// <returns>Whether it was raised.</returns>
    public static async Task<bool> RaiseAsync(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux()) return false;
        // The kernel has a priority per thread, not per process. One that ended meanwhile is no failure.
        var threads = Directory.GetDirectories("/proc/self/task").Select(thread => Path.GetFileName(thread));
        var weighed = await AnswerAsync(["renice", "-n", Nice.ToString(CultureInfo.InvariantCulture), "-p", .. threads], stop) is { } weight
            && weight.Output.Contains("new priority", StringComparison.Ordinal);
        // Not allowed in a group of a kernel that shares real time out by groups: the weight remains.
        await AnswerAsync(["chrt", "--all-tasks", "--rr", "--pid", "1", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)], stop);
        return weighed;
    }

    private static async Task<CommandAnswer?> AnswerAsync(IReadOnlyList<string> words, CancellationToken stop)
    {
        try
        {
            return await LocalCommand.RunAsync(words, null, null, TimeSpan.FromSeconds(10), null, stop);
        }
        catch (Exception missing) when (missing is CommandMissingException or TimeoutException)
        {
            return null;
        }
    }
}
