namespace ChaosLab.Load;

/// <summary>Figures of a whole run.</summary>
public sealed record NodeStats
{
    /// <summary>One per scenario, in the order of registration.</summary>
    public required ScenarioStats[] ScenarioStats { get; init; }
    /// <summary>Every threshold with its measured value.</summary>
    public ThresholdResult[] Thresholds { get; init; } = [];
    /// <summary>The machine.</summary>
    public required NodeInfo NodeInfo { get; init; }
    /// <summary>The test.</summary>
    public required TestInfo TestInfo { get; init; }
    /// <summary>Reports written.</summary>
    public ReportFile[] ReportFiles { get; init; } = [];
    /// <summary>Executed duration, pauses excluded.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Finished iterations.</summary>
    public int AllRequestCount => ScenarioStats.Sum(s => s.AllRequestCount);
    /// <summary>Iterations that succeeded.</summary>
    public int AllOkCount => ScenarioStats.Sum(s => s.AllOkCount);
    /// <summary>Iterations that failed.</summary>
    public int AllFailCount => ScenarioStats.Sum(s => s.AllFailCount);
    /// <summary>Bytes transferred.</summary>
    public long AllBytes => ScenarioStats.Sum(s => s.AllBytes);
}

/// <summary>Figures of one scenario.</summary>
public sealed record ScenarioStats
{
    /// <summary>Name of the scenario.</summary>
    public required string ScenarioName { get; init; }
    /// <summary>Iterations that succeeded.</summary>
    public required MeasurementStats Ok { get; init; }
    /// <summary>Iterations that failed.</summary>
    public required MeasurementStats Fail { get; init; }
    /// <summary>One per step, in the order of first use.</summary>
    public required StepStats[] StepStats { get; init; }
    /// <summary>The load at the moment of these figures.</summary>
    public required LoadSimulationStats LoadSimulationStats { get; init; }
    /// <summary>What is going on.</summary>
    public OperationType CurrentOperation { get; init; }
    /// <summary>Executed duration, pauses excluded.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Arrivals of the open model by what became of them.</summary>
    public required ArrivalStats Arrivals { get; init; }
    /// <summary>Finished iterations.</summary>
    public int AllRequestCount => Ok.Request.Count + Fail.Request.Count;
    /// <summary>Iterations that succeeded.</summary>
    public int AllOkCount => Ok.Request.Count;
    /// <summary>Iterations that failed.</summary>
    public int AllFailCount => Fail.Request.Count;
    /// <summary>Bytes transferred.</summary>
    public long AllBytes => Ok.DataTransfer.AllBytes + Fail.DataTransfer.AllBytes;
}

/// <summary>What became of the planned arrivals.</summary>
/// <param name="Planned">Arrivals that the plan held up to the end (or the stop).</param>
/// <param name="Delivered">Arrivals that started.</param>
/// <param name="Undelivered">Arrivals that were too late to be started: counted, never hidden.</param>
/// <param name="Unfinished">Started iterations that had not ended when the run gave up waiting; each counts as failed.</param>
/// <param name="Lateness">How late the generator itself was: actual start − the moment it could have started.</param>
/// <param name="Waiting">How long arrivals waited for a free copy because too many were in flight.</param>
public sealed record ArrivalStats(long Planned, long Delivered, long Undelivered, long Unfinished, LatencyStats Lateness, LatencyStats Waiting);

/// <summary>Figures of one step.</summary>
public sealed record StepStats
{
    /// <summary>Name of the step.</summary>
    public required string StepName { get; init; }
    /// <summary>Runs that succeeded.</summary>
    public required MeasurementStats Ok { get; init; }
    /// <summary>Runs that failed.</summary>
    public required MeasurementStats Fail { get; init; }
    /// <summary>Order of first use, from 0.</summary>
    public int SortIndex { get; init; }
}

