using ChaosLab.Load;

namespace ChaosLab.Lab.Metrics;

/// <summary>The load engine's own view: what was offered, what came of it, and how long visitors waited by both clocks.</summary>
internal sealed class LoadFigures(TimeProvider time) : IReportingSink
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Scenario, string Step, string Outcome, string Status), long> requests = [];
    private readonly Dictionary<(string Scenario, string Step), (Durations Intended, Durations Service)> durations = [];
    private readonly Dictionary<string, ArrivalStats> arrivals = [];
    private readonly Dictionary<string, (long Delivered, long Undelivered)> before = [];
    private long second;
    private TimeSpan worstNow, worstBefore;

    public string SinkName => "metrics";

    /// <summary>Takes one finished request; called on the workers of the load.</summary>
    public void Observe(Sample sample)
    {
        lock (gate)
        {
            var key = (sample.Scenario, sample.Step, sample.IsOk ? "ok" : "failed", sample.StatusCode);
            requests[key] = requests.GetValueOrDefault(key) + 1;
            if (!durations.TryGetValue((sample.Scenario, sample.Step), out var both))
                durations[(sample.Scenario, sample.Step)] = both = (new Durations(), new Durations());
            both.Intended.Record(sample.ResponseTime);
            both.Service.Record(sample.ServiceTime);
            Turn();
            if (sample.Lateness > worstNow) worstNow = sample.Lateness;
        }
    }

    public Task Start(TestInfo test)
    {
        lock (gate)
        {
            // Every run counts from zero: what the earlier ones came to is kept, so that the counters only grow.
            foreach (var (scenario, counts) in arrivals)
            {
                var sum = before.GetValueOrDefault(scenario);
                before[scenario] = (sum.Delivered + counts.Delivered, sum.Undelivered + counts.Undelivered);
            }

            arrivals.Clear();
        }

        return Task.CompletedTask;
    }

    public Task SaveRealtimeStats(ScenarioStats[] stats) => Keep(stats);

    public Task SaveFinalStats(NodeStats stats) => Keep(stats.ScenarioStats);

    public void Dispose()
    {
    }

    /// <summary>Writes its lines.</summary>
    public void WriteTo(MetricsText text)
    {
        lock (gate)
        {
            var scenarios = before.Keys.Concat(arrivals.Keys).Distinct().Order(StringComparer.Ordinal)
                .Select(name => (Name: name, Delivered: before.GetValueOrDefault(name).Delivered + (arrivals.GetValueOrDefault(name)?.Delivered ?? 0),
                    Undelivered: before.GetValueOrDefault(name).Undelivered + (arrivals.GetValueOrDefault(name)?.Undelivered ?? 0))).ToList();
            text.Family("loadgen_scheduled_total", "counter", "Arrivals whose time has come, started or given up.");
            foreach (var one in scenarios) text.Line("loadgen_scheduled_total", one.Delivered + one.Undelivered, ("scenario", one.Name));
            text.Family("loadgen_undelivered_total", "counter", "Arrivals that were too late to be started.");
            foreach (var one in scenarios) text.Line("loadgen_undelivered_total", one.Undelivered, ("scenario", one.Name));
            text.Family("loadgen_requests_total", "counter", "Finished requests. Negative status: -100 timeout, -101 no connection.");
            foreach (var (key, count) in requests)
                text.Line("loadgen_requests_total", count, ("scenario", key.Scenario), ("step", key.Step), ("outcome", key.Outcome), ("status", key.Status));
            text.Family("loadgen_request_duration_seconds", "histogram", "What visitors waited: from the intended start (what they feel) and from the actual start (what the service took).");
            foreach (var ((scenario, step), (intended, service)) in durations)
            {
                intended.WriteTo(text, "loadgen_request_duration_seconds", ("scenario", scenario), ("step", step), ("clock", "intended"));
                service.WriteTo(text, "loadgen_request_duration_seconds", ("scenario", scenario), ("step", step), ("clock", "service"));
            }

            Turn();
            text.Single("loadgen_schedule_lag_seconds", "gauge", "Worst lateness of a start in this second and the one before.", (worstNow > worstBefore ? worstNow : worstBefore).TotalSeconds);
        }
    }

    private void Turn()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (now == second) return;
        worstBefore = now == second + 1 ? worstNow : TimeSpan.Zero;
        worstNow = TimeSpan.Zero;
        second = now;
    }

    private Task Keep(ScenarioStats[] stats)
    {
        lock (gate)
        {
            foreach (var one in stats) arrivals[one.ScenarioName] = one.Arrivals;
        }

        return Task.CompletedTask;
    }
}
