using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Faults;

/// <summary>Store calls take longer (Simmy latency inside the shortener).</summary>
/// <param name="Rate">Share of calls, above 0 to 1.</param>
/// <param name="Delay">Added to each.</param>
/// <param name="Jitter">Spread around it, by the seed.</param>
/// <param name="Operations">Store operations; empty: all.</param>
public sealed record AppLatency(double Rate, TimeSpan Delay, TimeSpan Jitter, IReadOnlyList<string> Operations) : Fault
{
    internal static FaultKind InCatalogue { get; } = new("app-latency", "Store calls of the shortener take longer", ["app"],
        [AppInjection.RateKey, AppInjection.OperationsKey, new("delay", "1ms to 60s, required"), new("jitter", "0 to `delay`, default 0")])
    {
        Read = (dose, _) =>
        {
            var delay = dose.Duration("delay", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), "Write delay: 200ms");
            var jitter = dose.Duration("jitter", TimeSpan.Zero, delay ?? TimeSpan.FromMinutes(1)) ?? TimeSpan.Zero;
            var (rate, operations) = (AppInjection.Rate(dose), dose.Words("operations", AppInjection.Operations));
            return delay is { } known ? new AppLatency(rate, known, jitter, operations) : null;
        },
    };

    /// <inheritdoc/>
    public override string Kind => "app-latency";

    /// <inheritdoc/>
    public override string Dose => $"{AppInjection.Say(Rate, Operations)} take {Units.Say(Delay)} ± {Units.Say(Jitter)} longer";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) =>
        new Injected(site, AppInjection.Request("latency", Rate, Operations) with { Delay = Delay, Jitter = Jitter }, Delay);

    // A delay beyond the store's timeout is cut off there, which is what an experiment about timeouts wants to see: it
    // never completes. So either 80 % of the delay was measured, or calls were cut off inside a delay that was begun.
    private sealed class Injected(FaultSite site, AppFaultRequest request, TimeSpan delay) : AppInjection(site, request, delay * 0.8)
    {
        protected override bool Bites(AppFaultSight sight) => base.Bites(sight) || (sight.Completed == 0 && sight.DoseMaxSeconds > 0);
    }
}
