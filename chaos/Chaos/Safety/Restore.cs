namespace ChaosLab.Chaos.Safety;

/// <summary>Heals what an earlier run left behind.</summary>
public static class Restore
{
    /// <summary>Replays every undo entry that is not marked executed and ends every process of labs that nobody holds. Any number of times.</summary>
    public static Task<RestoreResult> All(string stateRoot, TimeProvider time) => throw new NotSupportedException("Lands next.");
}

/// <summary>What was healed.</summary>
/// <param name="Healed">One line per undo entry or process that was dealt with.</param>
/// <param name="Failed">One line per thing that could not be healed; empty: all is well.</param>
/// <param name="Skipped">Labs left alone because a living run holds them.</param>
public sealed record RestoreResult(IReadOnlyList<string> Healed, IReadOnlyList<string> Failed, IReadOnlyList<string> Skipped);
