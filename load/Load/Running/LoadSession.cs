using System.Globalization;
using ChaosLab.Load.Configuration;
using ChaosLab.Load.Live;
using ChaosLab.Load.Measuring;
using ChaosLab.Load.Reports;
using ChaosLab.Load.Statistics;
using ChaosLab.Load.Thresholds;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Load.Running;

/// <summary>One run from init to clean.</summary>
internal sealed partial class LoadSession
{
    // Time to start the threads of a stage before its t = 0.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(20);
    // After the run has given up on an iteration and said so to its token, it has this long to notice.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly RunSettings _settings;
    private readonly TestInfo _test;

    /// <exception cref="LoadConfigurationException">Something is wrong: all problems at once.</exception>
    public LoadSession(RunSettings wanted)
    {
        var problems = new List<Problem>();
        _settings = RunArguments.Apply(wanted, wanted.Args ?? [], name => wanted.Args is null ? null : Environment.GetEnvironmentVariable(name), problems);
        problems.AddRange(Validation.Problems(_settings.Scenarios, _settings.Places));
        foreach (var missing in _settings.Targets.Where(name => _settings.Scenarios.All(s => s.ScenarioName != name)))
            problems.Add(new Problem("target scenarios", $"\"{missing}\" is not registered; registered are {string.Join(", ", _settings.Scenarios.Select(s => s.ScenarioName))}"));
        if (problems.Count > 0)
            throw new LoadConfigurationException(problems);
        var now = _settings.Time.GetUtcNow();
        _test = new TestInfo(_settings.SessionId ?? now.ToString("yyyy-MM-dd_HH-mm-ss_fff", CultureInfo.InvariantCulture), _settings.TestSuite, _settings.TestName, now);
    }

    public async Task<LoadResult> RunAsync(CancellationToken stop)
    {
        var scenarios = _settings.Scenarios.Where(s => _settings.Targets.Count == 0 || _settings.Targets.Contains(s.ScenarioName)).ToList();
        var inited = new List<ScenarioProps>();
        try
        {
            foreach (var sink in _settings.Sinks)
                await sink.Start(_test).ConfigureAwait(false);
            foreach (var scenario in scenarios)
                await InitAsync(scenario, inited).ConfigureAwait(false);
            var warmUp = await RunStageAsync(scenarios, ScenarioOperation.WarmUp, null, stop).ConfigureAwait(false);
            var run = await RunStageAsync(scenarios, ScenarioOperation.Bombing, warmUp.StopReason, stop).ConfigureAwait(false);
            return await ReportAsync(ResultOf(run, stop.IsCancellationRequested)).ConfigureAwait(false);
        }
        finally
        {
            foreach (var scenario in inited)
                await CleanAsync(scenario).ConfigureAwait(false);
        }
    }

    private async Task InitAsync(ScenarioProps scenario, List<ScenarioProps> inited)
    {
        inited.Add(scenario); // also when init fails half-way: clean must be able to tidy up
        if (scenario.Init is not { } init)
            return;
        try
        {
            await init(InitContext(scenario, ScenarioOperation.Init)).ConfigureAwait(false);
        }
        catch (Exception e) // user code
        {
            throw new ScenarioInitException(scenario.ScenarioName, e);
        }
    }

    private async Task CleanAsync(ScenarioProps scenario)
    {
        try
        {
            if (scenario.Clean is { } clean)
                await clean(InitContext(scenario, ScenarioOperation.Clean)).ConfigureAwait(false);
        }
        catch (Exception e) // user code; the figures stand whatever it did
        {
            CleanFailed(_settings.Logger, e, scenario.ScenarioName);
        }
    }

    private ScenarioInitContext InitContext(ScenarioProps scenario, ScenarioOperation operation) => new(_test,
        new ScenarioInfo(scenario.ScenarioName, 0, scenario.ScenarioName, TimeSpan.Zero, operation),
        scenario.CustomSettingsJson, _settings.GlobalCustomSettingsJson, _settings.Logger);

