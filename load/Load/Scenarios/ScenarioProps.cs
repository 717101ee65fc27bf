using ChaosLab.Load.Raw;

namespace ChaosLab.Load;

/// <summary>Everything known about a scenario before it runs. Each <c>With…</c> returns a new one.</summary>
public sealed record ScenarioProps
{
    internal ScenarioProps() { }

    /// <summary>Unique name.</summary>
    public string ScenarioName { get; internal init; } = "";
    /// <summary>Stretches of load in their order; default one copy for a minute.</summary>
    public IReadOnlyList<LoadSimulation> LoadSimulations { get; internal init; } = [Simulation.KeepConstant(1, TimeSpan.FromMinutes(1))];
    /// <summary>Warm-up whose figures are thrown away; default 30 s, zero for none.</summary>
    public TimeSpan WarmUpDuration { get; internal init; } = TimeSpan.FromSeconds(30);
    /// <summary>True when a failed step ends its iteration; default true.</summary>
    public bool RestartIterationOnFail { get; internal init; } = true;
    /// <summary>So many failed iterations stop the test at once; default 5,000.</summary>
    public int MaxFailCount { get; internal init; } = 5_000;
    /// <summary>Share in a weighted mix, 1 or more; null when the scenario is not part of one.</summary>
    public int? Weight { get; internal init; }
    /// <summary>What must hold.</summary>
    public IReadOnlyList<Threshold> Thresholds { get; internal init; } = [];
    /// <summary>Upper bound of iterations in flight in the open model; null for the runner's.</summary>
    public int? MaxInFlight { get; internal init; }

    internal Func<IScenarioContext, Task<IResponse>>? Run { get; init; }
    internal Func<RawRequests>? Requests { get; init; }
    internal RawRequests? DeclaredRequests { get; init; }
    internal Func<IScenarioInitContext, Task>? Init { get; init; }
    internal Func<IScenarioInitContext, Task>? Clean { get; init; }
    internal string CustomSettingsJson { get; init; } = "{}";

    /// <summary>Work before the warm-up; an exception stops the test.</summary>
    public ScenarioProps WithInit(Func<IScenarioInitContext, Task> init) => this with { Init = init };
    /// <summary>Work after the load; an exception is only logged.</summary>
    public ScenarioProps WithClean(Func<IScenarioInitContext, Task> clean) => this with { Clean = clean };
    /// <summary>Runs the same load for this long first and forgets its figures; at most the scenario's duration.</summary>
    public ScenarioProps WithWarmUpDuration(TimeSpan duration) => this with { WarmUpDuration = duration };
    /// <summary>Measures from the first request.</summary>
    public ScenarioProps WithoutWarmUp() => this with { WarmUpDuration = TimeSpan.Zero };
    /// <summary>Sets the load.</summary>
    public ScenarioProps WithLoadSimulations(params LoadSimulation[] simulations) => this with { LoadSimulations = [.. simulations] };
    /// <summary>Whether a failed step ends its iteration.</summary>
    public ScenarioProps WithRestartIterationOnFail(bool restart) => this with { RestartIterationOnFail = restart };
    /// <summary>After so many failed iterations (≥ 1) the test stops.</summary>
    public ScenarioProps WithMaxFailCount(int count) => this with { MaxFailCount = count };
    /// <summary>Sets what must hold.</summary>
    public ScenarioProps WithThresholds(params Threshold[] thresholds) => this with { Thresholds = [.. thresholds] };
    /// <summary>Makes it part of a weighted mix: all scenarios with a weight share one load.</summary>
    public ScenarioProps WithWeight(int weight) => this with { Weight = weight };
    /// <summary>Bounds the iterations (so the connections) in flight; what arrives beyond waits and is charged for it.</summary>
    public ScenarioProps WithMaxInFlight(int count) => this with { MaxInFlight = count };
}
