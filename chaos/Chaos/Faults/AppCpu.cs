using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Faults;

/// <summary>Store calls burn CPU before they go on (Simmy behaviour inside the shortener).</summary>
/// <param name="Rate">Share of calls, above 0 to 1.</param>
/// <param name="Burn">CPU time burnt by each.</param>
/// <param name="Operations">Store operations; empty: all.</param>
public sealed record AppCpu(double Rate, TimeSpan Burn, IReadOnlyList<string> Operations) : Fault
{
    internal static FaultKind InCatalogue { get; } = new("app-cpu", "Store calls of the shortener burn CPU", ["app"],
        [AppInjection.RateKey, AppInjection.OperationsKey, new("burn", "time burnt per call, 1ms to 10s, required")])
    {
        Read = (dose, _) =>
        {
            var burn = dose.Duration("burn", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), "Write burn: 20ms");
            var (rate, operations) = (AppInjection.Rate(dose), dose.Words("operations", AppInjection.Operations));
            return burn is { } known ? new AppCpu(rate, known, operations) : null;
        },
    };

    /// <inheritdoc/>
    public override string Kind => "app-cpu";

    /// <inheritdoc/>
    public override string Dose => $"{AppInjection.Say(Rate, Operations)} burn {Units.Say(Burn)} of CPU";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) =>
        new AppInjection(site, AppInjection.Request("cpu", Rate, Operations) with { Delay = Burn }, Burn * 0.8);
}
