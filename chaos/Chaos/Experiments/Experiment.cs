using ChaosLab.Chaos.Faults;

namespace ChaosLab.Chaos.Experiments;

/// <summary>One experiment file, checked and typed. Obtained from <see cref="ExperimentFile.Load(string)"/>.</summary>
public sealed record Experiment
{
    /// <summary>File name without its ending; names the experiment everywhere.</summary>
    public required string Id { get; init; }

    /// <summary>Path as the person gave it.</summary>
    public required string File { get; init; }

    /// <summary>The claim in one sentence.</summary>
    public required string Title { get; init; }

    /// <summary>Free words to select experiments by; may be empty.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What must hold before, and from the first fault on. Never empty.</summary>
    public required IReadOnlyList<Expectation> Hypothesis { get; init; }

    /// <summary>The load that visitors put on the lab meanwhile.</summary>
    public required LoadPlan Load { get; init; }

    /// <summary>The faults in order of their time. Never empty.</summary>
    public required IReadOnlyList<PlannedFault> Faults { get; init; }

    /// <summary>What must hold besides; not asked of the baseline. May be empty.</summary>
    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    /// <summary>When to stop at once; null: never but by a person.</summary>
    public AbortRule? Abort { get; init; }

    /// <summary>Safeguards without which this experiment must turn to a weakness.</summary>
    public IReadOnlyList<Safeguard> ReliesOn { get; init; } = [];

    /// <summary>Topologies it can run on, such as <c>embedded</c>; empty: any that can do its faults.</summary>
    public IReadOnlyList<string> Topologies { get; init; } = [];

    /// <summary>Whether it says that it can run on a topology.</summary>
    public bool CanRunOn(string topology) => Topologies.Count == 0 || Topologies.Contains(topology);

    /// <summary>Settings of the lab that differ from its defaults during this experiment; may be empty.</summary>
    public IReadOnlyList<LabSetting> Settings { get; init; } = [];
}

/// <summary>The load of one experiment: an open model, arrivals do not wait for answers.</summary>
/// <param name="Scenario">Name of a visitor scenario, such as <c>follow-links</c>.</param>
/// <param name="Rate">Arrivals per second, 1 to 5000.</param>
/// <param name="For">Length after warm-up, 1 s to 1 h.</param>
/// <param name="WarmUp">Load before the first sample counts, 0 to 60 s.</param>
/// <param name="Arrivals">Evenly spaced, or random with the seed.</param>
/// <param name="Seed">Seed of everything random in the run; null: chosen and printed.</param>
/// <param name="Links">Links created before the load starts, 1 to 100 000.</param>
/// <param name="RequestTimeout">When a visitor gives up, 50 ms to 60 s.</param>
public sealed record LoadPlan(
    string Scenario, int Rate, TimeSpan For, TimeSpan WarmUp, Arrivals Arrivals, int? Seed, int Links, TimeSpan RequestTimeout);

/// <summary>How arrivals are spread.</summary>
public enum Arrivals
{
    /// <summary>Equal gaps.</summary>
    Even,

    /// <summary>Gaps at random, as independent visitors come.</summary>
    Random,
}

/// <summary>One fault on the timeline.</summary>
/// <param name="At">Start, measured from the first arrival after warm-up.</param>
/// <param name="For">Time from injection to undo, more than 0.</param>
/// <param name="Target">Which hosts.</param>
/// <param name="Fault">What to do to each of them.</param>
/// <param name="Line">Line in the file, from 1.</param>
public sealed record PlannedFault(TimeSpan At, TimeSpan For, Target Target, Fault Fault, int Line);

/// <summary>Which hosts a fault goes to.</summary>
public abstract record Target
{
    private Target() { }

    /// <summary><paramref name="Count"/> hosts of a role (1 or more), chosen by the seed.</summary>
    public sealed record Pick(string Role, int Count) : Target;

    /// <summary>Every host of a role; must be asked for in words.</summary>
    public sealed record All(string Role) : Target;

    /// <summary>One host by its name.</summary>
    public sealed record Named(string Name) : Target;

    /// <summary>The host of a role that holds something when the run begins, such as the database's primary.</summary>
    /// <param name="Role">The role.</param>
    /// <param name="Who">Of role <c>db</c>: <c>primary</c>, <c>sync-standby</c>, <c>replica</c>, <c>etcd-leader</c>, <c>etcd-follower</c>; of role <c>lb</c>: <c>vip</c>, <c>spare</c>.</param>
    public sealed record Holder(string Role, string Who) : Target;

    /// <summary>As written in journals: <c>1 of app</c>, <c>all of app</c>, <c>app2</c>, <c>primary of db</c>.</summary>
    public sealed override string ToString() => this switch
    {
        Pick pick => $"{pick.Count} of {pick.Role}",
        All all => $"all of {all.Role}",
        Named named => named.Name,
        Holder holder => $"{holder.Who} of {holder.Role}",
        _ => throw new InvalidOperationException("closed set"),
    };
}

/// <summary>The blast radius as a budget of failures that visitors see.</summary>
/// <param name="FailedRequests">Failed requests after which the run is stopped and healed, 1 or more.</param>
public sealed record AbortRule(int FailedRequests);
