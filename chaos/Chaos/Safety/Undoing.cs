using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Chaos.Safety;

/// <summary>Executes undo actions. Takes no cancellation token: a stopped run still owes the target its health.</summary>
public static class Undoing
{
    /// <summary>How long one attempt may take.</summary>
    public static TimeSpan TimeLimit { get; } = TimeSpan.FromSeconds(20);

    private const int Attempts = 3;

    /// <summary>Executes an action, again if it fails: three attempts of 20 s each at most.</summary>
    /// <returns>What it did, in one line.</returns>
    /// <exception cref="UndoFailedException">Every attempt failed; names action and last answer.</exception>
    public static async Task<string> DoAsync(UndoAction action, TimeProvider time)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var limit = new CancellationTokenSource(action is UndoAction.OnThisMachine { Seconds: var seconds } ? TimeSpan.FromSeconds(seconds) : TimeLimit, time);
                return await OnceAsync(action, time, limit.Token);
            }
            catch (Exception failure) when (attempt < Attempts)
            {
                _ = failure; // the last attempt's answer is the one reported
                await Task.Delay(TimeSpan.FromMilliseconds(200), time);
            }
            catch (Exception failure)
            {
                throw new UndoFailedException($"{action.Says}: {failure.Message} ({Attempts} attempts)", failure);
            }
        }
    }

    private static async Task<string> OnceAsync(UndoAction action, TimeProvider time, CancellationToken limit)
    {
        switch (action)
        {
            case UndoAction.TakeLabAway lab:
                var ended = await MarkedProcesses.EndAllAsync(lab.Lab, TimeSpan.FromSeconds(1), TimeLimit / 2, time);
                LabFolder.Remove(lab.Folder);
                return $"{ended} processes ended, folder removed";
            case UndoAction.StartService start:
                if (Launch.Read(start.LaunchFile) is not { } launch)
                    return "its lab is gone";
                return launch.StartUnlessRunning(new Dictionary<string, string>()) ? "started" : "it runs";
            case UndoAction.ResumeService resume:
                var processes = MarkedProcesses.Find(resume.Lab, resume.Host);
                foreach (var process in processes)
                    Signals.Send(process.Sight.Pid, Signals.Continue);
                return $"SIGCONT to {processes.Count} processes";
            case UndoAction.EndAppFaults faults:
                if (Launch.Read(faults.LaunchFile) is not { } reach)
                    return "its lab is gone";
                if (MarkedProcesses.Find(reach.Lab, reach.Host).Count == 0)
                    return "its process is gone, and its faults with it";
                using (var client = new AppFaults(reach.Admin, reach.AdminToken))
                    return $"{await client.EndAsync(faults.Tag, limit)} in-app faults ended";
            case UndoAction.OnHost host:
                return await DeadManTimer.HealAsync(host, limit);
            case UndoAction.OnThisMachine local:
                var answer = await LocalCommand.RunAsync(local.Program, null, local.Environment, TimeSpan.FromSeconds(local.Seconds), null, limit);
                return answer.ExitCode == 0 ? "done" : throw new InvalidOperationException($"{string.Join(' ', local.Program)}: {answer.LastWords} (exit {answer.ExitCode})");
            case UndoAction.Nothing nothing:
                return nothing.Because;
            default:
                throw new InvalidOperationException($"closed set: {action}");
        }
    }
}

/// <summary>A broken promise: something that was done could not be undone.</summary>
public sealed class UndoFailedException(string message, Exception? cause = null) : Exception(message, cause);
