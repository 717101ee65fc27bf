using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Chaos.Running;

/// <summary>One run of one experiment: preflight, load, steady state, faults, healing, read-back, verdict.</summary>
internal sealed class ExperimentRun : IDisposable
{
    private readonly Experiment _experiment;
    private readonly RunningLab _lab;
    private readonly RunOptions _options;
    private readonly IProgress<RunEvent> _progress;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly long _began;
    private readonly int _seed;
    private readonly string _runId;
    private readonly string _folder;
    private readonly Journal _journal;
    private readonly Redaction _redaction;
    private readonly UndoLog _undoLog;
    private readonly Ledger _ledger;
    private readonly SampleTap _tap;
    private readonly LabWatch _watch;
    private readonly CancellationTokenSource _abort = new();
    private readonly List<FaultLife> _lives = [];
    private readonly List<string> _notes = [];
    private readonly IReadOnlyList<Witness> _witnesses;
    private string? _aborted, _notRun, _loadProblem;
    private LoadResult? _load;
    private LedgerResult? _readBack;
    private IReadOnlyList<ExpectationResult>? _steadyState;

    public ExperimentRun(Experiment experiment, RunningLab lab, RunOptions options, IProgress<RunEvent> progress)
    {
        (_experiment, _lab, _options, _progress, _time) = (experiment, lab, options, progress, options.Time);
        (_startedAt, _began) = (_time.GetUtcNow(), _time.GetTimestamp());
        _seed = options.Seed ?? experiment.Load.Seed ?? RandomNumberGenerator.GetInt32(1, 1_000_000);
        _runId = options.RunId ?? string.Create(CultureInfo.InvariantCulture, $"{_startedAt:yyyyMMdd-HHmmss}-{experiment.Id}");
        _folder = Path.Combine(options.RunsFolder, _runId);
        Directory.CreateDirectory(_folder);
        _redaction = new Redaction(lab.Hosts.Select(host => host.AdminToken));
        _journal = new Journal(Path.Combine(_folder, "journal.jsonl"), _redaction);
        _undoLog = new UndoLog(lab.StateRoot);
        var ledgerFile = Path.Combine(_folder, "ledger.jsonl");
        File.Delete(ledgerFile); // a run of the same name is replaced; its journal goes on
        _ledger = new Ledger(_time, ledgerFile);
        _tap = new SampleTap(_time, experiment.Abort?.FailedRequests, () => Abort($"the abort rule: {experiment.Abort!.FailedRequests} failed requests"));
        _witnesses = lab.Witnesses(experiment);
        _watch = new LabWatch(lab, _time, () => _tap.Offset, change =>
            Tell(change.Kind == "breaker" ? RunEvents.Breaker : RunEvents.Backend, change.Host, $"{(change.Part.Length > 0 ? change.Part + " " : "")}{change.From} → {change.To}"));
    }

    public async Task<ExperimentResult> GoAsync(CancellationToken stop)
    {
        using var onStop = stop.Register(() => Abort("a person or a signal stopped it"));
        using var onLost = _lab.GuardianLost.Register(() => Abort("the guardian process is gone: nothing would heal this lab if the runner died too"));
        try
        {
            Tell(RunEvents.Note, "", $"{_experiment.Title} (seed {_seed.ToString(CultureInfo.InvariantCulture)})");
            _notRun = await PreflightAsync();
            if (_notRun is null)
                await LoadAndFaultsAsync();
            if (_aborted is null && _notRun is null && _lives.Any(life => life.Result.Start is not null))
                await ReadBackAsync();
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // Stopped before anything was injected: the reason is noted, nothing is owed.
        }
        catch (Exception failure) when (_lives.All(life => life.Result.Start is null))
        {
            _notRun = $"it could not be prepared: {failure.Message}";
        }
        catch (Exception failure)
        {
            // Something was injected and the run itself broke: nothing it measured can be relied on.
            _loadProblem = $"the run itself failed: {failure.Message}";
            _notes.Add(failure.ToString());
        }
        finally
        {
            foreach (var life in _lives)
                await life.HealAsync();
        }

        return Finish();
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _journal.Dispose();
        _abort.Dispose();
    }

