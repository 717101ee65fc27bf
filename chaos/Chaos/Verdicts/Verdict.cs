namespace ChaosLab.Chaos.Verdicts;

/// <summary>What an experiment ended with. There is no "passed": each word says what was learned.</summary>
public enum Verdict
{
    /// <summary>Every fault bit, everything was measured, every expectation was met. Exit code 0.</summary>
    Held,

    /// <summary>An expectation was violated. Exit code 1.</summary>
    Weakness,

    /// <summary>A fault left no evidence, the load was not valid, or an expectation could not be judged. Exit code 3.</summary>
    Inconclusive,

    /// <summary>The lab cannot do it, or the steady state did not hold before: nothing was injected. Exit code 4.</summary>
    NotRun,

    /// <summary>Stopped by its abort rule, by a person or by a signal, and healed. Exit code 5.</summary>
    Aborted,

    /// <summary>A fault could not be undone, or the target differs from what it was before. Exit code 6.</summary>
    UndoFailed,
}

/// <summary>The words, exit codes and order of verdicts.</summary>
public static class Verdicts
{
    /// <summary>Exit code of a mistake in a file or on the command line.</summary>
    public const int ExitCodeOfAMistake = 2;

    // Most serious first: what a person must act on before anything else.
    private static readonly Verdict[] BySeriousness =
        [Verdict.UndoFailed, Verdict.Aborted, Verdict.Weakness, Verdict.Inconclusive, Verdict.NotRun, Verdict.Held];

    /// <summary>Exit code of the program for one verdict: 0, 1, 3, 4, 5 or 6.</summary>
    public static int ExitCode(this Verdict verdict) => verdict switch
    {
        Verdict.Held => 0,
        Verdict.Weakness => 1,
        Verdict.Inconclusive => 3,
        Verdict.NotRun => 4,
        Verdict.Aborted => 5,
        _ => 6,
    };

    /// <summary>The word written in journals and reports, such as <c>undo-failed</c>.</summary>
    public static string Word(this Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Weakness => "weakness",
        Verdict.Inconclusive => "inconclusive",
        Verdict.NotRun => "not-run",
        Verdict.Aborted => "aborted",
        _ => "undo-failed",
    };

    /// <summary>
    /// The most serious of several, in the order 6, 5, 1, 3, 4, 0.
    /// Of none at all: <see cref="Verdict.NotRun"/>, for nothing was learned.
    /// </summary>
    public static Verdict MostSerious(IEnumerable<Verdict> verdicts)
    {
        var seen = verdicts.ToHashSet();
        return seen.Count == 0 ? Verdict.NotRun : BySeriousness.First(seen.Contains);
    }
}
