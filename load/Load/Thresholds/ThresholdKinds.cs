using System.Globalization;

namespace ChaosLab.Load.Thresholds;

/// <summary>The kinds of check that can be written as text, in one list.</summary>
internal static class ThresholdKinds
{
    /// <summary>Names, as in JSON.</summary>
    public static IReadOnlyList<string> Names { get; } = ["OkRequest", "FailRequest", "OkLatency", "OkDataTransfer", "StatusCode", "Lateness", "Undelivered"];

    /// <summary>Makes the reading of a check; the message says what would be right.</summary>
    public static Func<ScenarioStats, ThresholdReading>? Read(string kind, string expression, string step, string statusCode, out string? problem)
    {
        switch (kind)
        {
            case "OkRequest":
            case "FailRequest":
                return ThresholdExpression.Parse(expression, MetricFamily.Request, out problem) is { } request
                    ? stats => OnStep(stats, step, (ok, fail) => Request(request, kind == "OkRequest" ? ok : fail, Total(ok, fail)))
                    : null;
            case "OkLatency":
                return ThresholdExpression.Parse(expression, MetricFamily.Latency, out problem) is { } latency
                    ? stats => OnStep(stats, step, (ok, _) => OnHistogram(latency, ok.Latency.Histogram, 1e6, "ms"))
                    : null;
            case "OkDataTransfer":
                return ThresholdExpression.Parse(expression, MetricFamily.Bytes, out problem) is { } bytes
                    ? stats => OnStep(stats, step, (ok, _) => OnHistogram(bytes, ok.DataTransfer.Histogram, 1, "bytes"))
                    : null;
            case "StatusCode":
                return ThresholdExpression.Parse(expression, MetricFamily.Share, out problem) is { } share
                    ? stats => OnStep(stats, step, (ok, fail) => Total(ok, fail) == 0 ? ThresholdReading.NoData
                        : Reading(share, (ok.StatusCodes.Find(statusCode)?.ExactPercent ?? 0) + (fail.StatusCodes.Find(statusCode)?.ExactPercent ?? 0), "%"))
                    : null;
            case "Lateness":
                return ThresholdExpression.Parse(expression, MetricFamily.Latency, out problem) is { } lateness
                    ? stats => OnHistogram(lateness, stats.Arrivals.Lateness.Histogram, 1e6, "ms")
                    : null;
            case "Undelivered":
                return ThresholdExpression.Parse(expression, MetricFamily.Share, out problem) is { } undelivered
                    ? stats => stats.Arrivals.Planned == 0 ? ThresholdReading.NoData : Reading(undelivered, stats.Arrivals.Undelivered * 100.0 / stats.Arrivals.Planned, "%")
                    : null;
            default:
                problem = $"\"{kind}\" is no kind of threshold; one of {string.Join(", ", Names)}";
                return null;
        }
    }

    private static ThresholdReading OnStep(ScenarioStats stats, string step, Func<MeasurementStats, MeasurementStats, ThresholdReading> read)
    {
        if (step.Length == 0)
            return read(stats.Ok, stats.Fail);
        return stats.StepStats.Find(step) is { } found ? read(found.Ok, found.Fail) : ThresholdReading.NoData;
    }

    private static int Total(MeasurementStats ok, MeasurementStats fail) => ok.Request.Count + fail.Request.Count;

    private static ThresholdReading Request(ThresholdExpression expression, MeasurementStats stats, int total) => total == 0
        ? ThresholdReading.NoData
        : expression.Metric == "RPS" ? Reading(expression, stats.Request.RPS, "/s") : Reading(expression, stats.Request.ExactPercent, "%");

    private static ThresholdReading OnHistogram(ThresholdExpression expression, Histogram histogram, double unit, string name) => histogram.Count == 0
        ? ThresholdReading.NoData
        : Reading(expression, expression.Metric switch
        {
            "MIN" => histogram.Min,
            "MEAN" => histogram.Mean,
            "MAX" => histogram.Max,
            _ => histogram.Percentile(expression.Percentile),
        } / unit, name);

    private static ThresholdReading Reading(ThresholdExpression expression, double measured, string unit) =>
        new(expression.Holds(measured), string.Create(CultureInfo.InvariantCulture, $"{measured:0.###} {unit}"));
}
