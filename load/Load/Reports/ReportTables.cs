using System.Globalization;

namespace ChaosLab.Load.Reports;

/// <summary>A table that every report shows in its own way.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Columns">Column names; the first is text, the others are right-aligned.</param>
/// <param name="Rows">Cells, as many as columns.</param>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What the reports say, once for all forms.</summary>
internal static class ReportTables
{
    public static string Headline(LoadResult result)
    {
        var failed = result.Stats.Thresholds.Count(t => t.IsFailed);
        var outcome = result.ExitCode switch
        {
            0 => "passed",
            3 => "inconclusive: the run is invalid",
            _ => failed > 0 ? Text($"failed: {failed} of {result.Stats.Thresholds.Length} thresholds") : $"failed: {result.StopReason}",
        };
        return $"{result.Stats.TestInfo.TestSuite} / {result.Stats.TestInfo.TestName}: {outcome}";
    }

    public static IEnumerable<(string Name, string Value)> Facts(LoadResult result)
    {
        var (validity, generator, node) = (result.Validity, result.Generator, result.Stats.NodeInfo);
        yield return ("validity", validity.Verdict.ToString().ToLowerInvariant());
        foreach (var reason in validity.Reasons)
            yield return ("because", reason);
        if (result.Stopped)
            yield return ("stopped", result.StopReason ?? "");
        yield return ("arrivals", Text($"{validity.Planned} planned, {validity.Delivered} delivered, {validity.Undelivered} undelivered"));
        yield return ("generator lateness p99", Text($"{validity.LatenessP99.TotalMilliseconds:0.00} ms"));
        yield return ("generator", Text($"{generator.CpuSeconds:0.00} s CPU ({generator.CpuShare:0.0 %} of the cores), run-queue wait {generator.RunQueueWaitShare:0.0 %}, longest GC pause {generator.LongestGcPause.TotalMilliseconds:0.0} ms, longest stall {generator.LongestStall.TotalMilliseconds:0.0} ms, thread-pool queue ≤ {generator.MaxThreadPoolQueue}"));
        yield return ("duration", Text($"{result.Duration.TotalSeconds:0.0} s, started {result.Stats.TestInfo.Created:yyyy-MM-dd HH:mm:ss} UTC"));
        yield return ("to repeat", Text($"seed {result.Seed}, plan {result.PlanHash}, exit code {result.ExitCode}"));
        yield return ("machine", Text($"{node.OS}, .NET {node.DotNetVersion}, {node.CoresCount} cores {node.Processor}, engine {node.EngineVersion}"));
    }

    public static IEnumerable<ReportTable> Tables(LoadResult result)
    {
        yield return new ReportTable("Response times, from the intended start (ms)",
            ["scenario / step", "outcome", "count", "%", "per s", "p50", "p75", "p95", "p99", "p99.9", "max", "service p99"],
            [.. result.Stats.ScenarioStats.SelectMany(Lines)]);
        yield return new ReportTable("Status codes", ["scenario", "code", "outcome", "count", "%", "last message"],
            [.. result.Stats.ScenarioStats.SelectMany(s => s.Ok.StatusCodes.Concat(s.Fail.StatusCodes), (s, code) => (IReadOnlyList<string>)
                [s.ScenarioName, code.StatusCode, code.IsError ? "fail" : "ok", Text($"{code.Count}"), Text($"{code.ExactPercent:0.##}"), code.Message])]);
        yield return new ReportTable("Arrivals", ["scenario", "load", "planned", "delivered", "undelivered", "unfinished", "lateness p50", "lateness p99", "waiting p99"],
            [.. result.Stats.ScenarioStats.Where(s => s.Arrivals.Planned > 0).Select(s => (IReadOnlyList<string>)
                [s.ScenarioName, s.LoadSimulationStats.SimulationName, Text($"{s.Arrivals.Planned}"), Text($"{s.Arrivals.Delivered}"), Text($"{s.Arrivals.Undelivered}"),
                    Text($"{s.Arrivals.Unfinished}"), Ms(s.Arrivals.Lateness.Percent50), Ms(s.Arrivals.Lateness.Percent99), Ms(s.Arrivals.Waiting.Percent99)])]);
        yield return new ReportTable("Thresholds", ["threshold", "scenario", "measured", "failed checks", "result"],
            [.. result.Stats.Thresholds.Select(t => (IReadOnlyList<string>)
                [t.CheckExpression, t.ScenarioName, t.ExceptionMsg.Length > 0 ? t.ExceptionMsg : t.Measured, Text($"{t.ErrorCount}"), t.IsFailed ? "FAILED" : "held"])]);
        var notable = NotableRequests.Of(result.Samples.ToList());
        var kept = result.Samples.Dropped == 0 ? "" : Text($" (of the first {result.Samples.Count}; {result.Samples.Dropped} later ones were not kept)");
        yield return Requests("Slowest good requests, per step" + kept, notable.SelectMany(step => step.Slowest));
        yield return Requests("Failed requests, per step" + kept, notable.SelectMany(step => step.Failed));
    }

    private static ReportTable Requests(string title, IEnumerable<Sample> samples) =>
        new(title, ["step", "intended s", "response ms", "service ms", "code", "request", "trace", "message"], [.. samples.Select(s => (IReadOnlyList<string>)
            [s.Step, Text($"{s.Intended.TotalSeconds:0.000}"), Ms(s.ResponseTime.TotalMilliseconds), Ms(s.ServiceTime.TotalMilliseconds), s.StatusCode, s.Path ?? "", s.Trace.ToString(), s.Message ?? ""])]);

    private static IEnumerable<IReadOnlyList<string>> Lines(ScenarioStats scenario)
    {
        foreach (var line in Both(scenario.ScenarioName, scenario.Ok, scenario.Fail))
            yield return line;
        foreach (var step in scenario.StepStats)
            foreach (var line in Both($"{scenario.ScenarioName} / {step.StepName}", step.Ok, step.Fail))
                yield return line;
    }

    private static IEnumerable<IReadOnlyList<string>> Both(string name, MeasurementStats ok, MeasurementStats fail)
    {
        yield return Line(name, "ok", ok);
        if (fail.Request.Count > 0)
            yield return Line(name, "fail", fail);
    }

    private static IReadOnlyList<string> Line(string name, string outcome, MeasurementStats stats) =>
    [
        name, outcome, Text($"{stats.Request.Count}"), Text($"{stats.Request.ExactPercent:0.##}"), Text($"{stats.Request.RPS:0.0}"),
        Ms(stats.Latency.Percent50), Ms(stats.Latency.Percent75), Ms(stats.Latency.Percent95), Ms(stats.Latency.Percent99), Ms(stats.Latency.PercentileMs(99.9)),
        Ms(stats.Latency.MaxMs), Ms(stats.ServiceTime.Percent99),
    ];

    private static string Ms(double ms) => ms.ToString(ms < 10 ? "0.000" : ms < 1000 ? "0.0" : "0", CultureInfo.InvariantCulture);
    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