/// <summary>Figures of the successes or the failures.</summary>
public sealed record MeasurementStats
{
    /// <summary>How many and how often.</summary>
    public required RequestStats Request { get; init; }
    /// <summary>Response time, from the intended start.</summary>
    public required LatencyStats Latency { get; init; }
    /// <summary>Service time, from the actual start.</summary>
    public required LatencyStats ServiceTime { get; init; }
    /// <summary>Bytes per request.</summary>
    public required DataTransferStats DataTransfer { get; init; }
    /// <summary>By status code, most frequent first.</summary>
    public StatusCodeStats[] StatusCodes { get; init; } = [];
}

/// <summary>How many and how often.</summary>
/// <param name="Count">0 or more.</param>
/// <param name="RPS">Count ÷ executed duration (at least 1 s).</param>
/// <param name="Percent">Share of all, 0–100, rounded.</param>
public sealed record RequestStats(int Count, double RPS, int Percent)
{
    /// <summary>Share of all, 0–100, not rounded: what thresholds compare.</summary>
    public double ExactPercent { get; init; } = Percent;
}

/// <summary>Durations in ms.</summary>
public sealed record LatencyStats
{
    /// <summary>The counts behind the figures: any percentile can be asked for.</summary>
    public required Histogram Histogram { get; init; }
    /// <summary>Shortest.</summary>
    public double MinMs => Histogram.Min / 1e6;
    /// <summary>Mean.</summary>
    public double MeanMs => Histogram.Mean / 1e6;
    /// <summary>Longest.</summary>
    public double MaxMs => Histogram.Max / 1e6;
    /// <summary>Median.</summary>
    public double Percent50 => PercentileMs(50);
    /// <summary>75th percentile.</summary>
    public double Percent75 => PercentileMs(75);
    /// <summary>90th percentile.</summary>
    public double Percent90 => PercentileMs(90);
    /// <summary>95th percentile.</summary>
    public double Percent95 => PercentileMs(95);
    /// <summary>99th percentile.</summary>
    public double Percent99 => PercentileMs(99);
    /// <summary>Standard deviation.</summary>
    public double StdDev => Histogram.StdDev / 1e6;
    /// <summary>Three coarse classes.</summary>
    public LatencyCount LatencyCount
    {
        get
        {
            var (fast, all) = ((int)Histogram.CountUpTo(800_000_000), (int)Histogram.Count);
            var slow = all - (int)Histogram.CountUpTo(1_199_999_999);
            return new LatencyCount(fast, all - fast - slow, slow);
        }
    }

    /// <summary>Any percentile, in ms.</summary>
    /// <param name="q">0 to 100.</param>
    public double PercentileMs(double q) => Histogram.Percentile(q) / 1e6;
}

/// <summary>Requests by coarse duration.</summary>
/// <param name="LessOrEq800">Up to 800 ms.</param>
/// <param name="More800Less1200">Between.</param>
/// <param name="MoreOrEq1200">1,200 ms and more.</param>
public sealed record LatencyCount(int LessOrEq800, int More800Less1200, int MoreOrEq1200);

/// <summary>Bytes per request.</summary>
public sealed record DataTransferStats
{
    /// <summary>The counts behind the figures.</summary>
    public required Histogram Histogram { get; init; }
    /// <summary>Sum of all.</summary>
    public long AllBytes { get; init; }
    /// <summary>Fewest.</summary>
    public long MinBytes => Histogram.Min;
    /// <summary>Mean.</summary>
    public long MeanBytes => (long)Histogram.Mean;
    /// <summary>Most.</summary>
    public long MaxBytes => Histogram.Max;
    /// <summary>Median.</summary>
    public long Percent50 => Histogram.Percentile(50);
    /// <summary>75th percentile.</summary>
    public long Percent75 => Histogram.Percentile(75);
    /// <summary>95th percentile.</summary>
    public long Percent95 => Histogram.Percentile(95);
    /// <summary>99th percentile.</summary>
    public long Percent99 => Histogram.Percentile(99);
    /// <summary>Standard deviation.</summary>
    public double StdDev => Histogram.StdDev;
}

