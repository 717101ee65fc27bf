using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>What ends a measurement early, as words and exit codes.</summary>
internal static class EndingWell
{
    public static async Task<int> RunAsync(Screen screen, Stopping stopping, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception refused) when (refused is LabRefusedException or ScenarioInitException or TimeoutException)
        {
            screen.Say("lab: " + refused.Message);
            return Verdict.NotRun.ExitCode();
        }
        catch (UndoFailedException left)
        {
            screen.Say("lab: " + left.Message);
            return Verdict.UndoFailed.ExitCode();
        }
        catch (Exception broken) when (!stopping.Token.IsCancellationRequested && broken is HttpRequestException or InvalidOperationException or OperationCanceledException or HostUnreachableException or System.Data.Common.DbException)
        {
            screen.Say($"lab: the measurement broke off: {broken.Message}");
            return Verdict.Inconclusive.ExitCode();
        }
        catch (OperationCanceledException)
        {
            screen.Say("lab: stopped; the lab has been taken away.");
            return Verdict.Aborted.ExitCode();
        }
    }
}
