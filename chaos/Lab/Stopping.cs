using System.Runtime.InteropServices;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Lab;

/// <summary>
/// Turns Ctrl-C, SIGTERM and the death of the terminal into a wish to stop: what was broken is healed first, then the report is written.
/// A second Ctrl-C ends this process at once; healing is then the guardian's. Says only what is true of the verb: not every one breaks something.
/// </summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Action<string> say;
    private readonly bool breaks;
    private int asked;

    /// <param name="say">Told what happens now.</param>
    /// <param name="breaks">Whether there may be something to heal, and a guardian that would.</param>
    public Stopping(Action<string> say, bool breaks = true)
    {
        (this.say, this.breaks) = (say, breaks);
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            registrations.Add(PosixSignalRegistration.Create(signal, Asked));
    }

    /// <summary>Cancelled by the first wish.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void Asked(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref asked) == 1)
        {
            say(breaks ? "stopping: healing first, then the report. Once more to leave the rest to the guardian." : "stopping. Once more to end at once.");
            _ = source.CancelAsync();
        }
        else if (context.Signal != PosixSignal.SIGHUP)
        {
            say(breaks ? "leaving: the guardian heals what is left." : "leaving.");
            Environment.Exit(Verdict.Aborted.ExitCode());
        }
    }
}