    private async Task<StageOutcome> RunStageAsync(List<ScenarioProps> scenarios, ScenarioOperation operation, string? alreadyStopped, CancellationToken stop)
    {
        using var abandoned = new CancellationTokenSource();
        var time = _settings.Time;
        var clock = new StageClock(time, time.GetTimestamp() + (long)(Lead.TotalSeconds * time.TimestampFrequency));
        var samples = new SampleLog(_settings.SampleCapacity);
        var stage = new Stage(clock, operation, _settings.Seed, _settings.MaxLateness, _test, _settings.Logger, abandoned.Token)
        {
            SampleObserver = _settings.SampleObserver,
            Samples = samples,
            Traces = new RequestTraces(_test.SessionId, operation, _settings.Seed, _settings.TraceSampling),
        };
        var laid = StageLayout.Lay(_settings, scenarios, stage);
        if (alreadyStopped is not null)
            stage.Stop(alreadyStopped);
        if (laid.Count == 0)
            return new StageOutcome(stage, laid, samples, GeneratorHealth.None, null, TimeSpan.Zero, 0);
        using var stopping = stop.Register(() => stage.Stop("asked to stop"));
        var watch = stage.Counts ? new GeneratorWatch() : null;
        var thresholds = new ThresholdWatch(scenarios);
        using var reporting = new CancellationTokenSource();
        await using var view = _settings.DisplayConsole == true ? ProgressView.ForStandardError() : null;
        var reporter = ReportWhileRunningAsync(stage, laid, thresholds, view, reporting.Token);
        try
        {
            var lanes = laid.Select(l => l.Lane).Distinct().ToList();
            await Pacer.DriveAsync(stage, lanes, stage.Counts ? () => _settings.StartObserver?.Invoke(clock.Origin) : null).ConfigureAwait(false);
            var loadedNs = clock.NowNs;
            await FinishAsync(lanes, stage.Stopping, abandoned).ConfigureAwait(false);
            return new StageOutcome(stage, laid, samples, watch?.Finish() ?? GeneratorHealth.None, thresholds, StageClock.Span(Math.Max(0, clock.NowNs)), loadedNs);
        }
        finally
        {
            watch?.Finish();
            await reporting.CancelAsync().ConfigureAwait(false);
            await reporter.ConfigureAwait(false);
        }
    }

