namespace ChaosLab.Chaos.Safety;

/// <summary>Replays the pending undo entries of one lab.</summary>
internal static class Healing
{
    /// <summary>
    /// Newest first; but where the lab itself is to be taken away, that heals everything inside it: starting a service
    /// again only to kill it would help nobody. What was done to hosts of their own is undone before.
    /// </summary>
    public static async Task<(IReadOnlyList<string> Healed, IReadOnlyList<string> Failed)> HealAsync(UndoLog log, string lab, TimeProvider time)
    {
        var healed = new List<string>();
        var failed = new List<string>();
        var pending = log.ReadPending(lab);
        foreach (var entry in pending.Where(entry => !entry.Action.EndsWithLab))
        {
            if (await TryAsync(entry))
                log.MarkExecuted(entry);
        }

        // A host that could not be healed keeps its lab among the leftovers.
        if (failed.Count > 0)
            return (healed, failed);
        pending = log.ReadPending(lab);
        var removal = pending.FirstOrDefault(entry => entry.Action is UndoAction.TakeLabAway);
        if (removal is not null && await TryAsync(removal))
        {
            foreach (var entry in pending.Where(entry => entry != removal))
            {
                log.MarkExecuted(entry);
                healed.Add($"{entry.Action.Says}: gone with its lab");
            }

            log.MarkExecuted(removal); // last: until then the lab still counts as a leftover
            return (healed, failed);
        }

        foreach (var entry in pending.Where(entry => entry != removal))
        {
            if (await TryAsync(entry))
                log.MarkExecuted(entry);
        }

        return (healed, failed);

        async Task<bool> TryAsync(UndoEntry entry)
        {
            try
            {
                healed.Add($"{entry.Action.Says}: {await Undoing.DoAsync(entry.Action, time)}");
                return true;
            }
            catch (UndoFailedException broken)
            {
                failed.Add(broken.Message);
                return false;
            }
        }
    }
}