/// <summary>Figures of one status code. A class, so that <c>Find("200")?.Percent &gt;= 80</c> reads as meant.</summary>
public sealed class StatusCodeStats
{
    /// <summary>The code.</summary>
    public required string StatusCode { get; init; }
    /// <summary>Whether it counts as failure.</summary>
    public bool IsError { get; init; }
    /// <summary>Last message seen with it.</summary>
    public string Message { get; init; } = "";
    /// <summary>How many.</summary>
    public int Count { get; init; }
    /// <summary>Share of all requests, 0–100, rounded.</summary>
    public int Percent { get; init; }
    /// <summary>Share of all requests, 0–100, not rounded.</summary>
    public double ExactPercent { get; init; }
}

/// <summary>One threshold and what was measured.</summary>
/// <param name="ScenarioName">Scenario it belongs to.</param>
/// <param name="StepName">Step it looks at; empty for the whole scenario.</param>
/// <param name="CheckExpression">What was asked.</param>
/// <param name="Measured">What was found; "no data" when there was none.</param>
/// <param name="ErrorCount">How many checks failed during the run.</param>
/// <param name="IsFailed">Whether the last check failed (or the threshold stopped the run).</param>
/// <param name="ExceptionMsg">Message of a check that threw; empty otherwise.</param>
public sealed record ThresholdResult(string ScenarioName, string StepName, string CheckExpression, string Measured,
    int ErrorCount, bool IsFailed, string ExceptionMsg);

/// <summary>The load at one moment.</summary>
/// <param name="SimulationName">E.g. <c>inject</c>.</param>
/// <param name="Value">Copies, or arrivals per interval.</param>
public sealed record LoadSimulationStats(string SimulationName, int Value);

/// <summary>A report that was written.</summary>
/// <param name="FilePath">Where.</param>
/// <param name="ReportFormat">In what form.</param>
/// <param name="ReportContent">Its text.</param>
public sealed record ReportFile(string FilePath, ReportFormat ReportFormat, string ReportContent);

/// <summary>Forms of reports.</summary>
public enum ReportFormat
{
    /// <summary>Plain text.</summary>
    Txt = 0,
    /// <summary>One static page.</summary>
    Html = 1,
    /// <summary>A line a step.</summary>
    Csv = 2,
    /// <summary>Markdown.</summary>
    Md = 3,
    /// <summary>Versioned JSON.</summary>
    Json = 4,
    /// <summary>A test case per threshold.</summary>
    JUnit = 5,
}

/// <summary>The test.</summary>
/// <param name="SessionId">Names one run.</param>
/// <param name="TestSuite">Suite.</param>
/// <param name="TestName">Test.</param>
/// <param name="Created">Start.</param>
public sealed record TestInfo(string SessionId, string TestSuite, string TestName, DateTimeOffset Created);

/// <summary>The machine.</summary>
/// <param name="MachineName">Host name.</param>
/// <param name="OS">Operating system.</param>
/// <param name="DotNetVersion">Runtime.</param>
/// <param name="Processor">Architecture.</param>
/// <param name="CoresCount">Cores usable.</param>
/// <param name="EngineVersion">Version of this engine.</param>
public sealed record NodeInfo(string MachineName, string OS, string DotNetVersion, string Processor, int CoresCount, string EngineVersion)
{
    /// <summary>What is going on.</summary>
    public OperationType CurrentOperation { get; init; }

    internal static NodeInfo Here { get; } = new(Environment.MachineName,
        System.Runtime.InteropServices.RuntimeInformation.OSDescription, Environment.Version.ToString(),
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount,
        typeof(NodeInfo).Assembly.GetName().Version?.ToString(3) ?? "0");
}

/// <summary>What is going on.</summary>
public enum OperationType
{
    /// <summary>Nothing yet.</summary>
    None = 0,
    /// <summary>Preparing.</summary>
    Init,
    /// <summary>Load that does not count.</summary>
    WarmUp,
    /// <summary>Load that counts.</summary>
    Bombing,
    /// <summary>Stopping.</summary>
    Stop,
    /// <summary>Done.</summary>
    Complete,
    /// <summary>Broken off.</summary>
    Error,
}
