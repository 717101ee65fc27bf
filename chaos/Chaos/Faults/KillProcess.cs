using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>SIGKILL to the service, as a crash or the kernel's out-of-memory killer does it.</summary>
/// <param name="RestartsAtOnce">Started again at once, as a supervisor would; else down until the undo.</param>
public sealed record KillProcess(bool RestartsAtOnce) : Fault
{
    internal static FaultKind InCatalogue { get; } = new("kill-process", "SIGKILL to the service", ["app", "lb"],
        [new("restart", "at-undo (default): down until the fault ends; at-once: started again immediately")])
    {
        Read = (dose, _) => new KillProcess(dose.OneOf("restart", ["at-undo", "at-once"]) == "at-once"),
    };

    /// <inheritdoc/>
    public override string Kind => "kill-process";

    /// <inheritdoc/>
    public override string Dose => RestartsAtOnce ? "SIGKILL, started again at once" : "SIGKILL, down until the undo";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected(site, RestartsAtOnce);

    private sealed class Injected(FaultSite site, bool restarts) : Injection
    {
        private readonly ProcessChange _change = new(site.Host.Service);

        public override UndoAction Undo => site.Host.Service.UndoOfDown;

        public override Task<string?> RefusalAsync(CancellationToken stop) => _change.RememberAsync(stop);

        public override async Task InjectAsync(CancellationToken stop)
        {
            await site.Host.Service.KillAsync(stop);
            if (restarts)
                await site.Host.Service.StartAsync(new Dictionary<string, string>(), stop);
        }

        public override Task<Sight> LookAsync(CancellationToken stop) => _change.LookAsync(stop);
    }
}

/// <summary>Evidence of a killed or restarted service: its processes are others than before. Pid and start time together, because pids are used again.</summary>
internal sealed class ProcessChange(ServiceControl service)
{
    private HashSet<(int, long)> _before = [];

    /// <summary>Notes what runs now; a refusal when nothing does.</summary>
    public async Task<string?> RememberAsync(CancellationToken stop)
    {
        var state = await service.ReadAsync(stop);
        _before = [.. state.Processes.Select(process => (process.Pid, process.StartTicks))];
        return state.IsRunning ? null : "its process does not run, so it cannot be ended";
    }

    public async Task<Sight> LookAsync(CancellationToken stop)
    {
        var state = await service.ReadAsync(stop);
        var survives = state.Processes.Any(process => _before.Contains((process.Pid, process.StartTicks)));
        return new Sight(!survives, state.IsRunning
            ? string.Join(", ", state.Processes.Select(process => $"process {process.Pid} started at tick {process.StartTicks}"))
            : "no process");
    }
}
