namespace ChaosLab.Chaos.Bottleneck;

/// <summary>Everything the verdict is drawn from: it can be drawn again from the record.</summary>
/// <param name="Users">N.</param>
/// <param name="Baseline">The undisturbed reading.</param>
/// <param name="Laws">Operational laws that do not agree, in words; empty: all agree.</param>
/// <param name="Components">What was looked at and dosed.</param>
/// <param name="MachineBusy">Mean share of the machine's cores in use over the whole experiment, 0 to 1.</param>
/// <param name="LabShare">Share of that use that was the lab's own, 0 to 1.</param>
/// <param name="Discarded">Blocks thrown away because of failures or breaker events.</param>
public sealed record VerdictInputs(
    int Users, Reading Baseline, IReadOnlyList<string> Laws, IReadOnlyList<Component> Components, double MachineBusy, double LabShare, int Discarded)
{
    /// <summary>Knobs that were turned and told nothing; empty: all told.</summary>
    public IReadOnlyList<UnmeasuredKnob> Unmeasured { get; init; } = [];

    /// <summary>Σe over what was dosed. With every time of the round dosed it would be −1 (closed load: X is homogeneous of degree −1 in all times).</summary>
    public double SumOfTimes => Components.Sum(component => component.Time?.Value ?? 0);

    /// <summary>Share of a round that is spent in none of the components (protocol, kernel, balancer), as measured; 0 to 1. Nobody doses it.</summary>
    public double UndosedShare
    {
        get
        {
            var known = Components.Sum(component => Baseline.Of(component.Kind, component.Instance).Sum(resource => resource.Own + resource.Waiting));
            return Math.Clamp(1 - (known / Users), 0, 1);
        }
    }
}

/// <summary>A knob of which no block could be used.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="IsTime">The time in a component; else its capacity.</param>
public sealed record UnmeasuredKnob(string Name, bool IsTime);

/// <summary>What limits.</summary>
public enum Limit
{
    /// <summary>The load generator.</summary>
    Generator,

    /// <summary>The numbers contradict each other.</summary>
    Instrumentation,

    /// <summary>A resource.</summary>
    Resource,

    /// <summary>The processors of the whole machine.</summary>
    SharedProcessor,

    /// <summary>Nothing: every request just takes its time.</summary>
    Nothing,

    /// <summary>Something that is not in the topology.</summary>
    Unmodelled,

    /// <summary>It cannot be told.</summary>
    Inconclusive,
}

/// <summary>The verdict.</summary>
/// <param name="Limit">What kind of limit.</param>
/// <param name="Component">The resource; null unless <see cref="Limit.Resource"/>.</param>
/// <param name="Because">The evidence, one sentence each.</param>
/// <param name="Confidence"><c>high</c>, <c>medium</c> or <c>low</c>; <c>none</c> where it cannot be told.</param>
public sealed record BottleneckVerdict(Limit Limit, Component? Component, IReadOnlyList<string> Because, string Confidence)
{
    /// <summary>The word of <c>--guess</c>: generator, instrumentation, pool, slots, lock, cpu, hot-row, missing-index, slow-replica, database, row, nothing, unmodelled or inconclusive.</summary>
    public string Word => Limit switch
    {
        Limit.Resource => Component!.Word,
        Limit.SharedProcessor => "machine",
        _ => Limit.ToString().ToLowerInvariant(),
    };
}
