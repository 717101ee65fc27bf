using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;

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
    // never completes. So either 80 % of the delay was measured, or none completed while the pipeline counted timeouts.
    private sealed class Injected(FaultSite site, AppFaultRequest request, TimeSpan delay) : AppInjection(site, request, delay * 0.8)
    {
        private readonly FaultSite _site = site;
        private long _timeoutsBefore;

        public override async Task<string?> RefusalAsync(CancellationToken stop)
        {
            _timeoutsBefore = await ResilienceView.TimeoutsAsync(_site.Host, stop);
            return await base.RefusalAsync(stop);
        }

        protected override async Task<Sight> JudgeAsync(AppFaultSight sight, string says, CancellationToken stop)
        {
            if (sight is not { Completed: 0, Intended: > 0 })
                return await base.JudgeAsync(sight, says, stop);
            var timeouts = await ResilienceView.TimeoutsAsync(_site.Host, stop) - _timeoutsBefore;
            return new Sight(timeouts > 0, $"{sight.Intended} of {sight.Executions} calls delayed, none to the end, {timeouts} store calls timed out");
        }
    }
}