    private async Task<string?> PreflightAsync()
    {
        if (Preflight.Refusal(_experiment, _lab, _undoLog) is { } refusal)
            return refusal;
        await _lab.ApplyAsync(_experiment.Settings, _abort.Token);
        var random = new Random(_seed);
        foreach (var (number, planned) in _experiment.Faults.Index())
        {
            var hosts = planned.Target is Target.Holder holder
                ? await _lab.HoldersAsync(holder, _abort.Token)
                : Preflight.Resolve(planned.Target, _lab, random);
            if (hosts.Count == 0)
                return $"this lab has no {planned.Target}";
            foreach (var host in hosts)
                _lives.Add(new FaultLife(planned, $"f{number + 1}-{host.Name}", _lives.Count + 1, _seed + _lives.Count, host, _lab, _runId, _undoLog, _time, _tap,
                    (kind, subject, text) => Tell(kind, subject, text), _options.AttestLimit));
        }

        foreach (var life in _lives)
            if (await life.PrepareAsync(_abort.Token) is { } cannot)
                return cannot;
        return null;
    }

    private async Task LoadAndFaultsAsync()
    {
        using var loadStop = new CancellationTokenSource();
        using var faultStop = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        using var watchStop = new CancellationTokenSource();
        Tell(RunEvents.LoadStarting, "", LoadWords());
        var watching = Task.WhenAll([_watch.RunAsync(watchStop.Token), TellFiguresAsync(watchStop.Token),
            .. _witnesses.Select(witness => witness.RunAsync(() => _tap.Offset, watchStop.Token))]);
        var load = RunLoadAsync(loadStop.Token);
        var faults = new FaultTimeline(_lives, _tap, _time).PlayAsync(SteadyStateAsync, faultStop.Token);
        try
        {
            if (await Task.WhenAny(load, faults) == load)
                faultStop.Cancel(); // no load, no experiment: heal what was begun
            await faults;
            // Healed. A stopped run, or one that never began, needs no more load.
            if (_aborted is not null || _notRun is not null)
                loadStop.Cancel();
            using var _ = _abort.Token.Register(loadStop.Cancel);
            await load;
        }
        finally
        {
            faultStop.Cancel();
            loadStop.Cancel();
            await Task.WhenAll(faults, load);
            watchStop.Cancel();
            await watching;
        }
    }

    private async Task RunLoadAsync(CancellationToken stop)
    {
        var plan = _experiment.Load;
        LoadSimulation[] arrivals = plan.Arrivals == Arrivals.Even
            ? [Simulation.Inject(plan.Rate, TimeSpan.FromSeconds(1), plan.For)]
            : [Simulation.InjectPoisson(plan.Rate, TimeSpan.FromSeconds(1), plan.For)];
        try
        {
            var scenario = _options.Visitors.Create(plan.Scenario,
                new VisitorPlan(_lab.Entry, arrivals, plan.WarmUp, _seed, plan.Links, _ledger, plan.RequestTimeout, MaxConnections: 512, _lab.Authority));
            _load = await LoadRunner.RegisterScenarios(scenario)
                .WithSeed(_seed)
                .WithTimeProvider(_time)
                .WithLatenessFloor(TolerableLateness())
                .WithSampleObserver(_options.OnSample is { } also ? sample => { _tap.OnSample(sample); also(sample); } : _tap.OnSample)
                .WithReportingSinks([.. _options.Sinks])
                .WithStartObserver(_tap.OnStart)
                .WithoutReports()
                .RunAsync(stop);
            Tell(RunEvents.LoadEnded, "", $"{_tap.Requests} requests, {_tap.Failures} failed; load {_load.Validity.Verdict.ToString().ToLowerInvariant()}");
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // Before the first arrival nothing was tried; after it the measurement broke off.
            _loadProblem = $"the load broke off: {failure.Message}";
            if (!_tap.Started.IsCompleted)
                _notRun = $"the load could not start: {failure.Message}";
            Tell(RunEvents.LoadEnded, "", _loadProblem);
        }
    }

