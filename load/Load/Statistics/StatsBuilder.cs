using ChaosLab.Load.Measuring;

namespace ChaosLab.Load.Statistics;

/// <summary>Turns recorded figures into statistics.</summary>
internal static class StatsBuilder
{
    public static ScenarioStats Build(string name, RecordedFigures figures, TimeSpan duration, LoadSimulationStats simulation, OperationType operation,
        long planned, long delivered, long undelivered, long unfinished)
    {
        var seconds = Math.Max(1, duration.TotalSeconds);
        return new ScenarioStats
        {
            ScenarioName = name,
            Ok = Measure(figures.Whole.Ok, figures.Whole, seconds, false, [.. figures.Steps.Select(s => s.Tally.Ok)]),
            Fail = Measure(figures.Whole.Fail, figures.Whole, seconds, true, [.. figures.Steps.Select(s => s.Tally.Fail)]),
            StepStats = [.. figures.Steps.Select((step, i) => new StepStats
            {
                StepName = step.Name,
                Ok = Measure(step.Tally.Ok, step.Tally, seconds, false, []),
                Fail = Measure(step.Tally.Fail, step.Tally, seconds, true, []),
                SortIndex = i,
            })],
            LoadSimulationStats = simulation,
            CurrentOperation = operation,
            Duration = duration,
            Arrivals = new ArrivalStats(planned, delivered, undelivered, unfinished,
                new LatencyStats { Histogram = figures.Lateness }, new LatencyStats { Histogram = figures.Waiting }),
        };
    }

    private static MeasurementStats Measure(Measurement part, Tally both, double seconds, bool isError, Measurement[] steps)
    {
        var all = both.Ok.Response.Count + both.Fail.Response.Count;
        var percent = Share(part.Response.Count, all);
        // A scenario's codes are the union of its own and its steps'.
        var codes = new Measurement();
        foreach (var source in steps.Prepend(part))
            foreach (var (code, count) in source.Codes)
                codes.Count(code, count.Message, count.Count);
        return new MeasurementStats
        {
            Request = new RequestStats((int)part.Response.Count, part.Response.Count / seconds, (int)Math.Round(percent)) { ExactPercent = percent },
            Latency = new LatencyStats { Histogram = part.Response },
            ServiceTime = new LatencyStats { Histogram = part.Service },
            DataTransfer = new DataTransferStats { Histogram = part.Bytes, AllBytes = part.AllBytes },
            StatusCodes = [.. codes.Codes.OrderByDescending(c => c.Value.Count).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new StatusCodeStats
            {
                StatusCode = c.Key,
                IsError = isError,
                Message = c.Value.Message,
                Count = c.Value.Count,
                Percent = (int)Math.Round(Share(c.Value.Count, all)),
                ExactPercent = Share(c.Value.Count, all),
            })],
        };
    }

    private static double Share(long part, long all) => all == 0 ? 0 : part * 100.0 / all;
}
