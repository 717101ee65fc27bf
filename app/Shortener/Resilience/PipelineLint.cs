using ChaosLab.Shortener.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.Simmy;
using Polly.Testing;
using Polly.Timeout;

namespace ChaosLab.Shortener.Resilience;

/// <summary>
/// Rules over a pipeline as it was really built, checked at every start. Each stands for a mistake that was measured to leave the
/// safeguard without effect. A safeguard that is switched off on purpose is not asked for.
/// </summary>
public static class PipelineLint
{
    /// <summary>Refuses a pipeline that breaks a rule.</summary>
    /// <param name="name">Name of the pipeline.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="settings">Which safeguards are on.</param>
    /// <exception cref="InvalidOperationException">Names every broken rule.</exception>
    public static void Check(string name, ResiliencePipeline<object?> pipeline, Settings settings)
    {
        var broken = Problems(pipeline, settings.Breaker.Enabled, settings.TimeoutEnabled);
        if (broken.Count > 0) throw new InvalidOperationException($"pipeline {name}: {string.Join("; ", broken)}");
    }

    /// <summary>Every broken rule.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="wantsBreaker">A breaker is asked for.</param>
    /// <param name="wantsTimeouts">Timeouts are asked for.</param>
    /// <returns>Empty when all is well.</returns>
    public static IReadOnlyList<string> Problems(ResiliencePipeline<object?> pipeline, bool wantsBreaker = true, bool wantsTimeouts = true)
    {
        var layers = pipeline.GetPipelineDescriptor().Strategies.Select(static strategy => strategy.Options).ToList();
        var firstChaos = layers.FindIndex(static layer => layer is ChaosStrategyOptions);
        var breakerAt = layers.FindIndex(static layer => layer is CircuitBreakerStrategyOptions<object?>);
        var breaker = breakerAt < 0 ? null : (CircuitBreakerStrategyOptions<object?>)layers[breakerAt]!;
        var outside = Timeouts(layers.Take(breakerAt < 0 ? 1 : breakerAt));
        var inside = Timeouts(layers.Skip(breakerAt < 0 ? 1 : breakerAt + 1));
        List<string> broken = [];

        if (firstChaos >= 0 && layers.Skip(firstChaos).Any(static layer => layer is not ChaosStrategyOptions))
            broken.Add("chaos must be innermost, else the layers inside it never meet the fault");
        if (wantsBreaker && breaker is null) broken.Add("there is no breaker");
        if (breaker is not null)
        {
            if (breaker.StateProvider is null) broken.Add("the breaker has no state provider, nobody can see its state");
            if (string.IsNullOrEmpty(breaker.Name)) broken.Add("the breaker has no name");
            if (breaker.FailureRatio <= 0) broken.Add("a failure ratio of 0 opens on one failure in a hundred");
            if (breaker.ShouldHandle.Method.DeclaringType?.Assembly == typeof(ResiliencePipeline).Assembly) broken.Add("the breaker has no ShouldHandle of its own");
        }

        if (wantsTimeouts && inside.Count == 0) broken.Add("there is no attempt timeout inside the breaker: a hanging call would never open it");
        if (wantsTimeouts && outside.Count == 0) broken.Add("there is no deadline outside the breaker");
        if (inside.Count > 0 && outside.Count > 0 && inside.Max() >= outside.Min()) broken.Add("the attempt timeout must be shorter than the deadline");
        if (inside.Count > 0 && breaker is not null && inside.Max() >= breaker.BreakDuration) broken.Add("the attempt timeout must be shorter than the break");
        return broken;
    }

    private static List<TimeSpan> Timeouts(IEnumerable<ResilienceStrategyOptions?> layers) =>
        [.. layers.OfType<TimeoutStrategyOptions>().Select(static layer => layer.Timeout)];
}
