using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>What ends a measurement early, as words and exit codes.</summary>
internal static class EndingWell
{
    /// <summary>Whether it is something that a measurement meets: an answer that did not come or was no good, a host, a database.</summary>
    public static bool IsBreak(Exception broken) => broken is HttpRequestException or InvalidOperationException or OperationCanceledException or TimeoutException or HostUnreachableException or System.Data.Common.DbException;

    public static async Task<int> RunAsync(Screen screen, Stopping stopping, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception refused) when (!stopping.Token.IsCancellationRequested && refused is LabRefusedException or ScenarioInitException or TimeoutException)
        {
            screen.Say("lab: " + refused.Message);
            return Verdict.NotRun.ExitCode();
        }
        catch (UndoFailedException left)
        {
            screen.Say("lab: " + left.Message);
            return Verdict.UndoFailed.ExitCode();
        }
        catch (Exception broken) when (IsBreak(broken) || broken is LabRefusedException or ScenarioInitException)
        {
            // Whoever stops cuts requests off, too.
            var isStopped = stopping.Token.IsCancellationRequested;
            screen.Say(isStopped ? "lab: stopped; what was changed has been taken back." : $"lab: the measurement broke off: {broken.Message}");
            return isStopped ? Verdict.Aborted.ExitCode() : Verdict.Inconclusive.ExitCode();
        }
    }
}
