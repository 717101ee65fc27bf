using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Running;

/// <summary>Resolves targets by the seed and asks everything that can be asked before a fault.</summary>
internal static class Preflight
{
    /// <summary>The hosts of a target; empty when the lab has not enough of them.</summary>
    public static IReadOnlyList<Host> Resolve(Target target, RunningLab lab, Random random) => target switch
    {
        Target.Named named => [.. lab.Hosts.Where(host => host.Name == named.Name)],
        Target.All all => lab.OfRole(all.Role),
        Target.Pick pick when lab.OfRole(pick.Role) is { } hosts && hosts.Count >= pick.Count => [.. Shuffled(hosts, random).Take(pick.Count)],
        _ => [],
    };

    /// <summary>Why the experiment cannot be run on this lab at all; null when it can.</summary>
    public static string? Refusal(Experiment experiment, RunningLab lab, UndoLog undoLog)
    {
        if (experiment.Topologies.Count > 0 && !experiment.Topologies.Contains(lab.Topology))
            return $"it needs {string.Join(" or ", experiment.Topologies)}, and this lab is {lab.Topology}";
        if (lab.GuardianLost.IsCancellationRequested)
            return "the guardian process is gone: nothing would heal this lab if the runner died too";
        if (undoLog.ReadPending(lab.Id).FirstOrDefault(entry => entry.Action is not UndoAction.TakeLabAway) is { } leftover)
            return $"an earlier fault was not undone ({leftover.Cause} on {leftover.Host}): run `lab restore`";
        if (lab.Hosts.Any(host => !System.Net.IPAddress.TryParse(host.Public.Host, out var address) || !System.Net.IPAddress.IsLoopback(address)) && lab.Topology == "embedded")
            return "a host of this lab is not on loopback";
        return null;
    }

    // By name first, so that the same seed picks the same host whatever order the lab lists them in.
    private static Host[] Shuffled(IReadOnlyList<Host> hosts, Random random)
    {
        var shuffled = hosts.OrderBy(host => host.Name, StringComparer.Ordinal).ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }
}
