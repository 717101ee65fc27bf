namespace ChaosLab.Load.Live;

/// <summary>What is going on, for people who watch.</summary>
/// <param name="Operation">Warm-up or run.</param>
/// <param name="Elapsed">Time since t = 0.</param>
/// <param name="Planned">Planned length; null when iterations decide.</param>
/// <param name="Stats">Figures so far.</param>
internal sealed record Progress(ScenarioOperation Operation, TimeSpan Elapsed, TimeSpan? Planned, ScenarioStats[] Stats);

/// <summary>Shows progress on standard error, so that standard output stays for results.</summary>
internal abstract class ProgressView : IAsyncDisposable
{
    public abstract void Show(Progress progress);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A live table on a terminal, plain lines elsewhere.</summary>
    public static ProgressView ForStandardError() => Console.IsErrorRedirected ? new PlainProgress(Console.Error) : new TerminalProgress();
}
