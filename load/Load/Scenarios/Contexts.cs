using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Load;

/// <summary>What user code sees of the run during an iteration. Not shared: one per copy.</summary>
public interface IScenarioContext
{
    /// <summary>The test this belongs to.</summary>
    TestInfo TestInfo { get; }
    /// <summary>The scenario and the copy that runs it.</summary>
    ScenarioInfo ScenarioInfo { get; }
    /// <summary>The machine.</summary>
    NodeInfo NodeInfo { get; }
    /// <summary>Log of the run.</summary>
    ILogger Logger { get; }
    /// <summary>Iterations of this copy so far, from 1.</summary>
    long InvocationNumber { get; }
    /// <summary>Number of this arrival in the plan, from 0; the same in every run of the same plan.</summary>
    long ArrivalNumber { get; }
    /// <summary>Values for this iteration; emptied before each.</summary>
    Dictionary<string, object> Data { get; }
    /// <summary>Values for the life of this copy.</summary>
    Dictionary<string, object> ScenarioInstanceData { get; }
    /// <summary>Cancelled when the run gives up waiting for the last iterations.</summary>
    CancellationToken ScenarioCancellationToken { get; }
    /// <summary>Chance that depends only on the run's seed and the arrival number, so a run can be repeated.</summary>
    Random Random { get; }
    /// <summary>Says what the step is about to send and gives the value of its <c>traceparent</c> header, so that reports can
    /// name the request and its trace. Say it before the step waits for the first time; a step that sends several requests
    /// gives them all the same value.</summary>
    /// <param name="path">Path and query, for people.</param>
    string Traceparent(string path);
    /// <summary>Ends one scenario; its running iterations finish.</summary>
    void StopScenario(string scenarioName, string reason);
    /// <summary>Ends the whole test; running iterations finish.</summary>
    void StopCurrentTest(string reason);
    /// <summary>Time since the scenario's first intended start.</summary>
    TimeSpan GetScenarioTimerTime();
}

/// <summary>What init and clean see.</summary>
public interface IScenarioInitContext
{
    /// <summary>The test this belongs to.</summary>
    TestInfo TestInfo { get; }
    /// <summary>The scenario.</summary>
    ScenarioInfo ScenarioInfo { get; }
    /// <summary>The machine.</summary>
    NodeInfo NodeInfo { get; }
    /// <summary>The scenario's <c>CustomSettings</c> of the JSON configuration.</summary>
    IConfiguration CustomSettings { get; }
    /// <summary>The <c>GlobalCustomSettings</c> of the JSON configuration.</summary>
    IConfiguration GlobalCustomSettings { get; }
    /// <summary>Part of the data that this process serves; always 1 of 1, there are no clusters.</summary>
    ScenarioPartition ScenarioPartition { get; }
    /// <summary>Log of the run.</summary>
    ILogger Logger { get; }
}

/// <summary>Which copy of which scenario runs.</summary>
/// <param name="InstanceId">Scenario name and instance number.</param>
/// <param name="InstanceNumber">From 0; bounded by the number of iterations in flight, because copies are reused.</param>
/// <param name="ScenarioName">Name of the scenario.</param>
/// <param name="ScenarioDuration">Planned duration, pauses excluded.</param>
/// <param name="ScenarioOperation">What is going on.</param>
public sealed record ScenarioInfo(string InstanceId, int InstanceNumber, string ScenarioName, TimeSpan ScenarioDuration, ScenarioOperation ScenarioOperation);

/// <summary>What is going on with a scenario.</summary>
public enum ScenarioOperation
{
    /// <summary>Before the load.</summary>
    Init = 0,
    /// <summary>After the load.</summary>
    Clean = 1,
    /// <summary>Load whose figures are thrown away.</summary>
    WarmUp = 2,
    /// <summary>Load that counts.</summary>
    Bombing = 3,
}

/// <summary>Part of the data that a process serves.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Count">1 or more.</param>
public sealed record ScenarioPartition(int Number, int Count)
{
    /// <summary>The whole: 1 of 1.</summary>
    public static ScenarioPartition Empty { get; } = new(1, 1);
}
