using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;
using Polly.Timeout;

namespace ChaosLab.Shortener.Resilience;

/// <summary>
/// The pipelines around the store, outermost first: deadline, breaker, attempt timeout, chaos, the call. Reads and writes fail on
/// their own (a primary that went read-only must not stop redirects), so each has its own.
/// </summary>
public sealed class StorePipelines
{
    /// <summary>Builds both and refuses to go on when they break a rule of <see cref="PipelineLint"/>.</summary>
    /// <param name="settings">Times and switches.</param>
    /// <param name="chaos">The chaos strategies.</param>
    /// <param name="time">The clock of every strategy.</param>
    public StorePipelines(Settings settings, StoreChaos chaos, TimeProvider time)
    {
        Read = new("store-read", settings, chaos, time);
        Write = new("store-write", settings, chaos, time);
    }

    /// <summary>Around <c>link.get</c>, <c>link.inspect</c>, <c>link.by-key</c>.</summary>
    public StorePipeline Read { get; }

    /// <summary>Around <c>link.insert</c>, <c>link.delete</c>, <c>clicks.add</c>.</summary>
    public StorePipeline Write { get; }
}

/// <summary>One pipeline with its breaker's watch.</summary>
public sealed class StorePipeline
{
    private readonly ResiliencePipeline<object?> _pipeline;

    /// <summary>Builds and lints it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Times and switches.</param>
    /// <param name="chaos">The chaos strategies.</param>
    /// <param name="time">The clock of every strategy.</param>
    public StorePipeline(string name, Settings settings, StoreChaos chaos, TimeProvider time)
    {
        Watch = new(name, settings.Breaker.Enabled, time);
        var builder = new ResiliencePipelineBuilder<object?> { Name = name, InstanceName = settings.InstanceName, TimeProvider = time };
        // Metrics of Polly's own meter; its log lines would be one a call.
        builder.ConfigureTelemetry(new TelemetryOptions { LoggerFactory = NullLoggerFactory.Instance });
        if (settings.TimeoutEnabled) builder.AddTimeout(Timeout("deadline", settings.Store.Deadline));
        if (settings.Breaker.Enabled) builder.AddCircuitBreaker(Breaker(settings.Breaker));
        if (settings.TimeoutEnabled) builder.AddTimeout(Timeout("attempt", settings.Store.AttemptTimeout));
        chaos.AddTo(builder);
        _pipeline = builder.Build();
        PipelineLint.Check(name, _pipeline, settings);
    }

    /// <summary>What is known about the pipeline.</summary>
    public CircuitWatch Watch { get; }

    /// <summary>Runs a call. The visitor's own abort is kept out: a visitor who leaves during the probe would close the circuit.</summary>
    /// <typeparam name="TState">What the call needs.</typeparam>
    /// <param name="operation">Name of the call, from a small closed set.</param>
    /// <param name="call">The call; must honour its token.</param>
    /// <param name="state">Handed to the call.</param>
    /// <returns>What the call yields, or why it failed.</returns>
    public async ValueTask<Outcome<object?>> ExecuteAsync<TState>(string operation, Func<TState, CancellationToken, ValueTask<object?>> call, TState state)
    {
        Watch.Executing();
        var context = ResilienceContextPool.Shared.Get(operation, CancellationToken.None);
        try
        {
            // Failures travel through the layers as values; thrown once, at the end, they cost a fraction.
            var outcome = await _pipeline.ExecuteOutcomeAsync(static (context, it) => CallAsync(it.call, it.state, context.CancellationToken), context, (call, state));
            if (outcome.Exception is BrokenCircuitException) Watch.Rejected();
            else if (outcome.Exception is not null) Watch.Failed(outcome.Exception);
            return outcome;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static async ValueTask<Outcome<object?>> CallAsync<TState>(Func<TState, CancellationToken, ValueTask<object?>> call, TState state, CancellationToken stop)
    {
        try
        {
            return Outcome.FromResult<object?>(await call(state, stop));
        }
        catch (Exception e)
        {
            return Outcome.FromException<object?>(e);
        }
    }

    private TimeoutStrategyOptions Timeout(string name, TimeSpan after) => new()
    {
        Name = name,
        Timeout = after,
        OnTimeout = _ =>
        {
            Watch.TimedOut();
            return default;
        },
    };

    private CircuitBreakerStrategyOptions<object?> Breaker(BreakerSettings settings) => new()
    {
        Name = "breaker",
        FailureRatio = settings.FailureRatio,
        MinimumThroughput = settings.MinimumThroughput,
        SamplingDuration = settings.SamplingDuration,
        BreakDuration = settings.BreakDuration,
        StateProvider = Watch.Provider,
        ShouldHandle = static call => ValueTask.FromResult(call.Outcome.Exception is not (null or OperationCanceledException)),
        OnOpened = _ => Note(Watch.Opened),
        OnHalfOpened = _ => Note(Watch.HalfOpened),
        OnClosed = _ => Note(Watch.Closed),
    };

    private static ValueTask Note(Action what)
    {
        what();
        return default;
    }
}
