namespace ChaosLab.Load;

/// <summary>Takes figures elsewhere while the run goes on.</summary>
public interface IReportingSink : IDisposable
{
    /// <summary>Name for messages.</summary>
    string SinkName { get; }
    /// <summary>Before anything runs; an exception stops the test.</summary>
    Task Start(TestInfo test);
    /// <summary>Every reporting interval; an exception is only logged.</summary>
    Task SaveRealtimeStats(ScenarioStats[] stats);
    /// <summary>At the end; an exception is only logged.</summary>
    Task SaveFinalStats(NodeStats stats);
}