    // The generator may be late by what cannot change a judgement: half the tightest latency that is asked.
    private TimeSpan TolerableLateness()
    {
        var limits = _experiment.Hypothesis.Concat(_experiment.Expect).OfType<Expectation.Latency>().Select(latency => latency.Limit.Value).ToList();
        return TimeSpan.FromSeconds(limits.Count > 0 ? limits.Min() / 2 : 2);
    }

    private Task<bool> SteadyStateAsync()
    {
        _steadyState = Judge.SteadyState(_experiment, _tap.Read(), _tap.Offset ?? TimeSpan.Zero);
        var broken = _steadyState.FirstOrDefault(line => line.Judgement != Judgement.Met);
        Tell(RunEvents.SteadyState, "", broken is null ? "holds" : $"does not hold: {broken.Text}, measured {broken.Measured}");
        if (broken is not null)
            _notRun = $"the steady state did not hold before the fault: {broken.Text}, measured {broken.Measured}";
        return Task.FromResult(broken is null && _aborted is null);
    }

    private async Task ReadBackAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        _readBack = await LedgerReadBack.RunAsync(_ledger, _lab, _options.Visitors.Reader(_lab), _time, limit.Token);
        Tell(RunEvents.Ledger, "", LedgerReadBack.Say(_readBack));
    }

    private ExperimentResult Finish()
    {
        var samples = _tap.Read();
        var faults = _lives.Select(life => life.Result).ToList();
        var injected = faults.Where(fault => fault.Start is not null).ToList();
        var end = _load?.Stopped == false ? _experiment.Load.For : samples.Count > 0 ? samples[^1].Intended : TimeSpan.Zero;
        var stretches = Stretches.Cut(injected.Select(fault => (fault.Start!.Value, fault.End)), end);
        var recoveries = injected.Count == 0 ? [] : Recoveries(samples, injected, end);
        var record = new RunRecord
        {
            Samples = samples,
            Stretches = stretches,
            Faults = faults,
            Transitions = _watch.Transitions,
            Retries = _watch.Retries,
            SawBreakers = _watch.SawAny.Breakers,
            SawBackends = _watch.SawAny.Backends,
            Recoveries = recoveries,
            Ledger = _readBack,
            End = end,
        };
        var testimonies = injected.Count > 0 ? _witnesses.Select(witness => witness.Testify()).ToList() : [];
        IReadOnlyList<ExpectationResult> expectations = injected.Count > 0
            ? [.. Judge.All(_experiment, record), .. testimonies.Select(testimony => testimony.AsLine())]
            : _steadyState ?? [];
        var validity = _load is null ? null : ValidityOf(_load);
        var (verdict, reason) = VerdictRule.Decide(new RunFacts
        {
            NotRun = _notRun,
            Aborted = _aborted,
            LoadProblem = testimonies.Select(testimony => testimony.Voids).FirstOrDefault(why => why is not null) ?? _loadProblem ?? ProblemOf(validity),
            Faults = faults,
            Expectations = expectations,
        });
        Tell(RunEvents.Verdict, _experiment.Id, $"{verdict.Word()}: {reason}");
        var result = new ExperimentResult
        {
            Id = _experiment.Id,
            RunId = _runId,
            Title = _experiment.Title,
            File = _experiment.File,
            Tags = _experiment.Tags,
            Verdict = verdict,
            Reason = _redaction.Of(reason),
            Seed = _seed,
            Topology = _lab.Topology,
            Without = [.. _lab.Without.Select(Safeguards.Word)],
            ReliesOn = [.. _experiment.ReliesOn.Select(Safeguards.Word)],
            StartedAt = _startedAt,
            Duration = _time.GetElapsedTime(_began),
            Load = LoadWords(),
            Validity = validity,
            Expectations = expectations,
            Faults = faults,
            Windows = SampleFigures.OfWindows(samples, stretches),
            Recoveries = recoveries,
            Ledger = _readBack,
            Timeline = SampleFigures.Timeline(samples, end),
            Requests = RequestsOf(samples),
            Transitions = _watch.Transitions,
            Notes = _notes,
            Folder = _folder,
        };
        SampleFile.Write(Path.Combine(_folder, "samples.csv.gz"), samples);
        File.WriteAllText(Path.Combine(_folder, "summary.json"), JsonSerializer.Serialize(result, ResultJson.Options));
        return result;
    }

    private IReadOnlyList<RecoveryResult> Recoveries(IReadOnlyList<Sample> samples, IReadOnlyList<FaultResult> injected, TimeSpan end)
    {
        var first = injected.Min(fault => fault.Start)!.Value;
        var last = injected.Max(fault => fault.End) ?? end;
        return [.. samples.GroupBy(sample => sample.Step).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(step => Recovery.Of(step.Key, [.. step], first, last, end, ObjectiveOf(step.Key)))];
    }

    // What the hypothesis promises of the stream; 99 % where it promises nothing.
    private double ObjectiveOf(string step) => _experiment.Hypothesis.OfType<Expectation.Share>()
        .Where(share => share.Step == step && share.Status is null && share.Limit.Comparison is ">=" or ">")
        .Select(share => share.Limit.Value).DefaultIfEmpty(0.99).Max();

    private static IReadOnlyList<StepRequests> RequestsOf(IReadOnlyList<Sample> samples)
    {
        return [.. NotableRequests.Of(samples).OrderBy(step => step.Step, StringComparer.Ordinal).Select(step => new StepRequests(step.Step, All(step.Slowest), All(step.Failed)))];

        static IReadOnlyList<RequestResult> All(IReadOnlyList<Sample> some) => [.. some.Select(sample => new RequestResult(
            sample.Intended, sample.ResponseTime, sample.ServiceTime, sample.StatusCode, sample.Path ?? "", sample.Trace.ToString(), sample.Message ?? ""))];
    }

    private static LoadValidity ValidityOf(LoadResult load) => new(load.Validity.Verdict.ToString().ToLowerInvariant(), load.Validity.Reasons,
        load.Validity.Planned, load.Validity.Delivered, load.Validity.Undelivered, load.Validity.LatenessP99, load.Generator.CpuShare, load.Generator.LongestStall);

    private string? ProblemOf(LoadValidity? validity)
    {
        if (validity is null)
            return "no load ran";
        if (validity.Verdict == "invalid")
            return $"the load is invalid: {string.Join("; ", validity.Reasons)}";
        if (validity.Delivered < validity.Planned * 0.99)
            return $"the load was below plan: {validity.Delivered} of {validity.Planned} arrivals";
        if (_load!.Stopped)
            return $"the load ended before its time: {_load.StopReason}";
        _notes.AddRange(validity.Reasons);
        return null;
    }

    private string LoadWords() => string.Create(CultureInfo.InvariantCulture,
        $"{_experiment.Load.Scenario}, {_experiment.Load.Rate}/s {_experiment.Load.Arrivals.ToString().ToLowerInvariant()} for {Units.Say(_experiment.Load.For)} after {Units.Say(_experiment.Load.WarmUp)} of warm-up");

    private async Task TellFiguresAsync(CancellationToken stop)
    {
        try
        {
            await _tap.Started.WaitAsync(stop);
            Tell(RunEvents.LoadStarted, "", "first arrival");
            while (true)
            {
                var (requests, failures) = (_tap.Requests, _tap.Failures);
                await Task.Delay(TimeSpan.FromSeconds(1), _time, stop);
                Tell(RunEvents.LoadProgress, "", $"{_tap.Requests - requests} requests, {_tap.Failures - failures} failed");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the load has ended
        }
    }

    private void Abort(string reason)
    {
        if (Interlocked.CompareExchange(ref _aborted, reason, null) is not null)
            return;
        Tell(RunEvents.Aborting, "", reason);
        // Not on the caller's thread: it may be a worker of the load, or a signal handler.
        _ = _abort.CancelAsync();
    }

    private void Tell(string kind, string subject, string text)
    {
        var happened = new RunEvent(_time.GetUtcNow(), _tap.Offset, kind, subject, _redaction.Of(text));
        _journal.Write(happened);
        _progress.Report(happened);
    }
}
