using System.Globalization;
using System.Text;

namespace ChaosLab.Load.Reports;

/// <summary>One line per scenario and step (RFC 4180), for spreadsheets.</summary>
public static class CsvReport
{
    private const string Header = "test_suite,test_name,scenario,step,outcome,count,percent,rps,min_ms,mean_ms,p50_ms,p75_ms,p95_ms,p99_ms,p999_ms,max_ms,stddev_ms,service_p50_ms,service_p99_ms,bytes";

    /// <summary>The report of a run.</summary>
    public static string Of(LoadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (var scenario in result.Stats.ScenarioStats)
        {
            Both(text, result, scenario.ScenarioName, "", scenario.Ok, scenario.Fail);
            foreach (var step in scenario.StepStats)
                Both(text, result, scenario.ScenarioName, step.StepName, step.Ok, step.Fail);
        }
        return text.ToString();
    }

    private static void Both(StringBuilder text, LoadResult result, string scenario, string step, MeasurementStats ok, MeasurementStats fail)
    {
        Line(text, result, scenario, step, "ok", ok);
        Line(text, result, scenario, step, "fail", fail);
    }

    private static void Line(StringBuilder text, LoadResult result, string scenario, string step, string outcome, MeasurementStats s)
    {
        text.AppendJoin(',', new[] { result.Stats.TestInfo.TestSuite, result.Stats.TestInfo.TestName, scenario, step, outcome }.Select(Quoted));
        double[] figures =
        [
            s.Request.Count, s.Request.ExactPercent, s.Request.RPS, s.Latency.MinMs, s.Latency.MeanMs, s.Latency.Percent50, s.Latency.Percent75, s.Latency.Percent95,
            s.Latency.Percent99, s.Latency.PercentileMs(99.9), s.Latency.MaxMs, s.Latency.StdDev, s.ServiceTime.Percent50, s.ServiceTime.Percent99, s.DataTransfer.AllBytes,
        ];
        foreach (var figure in figures)
            text.Append(',').Append(figure.ToString("0.######", CultureInfo.InvariantCulture));
        text.Append("\r\n");
    }

    // A leading = + - @ would be a formula to a spreadsheet.
    private static string Quoted(string text)
    {
        var safe = text.Length > 0 && "=+-@".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().ContainsAny("\",\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