    private async Task FinishAsync(List<Lane> lanes, bool drop, CancellationTokenSource abandoned)
    {
        var finished = Task.WhenAll(lanes.Select(lane => lane.CloseAsync(drop)));
        if (!await EndsWithin(finished, _settings.CompletionTimeout).ConfigureAwait(false))
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            await EndsWithin(finished, Grace).ConfigureAwait(false);
            lanes.ForEach(lane => _ = lane.CloseAsync(drop: true));
        }
        lanes.ForEach(lane => lane.Abandon());
    }

    private async Task<bool> EndsWithin(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, _settings.Time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task ReportWhileRunningAsync(Stage stage, List<LaidScenario> laid, ThresholdWatch thresholds, ProgressView? view, CancellationToken end)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_settings.ReportingInterval, _settings.Time, end).ConfigureAwait(false);
                var nowNs = stage.Clock.NowNs;
                if (nowNs < 0)
                    continue;
                var stats = StatsOf(laid, nowNs, nowNs);
                view?.Show(new Live.Progress(stage.Operation, StageClock.Span(nowNs), Planned(laid), stats));
                if (!stage.Counts)
                    continue;
                if (thresholds.Check(stats, StageClock.Span(nowNs)) is { } reason)
                    stage.Stop(reason);
                foreach (var sink in _settings.Sinks)
                    await ToSinkAsync(sink, () => sink.SaveRealtimeStats(stats)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // the stage is over
        }
    }

    private static TimeSpan? Planned(List<LaidScenario> laid) =>
        laid.Any(l => l.Plan.ClosedIterations is not null) ? null : StageClock.Span(laid.Max(l => l.Plan.EndNs));

    private async Task ToSinkAsync(IReportingSink sink, Func<Task> save)
    {
        try
        {
            await save().ConfigureAwait(false);
        }
        catch (Exception e) // a sink must not end the run
        {
            SinkFailed(_settings.Logger, e, sink.SinkName);
        }
    }

    private static ScenarioStats[] StatsOf(List<LaidScenario> laid, long nowNs, long loadedNs) => [.. laid.Select(l =>
    {
        var counts = l.Lane.CountsOf(l.Run);
        var operation = l.Run.Stage.Operation == ScenarioOperation.WarmUp ? OperationType.WarmUp : OperationType.Bombing;
        return StatsBuilder.Build(l.Run.Props.ScenarioName, l.Run.Recorder.Merge(), ExecutedOf(l, Math.Min(loadedNs, l.Lane.EndedNs)),
            l.Lane.LoadAt(nowNs), operation, counts.Planned, counts.Delivered, counts.Undelivered, l.Run.Unfinished);
    })];

    private static TimeSpan ExecutedOf(LaidScenario laid, long untilNs) => StageClock.Span(laid.Plan.Phases
        .Where(phase => phase.Simulation is not LoadSimulation.Pause)
        .Sum(phase => Math.Max(0, Math.Min(phase.EndNs, untilNs) - phase.StartNs)));

    private LoadResult ResultOf(StageOutcome run, bool asked)
    {
        var stats = StatsOf(run.Laid, run.LoadedNs, run.LoadedNs);
        var (lateness, response) = (new Histogram(), new Histogram());
        foreach (var scenario in stats)
        {
            lateness.Add(scenario.Arrivals.Lateness.Histogram);
            if (scenario.Arrivals.Planned == 0)
                continue;
            response.Add(scenario.Ok.Latency.Histogram);
            response.Add(scenario.Fail.Latency.Histogram);
        }
        var validity = RunValidity.Judge(stats.Sum(s => s.Arrivals.Planned), stats.Sum(s => s.Arrivals.Delivered), stats.Sum(s => s.Arrivals.Undelivered),
            lateness, StageClock.Span(response.Percentile(99)), _settings.LatenessFloor, run.Health);
        var node = new NodeStats
        {
            ScenarioStats = stats,
            Thresholds = run.Thresholds?.Finish(stats) ?? [],
            NodeInfo = NodeInfo.Here with { CurrentOperation = OperationType.Complete },
            TestInfo = _test,
            Duration = stats.Length == 0 ? TimeSpan.Zero : stats.Max(s => s.Duration),
        };
        return new LoadResult(node, run.Samples, validity, run.Health, _settings.Seed, HashOf(run.Laid), run.Stage.Clock.Origin, run.Duration, run.StopReason is not null)
        {
            StopReason = run.StopReason,
            StoppedByLimit = run.StopReason is not null && !asked,
            Timeline = TimelineOf(run.Laid),
            Hints = _settings.Hints ? RunHints.For(stats, run.Samples, validity) : [],
        };
    }

    private static List<TimelineSecond> TimelineOf(List<LaidScenario> laid)
    {
        var (ok, all) = (new SortedDictionary<int, long>(), new SortedDictionary<int, Histogram>());
        foreach (var (second, histogram, isOk) in laid.SelectMany(l => l.Run.Recorder.Seconds()))
        {
            if (!all.TryGetValue(second, out var both))
                all[second] = both = new Histogram();
            both.Add(histogram);
            if (isOk)
                ok[second] = ok.GetValueOrDefault(second) + histogram.Count;
        }
        var nothing = new Histogram();
        return [.. Enumerable.Range(0, all.Count == 0 ? 0 : all.Keys.Max() + 1).Select(second =>
        {
            var histogram = all.GetValueOrDefault(second) ?? nothing;
            var latency = new LatencyStats { Histogram = histogram };
            var good = ok.GetValueOrDefault(second);
            return new TimelineSecond(second, good, histogram.Count - good, latency.Percent50, latency.Percent99, latency.MaxMs);
        })];
    }

    private static string HashOf(List<LaidScenario> laid)
    {
        var hashes = laid.Select(l => l.Plan.Hash).Distinct().ToList();
        return hashes.Count == 1 ? hashes[0] : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.ASCII.GetBytes(string.Join('|', hashes))).AsSpan(0, 8));
    }

    private async Task<LoadResult> ReportAsync(LoadResult result)
    {
        result = _settings.Finalizer?.Invoke(result) ?? result;
        if (_settings.Reports)
        {
            var folder = _settings.ReportFolder ?? Path.Combine("artifacts", "runs", _test.SessionId);
            var files = await ReportFiles.WriteAsync(result, folder, _settings.ReportFileName, _settings.ReportFormats).ConfigureAwait(false);
            result = result with { Stats = result.Stats with { ReportFiles = files } };
        }
        foreach (var sink in _settings.Sinks)
            await ToSinkAsync(sink, () => sink.SaveFinalStats(result.Stats)).ConfigureAwait(false);
        return result;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The clean of scenario {Scenario} failed; the figures stand")]
    private static partial void CleanFailed(ILogger logger, Exception e, string scenario);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reporting sink {Sink} failed; the run goes on")]
    private static partial void SinkFailed(ILogger logger, Exception e, string sink);
}

/// <summary>What a stage came to.</summary>
internal sealed record StageOutcome(Stage Stage, List<LaidScenario> Laid, SampleLog Samples, GeneratorHealth Health, ThresholdWatch? Thresholds, TimeSpan Duration, long LoadedNs)
{
    public string? StopReason => Stage.StopReason;
}
