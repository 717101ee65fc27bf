using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>SIGTERM, wait, start, wait until the balancer uses it again, then the next host: how every deployment goes.</summary>
public sealed record RollingRestart : Fault
{
    internal static FaultKind InCatalogue { get; } = new("rolling-restart", "Stops and starts one host after the other; `for` limits the whole", ["app"], [])
    {
        Read = (_, _) => new RollingRestart(),
    };

    /// <inheritdoc/>
    public override string Kind => "rolling-restart";

    /// <inheritdoc/>
    public override string Dose => "SIGTERM, started again when it has gone";

    /// <inheritdoc/>
    public override bool OneHostAtATime => true;

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected(site);

    private sealed class Injected(FaultSite site) : Injection
    {
        private readonly ProcessChange _change = new(site.Host.Service);

        public override UndoAction Undo => site.Host.Service.UndoOfDown;

        public override Task<string?> RefusalAsync(CancellationToken stop) => _change.RememberAsync(stop);

        public override async Task InjectAsync(CancellationToken stop)
        {
            await site.Host.Service.StopAsync(StopProcess.Patience, CancellationToken.None); // seen through, as in StopProcess
            await site.Host.Service.StartAsync(new Dictionary<string, string>(), stop);
        }

        public override Task<Sight> LookAsync(CancellationToken stop) => _change.LookAsync(stop);
    }
}
