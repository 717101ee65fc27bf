using ChaosLab.Load.Thresholds;

namespace ChaosLab.Load;

/// <summary>Something that must hold, looked at every reporting interval and once at the end.</summary>
public sealed class Threshold
{
    private readonly Func<ScenarioStats, ThresholdReading> _read;

    internal Threshold(string stepName, string expression, Func<ScenarioStats, ThresholdReading> read, int? abortWhenErrorCount, TimeSpan? startCheckAfter)
    {
        if (abortWhenErrorCount is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(abortWhenErrorCount));
        (StepName, Expression, _read) = (stepName, expression, read);
        (AbortWhenErrorCount, StartCheckAfter) = (abortWhenErrorCount, startCheckAfter ?? TimeSpan.Zero);
    }

    /// <summary>Step it looks at; empty for the whole scenario.</summary>
    public string StepName { get; }
    /// <summary>What is asked, in words for the report.</summary>
    public string Expression { get; }
    /// <summary>So many failed checks stop the test; null for never.</summary>
    public int? AbortWhenErrorCount { get; }
    /// <summary>No check before this much of the run is over.</summary>
    public TimeSpan StartCheckAfter { get; }

    /// <summary>Checks the scenario's figures.</summary>
    public static Threshold Create(Func<ScenarioStats, bool> checkScenario, int? abortWhenErrorCount = null, TimeSpan? startCheckAfter = null)
    {
        ArgumentNullException.ThrowIfNull(checkScenario);
        return new Threshold("", "check on scenario", stats => stats.AllRequestCount == 0
            ? ThresholdReading.NoData
            : new ThresholdReading(checkScenario(stats), $"{stats.AllOkCount} ok, {stats.AllFailCount} failed"), abortWhenErrorCount, startCheckAfter);
    }

    /// <summary>Checks one step's figures.</summary>
    public static Threshold Create(string stepName, Func<StepStats, bool> checkStep, int? abortWhenErrorCount = null, TimeSpan? startCheckAfter = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stepName);
        ArgumentNullException.ThrowIfNull(checkStep);
        return new Threshold(stepName, $"check on step {stepName}", stats => stats.StepStats.Find(stepName) is { } step
            ? new ThresholdReading(checkStep(step), $"{step.Ok.Request.Count} ok, {step.Fail.Request.Count} failed")
            : ThresholdReading.NoData, abortWhenErrorCount, startCheckAfter);
    }

    /// <summary>A check written as text, as in JSON.</summary>
    /// <param name="kind">OkRequest, FailRequest, OkLatency, OkDataTransfer, StatusCode, Lateness or Undelivered.</param>
    /// <param name="expression">E.g. <c>P99 &lt; 50ms</c>, <c>Percent &gt;= 99.9</c>, <c>RPS &gt;= 30</c>.</param>
    /// <param name="stepName">Step to look at; empty for the whole scenario.</param>
    /// <param name="statusCode">The code, for <c>StatusCode</c>.</param>
    /// <param name="abortWhenErrorCount">So many failed checks stop the test; null for never.</param>
    /// <param name="startCheckAfter">No check before this.</param>
    /// <exception cref="FormatException">It cannot be read; the message says what would be right.</exception>
    public static Threshold Parse(string kind, string expression, string stepName = "", string statusCode = "", int? abortWhenErrorCount = null, TimeSpan? startCheckAfter = null)
    {
        var read = ThresholdKinds.Read(kind, expression, stepName, statusCode, out var problem) ?? throw new FormatException(problem);
        var text = $"{(stepName.Length == 0 ? "" : stepName + " ")}{kind} {(statusCode.Length == 0 ? "" : statusCode + " ")}{expression}";
        return new Threshold(stepName, text, read, abortWhenErrorCount, startCheckAfter);
    }

    internal ThresholdReading Read(ScenarioStats stats) => _read(stats);
}

/// <summary>One look at a threshold. No data never holds.</summary>
internal readonly record struct ThresholdReading(bool Holds, string Measured)
{
    public static ThresholdReading NoData => new(false, "no data");
}
