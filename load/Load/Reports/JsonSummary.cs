using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChaosLab.Load.Reports;

/// <summary>The run as JSON. The shape is versioned: fields are added, never renamed or removed, within a schema number.</summary>
public static class JsonSummary
{
    /// <summary>Number of the shape.</summary>
    public const int Schema = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The report of a run.</summary>
    public static string Of(LoadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return JsonSerializer.Serialize(new
        {
            schema = Schema,
            test = new { result.Stats.TestInfo.SessionId, suite = result.Stats.TestInfo.TestSuite, name = result.Stats.TestInfo.TestName, result.Stats.TestInfo.Created },
            result = new { exitCode = result.ExitCode, passed = result.Passed, stopped = result.Stopped, stopReason = result.StopReason, seconds = result.Duration.TotalSeconds },
            repeat = new { seed = result.Seed, planHash = result.PlanHash },
            validity = new
            {
                verdict = result.Validity.Verdict.ToString().ToLowerInvariant(),
                result.Validity.Reasons,
                result.Validity.Planned,
                result.Validity.Delivered,
                result.Validity.Undelivered,
                latenessP99Ms = result.Validity.LatenessP99.TotalMilliseconds,
            },
            generator = new
            {
                result.Generator.CpuSeconds,
                result.Generator.CpuShare,
                longestGcPauseMs = result.Generator.LongestGcPause.TotalMilliseconds,
                result.Generator.RunQueueWaitShare,
                result.Generator.MaxThreadPoolQueue,
                longestStallMs = result.Generator.LongestStall.TotalMilliseconds,
            },
            node = new { os = result.Stats.NodeInfo.OS, dotnet = result.Stats.NodeInfo.DotNetVersion, cores = result.Stats.NodeInfo.CoresCount, engine = result.Stats.NodeInfo.EngineVersion },
            scenarios = result.Stats.ScenarioStats.Select(s => new
            {
                name = s.ScenarioName,
                seconds = s.Duration.TotalSeconds,
                arrivals = new
                {
                    s.Arrivals.Planned,
                    s.Arrivals.Delivered,
                    s.Arrivals.Undelivered,
                    s.Arrivals.Unfinished,
                    lateness = Times(s.Arrivals.Lateness),
                    waiting = Times(s.Arrivals.Waiting),
                },
                ok = Measured(s.Ok),
                fail = Measured(s.Fail),
                steps = s.StepStats.Select(step => new { name = step.StepName, ok = Measured(step.Ok), fail = Measured(step.Fail) }),
            }),
            thresholds = result.Stats.Thresholds.Select(t => new { scenario = t.ScenarioName, step = t.StepName, check = t.CheckExpression, t.Measured, failedChecks = t.ErrorCount, failed = t.IsFailed, exception = t.ExceptionMsg }),
            timeline = result.Timeline.Select(t => new { t.Second, t.Ok, t.Fail, p50Ms = t.P50, p99Ms = t.P99, maxMs = t.Max }),
            requests = NotableRequests.Of(result.Samples.ToList()).Select(step => new
            {
                scenario = step.Scenario,
                step = step.Step,
                slowest = step.Slowest.Select(Request),
                failed = step.Failed.Select(Request),
            }),
            hints = result.Hints,
        }, Options);
    }

    private static object Request(Sample sample) => new
    {
        intendedSeconds = sample.Intended.TotalSeconds,
        responseMs = sample.ResponseTime.TotalMilliseconds,
        serviceMs = sample.ServiceTime.TotalMilliseconds,
        status = sample.StatusCode,
        path = sample.Path,
        traceId = sample.Trace.IsNone ? null : sample.Trace.ToString(),
        message = sample.Message,
    };

    private static object Measured(MeasurementStats stats) => new
    {
        count = stats.Request.Count,
        percent = stats.Request.ExactPercent,
        rps = stats.Request.RPS,
        responseMs = Times(stats.Latency),
        serviceMs = Times(stats.ServiceTime),
        bytes = new { all = stats.DataTransfer.AllBytes, mean = stats.DataTransfer.MeanBytes, p95 = stats.DataTransfer.Percent95 },
        statusCodes = stats.StatusCodes.Select(c => new { code = c.StatusCode, count = c.Count, percent = c.ExactPercent, message = c.Message }),
    };

    private static object Times(LatencyStats stats) => new
    {
        min = stats.MinMs,
        mean = stats.MeanMs,
        p50 = stats.Percent50,
        p75 = stats.Percent75,
        p90 = stats.Percent90,
        p95 = stats.Percent95,
        p99 = stats.Percent99,
        p999 = stats.PercentileMs(99.9),
        max = stats.MaxMs,
        stdDev = stats.StdDev,
    };
}
