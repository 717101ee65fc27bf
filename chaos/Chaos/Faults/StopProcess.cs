using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>SIGTERM to the service, which may drain, and down until the undo: a planned stop.</summary>
public sealed record StopProcess : Fault
{
    internal static FaultKind InCatalogue { get; } = new("stop-process", "SIGTERM to the service, down until the fault ends", ["app", "lb"], [])
    {
        Read = (_, _) => new StopProcess(),
    };

    /// <summary>How long a service may take to go before that itself is an error.</summary>
    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public override string Kind => "stop-process";

    /// <inheritdoc/>
    public override string Dose => "SIGTERM, down until the undo";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected(site);

    private sealed class Injected(FaultSite site) : Injection
    {
        private readonly ProcessChange _change = new(site.Host.Service);

        public override UndoAction Undo => site.Host.Service.UndoOfDown;

        public override Task<string?> RefusalAsync(CancellationToken stop) => _change.RememberAsync(stop);

        // Seen through even when the fault's time is over or the run is stopped: an undo that finds the old process still
        // draining would see that it runs, and then it would go.
        public override Task InjectAsync(CancellationToken stop) => site.Host.Service.StopAsync(Patience, CancellationToken.None);

        public override Task<Sight> LookAsync(CancellationToken stop) => _change.LookAsync(stop);
    }
}
