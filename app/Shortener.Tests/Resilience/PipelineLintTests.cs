using ChaosLab.Shortener.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Simmy;

namespace ChaosLab.Shortener.Tests.Resilience;

public class PipelineLintTests
{
    private static CircuitBreakerStrategyOptions<object?> Breaker(Action<CircuitBreakerStrategyOptions<object?>>? change = null)
    {
        var options = new CircuitBreakerStrategyOptions<object?> { Name = "breaker", StateProvider = new(), ShouldHandle = static call => new(call.Outcome.Exception is not null) };
        change?.Invoke(options);
        return options;
    }

    private static ResiliencePipeline<object?> Pipeline(Action<ResiliencePipelineBuilder<object?>> build)
    {
        var builder = new ResiliencePipelineBuilder<object?>();
        build(builder);
        return builder.Build();
    }

    [Fact]
    public void The_order_of_the_design_passes() => Assert.Empty(PipelineLint.Problems(Pipeline(b => b
        .AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(Breaker()).AddTimeout(TimeSpan.FromSeconds(0.5)).AddChaosFault(0.1, () => new IOException()))));

    public static TheoryData<string, ResiliencePipeline<object?>> Broken => new()
    {
        { "innermost", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddChaosFault(0.1, () => new IOException()).AddCircuitBreaker(Breaker()).AddTimeout(TimeSpan.FromSeconds(0.5))) },
        { "no breaker", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddTimeout(TimeSpan.FromSeconds(0.5))) },
        { "inside the breaker", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(Breaker())) },
        { "no deadline", Pipeline(b => b.AddCircuitBreaker(Breaker()).AddTimeout(TimeSpan.FromSeconds(0.5))) },
        { "shorter than the deadline", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(Breaker()).AddTimeout(TimeSpan.FromSeconds(1))) },
        { "shorter than the break", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(9)).AddCircuitBreaker(Breaker()).AddTimeout(TimeSpan.FromSeconds(5))) },
        { "state provider", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(Breaker(o => o.StateProvider = null)).AddTimeout(TimeSpan.FromSeconds(0.5))) },
        { "no name", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(Breaker(o => o.Name = null)).AddTimeout(TimeSpan.FromSeconds(0.5))) },
        { "ratio of 0", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(Breaker(o => o.FailureRatio = 0)).AddTimeout(TimeSpan.FromSeconds(0.5))) },
        { "ShouldHandle", Pipeline(b => b.AddTimeout(TimeSpan.FromSeconds(1)).AddCircuitBreaker(new CircuitBreakerStrategyOptions<object?> { Name = "b", StateProvider = new() }).AddTimeout(TimeSpan.FromSeconds(0.5))) },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void A_pipeline_without_effect_is_refused(string reason, ResiliencePipeline<object?> pipeline) =>
        Assert.Contains(reason, Assert.Single(PipelineLint.Problems(pipeline)), StringComparison.Ordinal);
}
