using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>SIGSTOP to the service: connections are accepted by the kernel and never answered. A hang, not a crash.</summary>
public sealed record PauseProcess : Fault
{
    internal static FaultKind InCatalogue { get; } = new("pause-process", "SIGSTOP to the service: it hangs and refuses nothing", ["app", "lb"], [])
    {
        Read = (_, _) => new PauseProcess(),
    };

    /// <inheritdoc/>
    public override string Kind => "pause-process";

    /// <inheritdoc/>
    public override string Dose => "SIGSTOP until the undo";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected(site);

    private sealed class Injected(FaultSite site) : Injection
    {
        public override UndoAction Undo => site.Host.Service.UndoOfPause;

        public override async Task<string?> RefusalAsync(CancellationToken stop) =>
            (await site.Host.Service.ReadAsync(stop)).IsRunning ? null : "its process does not run, so it cannot be paused";

        public override Task InjectAsync(CancellationToken stop) => site.Host.Service.PauseAsync(stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var state = await site.Host.Service.ReadAsync(stop);
            return new Sight(state.IsPaused, state.IsRunning
                ? string.Join(", ", state.Processes.Select(process => $"process {process.Pid} in state {process.State}"))
                : "no process");
        }
    }
}
