using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Lab.Hosts;

/// <summary>What the verbs about hosts share: their steps can be stopped, and what goes wrong is told once, as a message.</summary>
internal static class HostsVerb
{
    /// <summary>A playbook that went wrong on the way; the hosts are as the last task left them.</summary>
    public const int Failed = 1;

    /// <summary>Runs the body of a verb.</summary>
    /// <returns>Its exit code; 1 a step failed, 2 the command line or the inventory is wrong, 5 stopped.</returns>
    public static async Task<int> ObeyAsync(Func<Screen, CancellationToken, Task<int>> body)
    {
        var screen = new Screen();
        using var stopping = new Stopping(screen.Say);
        try
        {
            return await body(screen, stopping.Token);
        }
        catch (LabRefusedException refused)
        {
            screen.Say("lab: " + refused.Message);
            return Verdicts.ExitCodeOfAMistake;
        }
        catch (StepFailedException failed)
        {
            screen.Say("lab: " + failed.Message);
            return failed.ExitCode == Verdicts.ExitCodeOfAMistake ? Verdicts.ExitCodeOfAMistake : Failed;
        }
        catch (Exception problem) when (problem is CommandMissingException or HostUnreachableException)
        {
            screen.Say("lab: " + problem.Message);
            return Verdicts.ExitCodeOfAMistake;
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            screen.Say("lab: stopped; what is there stays, and the same command goes on from there");
            return Verdict.Aborted.ExitCode();
        }
    }
}
