namespace ChaosLab.Chaos.Hosts;

/// <summary>A look at every host of an inventory for what faults left on it, whatever the undo log of this machine knows.</summary>
public static class LeftBehind
{
    /// <summary>Looks; changes nothing.</summary>
    /// <returns>One line per host on which something was left, or which cannot be looked at; empty: all is well.</returns>
    /// <exception cref="Safety.LabRefusedException">The inventory is wrong, or Ansible is missing.</exception>
    public static async Task<IReadOnlyList<string>> LookAsync(HostsOptions options, CancellationToken stop)
    {
        var (_, reach) = await HostsLab.ReachAsync(options with { StateRoot = Path.GetFullPath(options.StateRoot) }, stop);
        return await LookAsync(reach, stop);
    }

    internal static async Task<IReadOnlyList<string>> LookAsync(LabReach reach, CancellationToken stop) =>
        [.. (await Task.WhenAll(reach.Hosts.Select(host => LookAtAsync(host, stop)))).OfType<string>()];

    private static async Task<string?> LookAtAsync(HostReach host, CancellationToken stop)
    {
        try
        {
            var seen = await HostSight.ReadAsync(new Ssh(host, null, null), stop);
            IReadOnlyList<string> left =
            [
                .. seen.Left,
                .. seen.Paused.Select(service => $"{service} is paused"),
                .. seen.Units.Where(unit => !unit.EndsWith("=active", StringComparison.Ordinal)),
            ];
            return left.Count == 0 ? null : $"{host.Name}: {string.Join(", ", left)}";
        }
        catch (Exception away) when (away is HostUnreachableException or InvalidOperationException)
        {
            return away.Message;
        }
    }
}
