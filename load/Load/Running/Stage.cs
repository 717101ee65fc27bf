using Microsoft.Extensions.Logging;

namespace ChaosLab.Load.Running;

/// <summary>A warm-up or the run that counts: what all its scenarios share.</summary>
internal sealed class Stage(StageClock clock, ScenarioOperation operation, int seed, TimeSpan maxLateness, TestInfo testInfo, ILogger logger, CancellationToken abandoned)
{
    private volatile string? _stopReason;

    public StageClock Clock => clock;
    public ScenarioOperation Operation => operation;
    public bool Counts => operation == ScenarioOperation.Bombing;
    public int Seed => seed;
    public long MaxLatenessNs { get; } = Schedules.Plan.Ns(maxLateness);
    public TestInfo TestInfo => testInfo;
    public ILogger Logger => logger;
    /// <summary>Cancelled when the stage no longer waits for running iterations.</summary>
    public CancellationToken Abandoned => abandoned;

    public bool Stopping => _stopReason is not null;
    public string? StopReason => _stopReason;
    public void Stop(string reason) => Interlocked.CompareExchange(ref _stopReason, reason, null);

    /// <summary>Trace ids of its requests.</summary>
    public required RequestTraces Traces { get; init; }
    /// <summary>Called with every finished request that counts.</summary>
    public Action<Sample>? SampleObserver { get; init; }
    /// <summary>Where samples are kept.</summary>
    public SampleLog? Samples { get; init; }
    /// <summary>The scenarios of the stage, so that one can stop another.</summary>
    public IReadOnlyList<ScenarioRun> Scenarios { get; set; } = [];

    public void StopScenario(string name, string reason)
    {
        foreach (var scenario in Scenarios)
            if (scenario.Props.ScenarioName == name)
                scenario.Stop();
        StageLog.ScenarioStopped(logger, name, reason);
    }
}

internal static partial class StageLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Scenario {Scenario} stops: {Reason}")]
    public static partial void ScenarioStopped(ILogger logger, string scenario, string reason);
}
