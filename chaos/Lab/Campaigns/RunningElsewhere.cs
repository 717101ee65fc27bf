using System.Runtime.InteropServices;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Lab.Campaigns;

/// <summary>The run that another terminal started.</summary>
internal static partial class RunningElsewhere
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Asks it to stop and waits until it has healed and gone.</summary>
    /// <returns>Exit code: 0 it has stopped or none was at work, 6 it is still there.</returns>
    public static async Task<int> StopAsync(string state, TimeProvider time)
    {
        if (RunLock.WhoHolds(state) is not { RunnerLives: true } holder)
        {
            await Console.Error.WriteLineAsync($"lab: no run is at work in {state}.");
            return 0;
        }

        await Console.Error.WriteLineAsync($"lab: asking process {holder.RunnerPid} (lab {holder.Lab}) to stop ...");
        _ = Kill(holder.RunnerPid, 15);
        var since = time.GetTimestamp();
        while (holder.RunnerLives)
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                await Console.Error.WriteLineAsync($"lab: it is still there after {Patience.TotalMinutes:0} minutes. End it with `kill -9 {holder.RunnerPid}`; its guardian heals.");
                return Verdict.UndoFailed.ExitCode();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None);
        }

        await Console.Error.WriteLineAsync("lab: it has stopped and healed; its report says how.");
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
