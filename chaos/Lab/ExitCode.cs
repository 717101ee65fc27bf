namespace ChaosLab.Lab;

/// <summary>What the program says to its caller.</summary>
internal static class ExitCode
{
    /// <summary>Every expectation held.</summary>
    public const int Held = 0;

    /// <summary>An expectation was violated.</summary>
    public const int Weakness = 1;

    /// <summary>The file or the command line is wrong.</summary>
    public const int Wrong = 2;

    /// <summary>It could not be judged.</summary>
    public const int Inconclusive = 3;

    /// <summary>It was not run.</summary>
    public const int NotRun = 4;

    /// <summary>It was stopped, and healed.</summary>
    public const int Aborted = 5;

    /// <summary>Something could not be healed.</summary>
    public const int UndoFailed = 6;
}
