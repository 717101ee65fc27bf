using System.Text.Json;

namespace ChaosLab.Chaos.Safety;

/// <summary>
/// One run at a time per state root. The lock is the kernel's (flock), held by the guardian: it ends with its process,
/// so a stale lock cannot exist, and a new run waits until the guardian of a dead one has finished healing.
/// </summary>
public sealed class RunLock : IDisposable
{
    private readonly FileStream _held;

    private RunLock(FileStream held) => _held = held;

    /// <summary>The lock, or null when a living process holds it.</summary>
    public static RunLock? TryTake(string stateRoot)
    {
        Directory.CreateDirectory(stateRoot);
        try
        {
            return new RunLock(new FileStream(Path.Combine(stateRoot, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null; // flock says that another process has it
        }
    }

    /// <summary>Notes who holds it, for <see cref="WhoHolds"/> and for stopping a run from elsewhere.</summary>
    public static void Note(string stateRoot, RunHolder holder) =>
        DurableFile.Write(Path.Combine(stateRoot, "run.json"), JsonSerializer.Serialize(holder, UndoJson.Options));

    /// <summary>Who noted itself last; null when nobody ever did. Only true while the lock is held.</summary>
    public static RunHolder? WhoHolds(string stateRoot)
    {
        try
        {
            return JsonSerializer.Deserialize<RunHolder>(File.ReadAllText(Path.Combine(stateRoot, "run.json")), UndoJson.Options);
        }
        catch (Exception none) when (none is IOException or JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();
}

/// <summary>The run that holds a state root.</summary>
/// <param name="Lab">Its lab.</param>
/// <param name="RunnerPid">Process that runs it.</param>
/// <param name="RunnerStartTicks">Start time of that process: pids are used again.</param>
/// <param name="GuardianPid">Process that guards it.</param>
public sealed record RunHolder(string Lab, int RunnerPid, long RunnerStartTicks, int GuardianPid)
{
    /// <summary>Whether the runner itself still lives; false while a guardian is healing after it.</summary>
    public bool RunnerLives => ProcessTable.Lives(RunnerPid, RunnerStartTicks);
}
