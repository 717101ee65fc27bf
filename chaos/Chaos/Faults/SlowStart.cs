using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>Killed and started again, but not ready for a while: a cold start that balancer and deploy must sit out.</summary>
/// <param name="Delay">How long it says that it is not ready.</param>
public sealed record SlowStart(TimeSpan Delay) : Fault
{
    internal static FaultKind InCatalogue { get; } = new("slow-start", "Killed and started again, not ready for a while", ["app"],
        [new("delay", "how long it is not ready; 100ms to 5min, at most `for`; default: `for`")])
    {
        Read = (dose, length) =>
        {
            var delay = dose.Duration("delay", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)) ?? length ?? TimeSpan.FromSeconds(1);
            if (delay > length)
                dose.Problems.Add(dose.LineOf("delay"), $"the delay of {Units.Say(delay)} is longer than the fault", "Write a delay of at most `for`");
            return new SlowStart(delay);
        },
    };

    /// <inheritdoc/>
    public override string Kind => "slow-start";

    /// <inheritdoc/>
    public override string Dose => $"restarted, not ready for {Units.Say(Delay)}";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected(site, Delay);

    private sealed class Injected(FaultSite site, TimeSpan delay) : Injection
    {
        private readonly ProcessChange _change = new(site.Host.Service);

        // A slow starter gets ready by itself; one that did not start at all is started without the delay.
        public override UndoAction Undo => site.Host.Service.UndoOfDown;

        public override Task<string?> RefusalAsync(CancellationToken stop) => _change.RememberAsync(stop);

        public override async Task InjectAsync(CancellationToken stop)
        {
            await site.Host.Service.KillAsync(stop);
            await site.Host.Service.StartAsync(new Dictionary<string, string> { ["Chaos__StartDelay"] = delay.ToString("c") }, stop);
        }

        // Listening and not ready: without the second half a plain restart would count.
        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var change = await _change.LookAsync(stop);
            var health = await HostView.ReadHealthAsync(site.Host, stop);
            return new Sight(change.Bites && health == "503", $"{change.Says}, ready: {health}");
        }
    }
}
