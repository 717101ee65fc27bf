using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A fault that needs hosts of their own: machines with systemd, reached by ssh.</summary>
public abstract record HostFault : Fault
{
    /// <inheritdoc/>
    public sealed override Injection On(FaultSite site) => site is { Host: InventoriedHost host, Lab: HostsLab lab }
        ? On(new HostSite(host, lab, DeadManTimer.Short($"{lab.Id}.{site.Tag}"), site.For))
        : new NotHere(Kind);

    /// <summary>The fault on one host of an inventory.</summary>
    private protected abstract Injection On(HostSite site);

    private sealed class NotHere(string kind) : Injection
    {
        public override UndoAction Undo => new UndoAction.Nothing("nothing was done");

        public override Task<string?> RefusalAsync(CancellationToken stop) => Task.FromResult<string?>($"{kind} needs hosts of their own: run it with --on docker, or --on an inventory");

        public override Task InjectAsync(CancellationToken stop) => throw new InvalidOperationException("refused");

        public override Task<Sight> LookAsync(CancellationToken stop) => Task.FromResult(new Sight(false, "not here"));
    }
}

/// <summary>Where.</summary>
/// <param name="Host">The host.</param>
/// <param name="Lab">Its lab.</param>
/// <param name="Mark">Twelve hexadecimal digits that mark what is ours at the host.</param>
/// <param name="For">From injection to undo.</param>
internal sealed record HostSite(InventoriedHost Host, HostsLab Lab, string Mark, TimeSpan For)
{
    /// <summary>Whole seconds after which whatever burns or holds at the host ends by itself.</summary>
    public string EndsAfter => $"{(int)Math.Ceiling(For.TotalSeconds) + 5}";

    /// <summary>Runs a script on the host.</summary>
    public Task<string> RunAsync(string script, IReadOnlyList<string> words, CancellationToken stop) => Host.Ssh.RunAsync(script, words, stop);

    /// <summary>An undo that runs a script there.</summary>
    public UndoAction Undo(string what, string script, params string[] words) => new UndoAction.OnHost(Host.Reach, script, words, "", what);
}
