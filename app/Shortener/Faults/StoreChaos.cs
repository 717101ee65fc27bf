using Polly;
using Polly.Simmy;
using Polly.Simmy.Behavior;
using Polly.Simmy.Fault;
using Polly.Simmy.Latency;
using Polly.Simmy.Outcomes;

namespace ChaosLab.Shortener.Faults;

/// <summary>
/// The chaos strategies of a store pipeline. Which call is hurt is decided in the rate generator, because it alone knows the call:
/// it answers 1 or 0, and the randomizer answers 0, so that the seeded decision is the only chance involved.
/// </summary>
/// <param name="faults">The active faults.</param>
/// <param name="time">The clock.</param>
/// <param name="measured">Told of every completed injection and its measured dose.</param>
public sealed class StoreChaos(FaultList faults, TimeProvider time, Action<Fault, TimeSpan> measured)
{
    private static readonly ResiliencePropertyKey<Injection> Chosen = new("chaos");

    private sealed record Injection(Fault Fault, long Start);

    /// <summary>Adds all strategies, innermost in the pipeline. Faults come before delays: a call that will fail need not wait first.</summary>
    /// <param name="builder">The pipeline so far.</param>
    public void AddTo(ResiliencePipelineBuilder<object?> builder) => builder
        .AddChaosFault(Choose(FaultKind.Error, new ChaosFaultStrategyOptions
        {
            Name = "chaos-fault",
            FaultGenerator = call => ValueTask.FromResult<Exception?>(ErrorOf(call.Context)),
            OnFaultInjected = call => Complete(call.Context),
        }))
        .AddChaosOutcome(Choose(FaultKind.Outcome, new ChaosOutcomeStrategyOptions<object?>
        {
            Name = "chaos-outcome",
            OutcomeGenerator = static _ => ValueTask.FromResult<Outcome<object?>?>(Outcome.FromResult<object?>(null)),
            OnOutcomeInjected = call => Complete(call.Context),
        }))
        .AddChaosLatency(Choose(FaultKind.Latency, new ChaosLatencyStrategyOptions
        {
            Name = "chaos-latency",
            LatencyGenerator = call => ValueTask.FromResult(Of(call.Context).Fault.Dose()),
            OnLatencyInjected = call => Complete(call.Context),
        }))
        .AddChaosBehavior(Choose(FaultKind.Cpu, new ChaosBehaviorStrategyOptions
        {
            Name = "chaos-cpu",
            BehaviorGenerator = call => Burn(Of(call.Context), call.Context.CancellationToken),
            OnBehaviorInjected = call => Complete(call.Context),
        }));

    private TOptions Choose<TOptions>(FaultKind kind, TOptions options) where TOptions : ChaosStrategyOptions
    {
        options.EnabledGenerator = _ => ValueTask.FromResult(faults.MayHave(kind));
        options.Randomizer = static () => 0;
        options.InjectionRateGenerator = call =>
        {
            if (faults.Choose(kind, call.Context.OperationKey ?? "") is not { } fault) return ValueTask.FromResult(0.0);
            call.Context.Properties.Set(Chosen, new(fault, time.GetTimestamp()));
            return ValueTask.FromResult(1.0);
        };
        return options;
    }

    private static Injection Of(ResilienceContext context) => context.Properties.GetValue(Chosen, null!);

    private static Exception ErrorOf(ResilienceContext context) => Of(context).Fault.Order.Exception switch
    {
        "timeout" => new TimeoutException("injected: the store did not answer"),
        "io" => new IOException("injected: the connection to the store broke"),
        _ => new Stores.StoreException("injected: the store is unavailable", mayHaveWritten: false),
    };

    private ValueTask Burn(Injection injection, CancellationToken stop)
    {
        var dose = injection.Fault.Dose();
        while (time.GetElapsedTime(injection.Start) < dose)
        {
            stop.ThrowIfCancellationRequested();
            Thread.SpinWait(200);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Complete(ResilienceContext context)
    {
        var (fault, start) = Of(context);
        var dose = time.GetElapsedTime(start);
        fault.Complete(dose);
        measured(fault, dose);
        return ValueTask.CompletedTask;
    }
}
