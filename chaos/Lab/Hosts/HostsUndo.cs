using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Hosts;

/// <summary>Undo entries of hosts that were removed: there is nothing left to heal.</summary>
internal static class HostsUndo
{
    /// <summary>Marks them, and the entries of the labs they belong to, as executed; one line each.</summary>
    public static IReadOnlyList<string> GoneWithTheirHosts(string stateRoot)
    {
        var log = new UndoLog(stateRoot);
        var of = log.ReadPending().Where(entry => !entry.Action.EndsWithLab).Select(entry => entry.Lab).ToHashSet();
        var gone = log.ReadPending().Where(entry => of.Contains(entry.Lab) && !entry.Action.EndsWithLab).ToList();
        foreach (var entry in gone)
            log.MarkExecuted(entry);
        return [.. gone.Select(entry => $"{entry.Action.Says}: gone with its host")];
    }
}
