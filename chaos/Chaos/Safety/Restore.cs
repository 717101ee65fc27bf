namespace ChaosLab.Chaos.Safety;

/// <summary>Heals what an earlier run left behind.</summary>
public static class Restore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Replays every undo entry that is not marked executed and ends every process of labs of this state root that
    /// nobody holds. Any number of times, also after a reboot. A lab whose run still lives is left alone.
    /// </summary>
    public static async Task<RestoreResult> All(string stateRoot, TimeProvider time)
    {
        using var ours = await TakeAsync(stateRoot, time);
        var held = ours is null ? RunLock.WhoHolds(stateRoot)?.Lab : null;
        var log = new UndoLog(stateRoot);
        var healed = new List<string>();
        var failed = new List<string>();
        IReadOnlyList<UndoEntry> pending;
        try
        {
            pending = log.ReadPending();
        }
        catch (InvalidDataException broken)
        {
            return new RestoreResult(healed, [broken.Message], []);
        }

        foreach (var lab in pending.Select(entry => entry.Lab).Distinct().Where(lab => lab != held))
        {
            var (done, not) = await Healing.HealAsync(log, lab, time);
            healed.AddRange(done);
            failed.AddRange(not);
        }

        // A folder without a pending entry: its entry was marked while the disk was full, or removed by hand.
        var labs = Path.Combine(stateRoot, "labs");
        foreach (var folder in Directory.Exists(labs) ? Directory.GetDirectories(labs) : [])
        {
            var lab = Path.GetFileName(folder);
            if (lab == held || failed.Count > 0)
                continue;
            try
            {
                var ended = await MarkedProcesses.EndAllAsync(lab, TimeSpan.Zero, Undoing.TimeLimit, time);
                LabFolder.Remove(folder);
                healed.Add($"folder of lab {lab} removed, {ended} processes ended");
            }
            catch (Exception failure) when (failure is TimeoutException or InvalidOperationException or IOException)
            {
                failed.Add(failure.Message);
            }
        }

        return new RestoreResult(healed, failed, held is null ? [] : [$"lab {held} is held by a living run: stop that run instead"]);
    }

    // A lock whose run is dead is held by its guardian for as long as that is healing.
    private static async Task<RunLock?> TakeAsync(string stateRoot, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (RunLock.TryTake(stateRoot) is { } taken)
                return taken;
            if (RunLock.WhoHolds(stateRoot) is { RunnerLives: true } || time.GetElapsedTime(began) > Patience)
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(200), time);
        }
    }
}

/// <summary>What was healed.</summary>
/// <param name="Healed">One line per undo entry or folder that was dealt with.</param>
/// <param name="Failed">One line per thing that could not be healed; empty: all is well.</param>
/// <param name="Skipped">Labs left alone because a living run holds them.</param>
public sealed record RestoreResult(IReadOnlyList<string> Healed, IReadOnlyList<string> Failed, IReadOnlyList<string> Skipped);
