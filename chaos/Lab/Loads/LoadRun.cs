using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Metrics;
using ChaosLab.Lab.Watch;
using ChaosLab.Load;
using ChaosLab.Load.Ledgers;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Lab.Loads;

/// <summary>A load that ended, judged.</summary>
/// <param name="Plan">What was asked for.</param>
/// <param name="Load">What was measured.</param>
/// <param name="Steps">Figures of each kind of request.</param>
/// <param name="Thresholds">What must hold, and whether it did.</param>
/// <param name="Ledger">What the service promised, read back.</param>
/// <param name="Folder">Where the record is.</param>
internal sealed record FinishedLoad(
    LoadPlan Plan, LoadResult Load, IReadOnlyList<StepFigures> Steps, IReadOnlyList<ExpectationResult> Thresholds, LedgerResult Ledger, string Folder)
{
    /// <summary>0 all held, 1 a threshold or a promise was broken, 3 it could not be judged, 5 it was stopped.</summary>
    public int ExitCode =>
        Load.Stopped ? Verdict.Aborted.ExitCode()
        : Load.Validity.Verdict == ValidityVerdict.Invalid ? Verdict.Inconclusive.ExitCode()
        : Thresholds.Any(one => one.Judgement == Judgement.Violated) || BrokenPromises > 0 ? Verdict.Weakness.ExitCode()
        : Thresholds.Any(one => one.Judgement == Judgement.Unknown) ? Verdict.Inconclusive.ExitCode()
        : 0;

    /// <summary>Whether nothing is known from it: not what visitors saw, and no promise about a link was seen broken.</summary>
    public bool CannotBeBelieved => !Load.Stopped && Load.Validity.Verdict == ValidityVerdict.Invalid && BrokenPromises == 0;

    /// <summary>Links lost, changed, doubled, refused but there, or removed but served.</summary>
    public int BrokenPromises => Ledger.Lost.Count + Ledger.Changed.Count + Ledger.Doubled.Count + Ledger.Phantom.Count + Ledger.Stale.Count;
}

/// <summary>Puts one load on a service and judges it.</summary>
internal sealed class LoadRun(Places places, Screen screen, TimeProvider time)
{
    private const int MaxConnections = 512;

    /// <summary>On an embedded lab of its own, on hosts that are there, or on the service that the plan names.</summary>
    public async Task<FinishedLoad> RunAsync(LoadPlan plan, CancellationToken stop)
    {
        var folder = Path.Combine(places.Runs, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-load-{plan.Visitors.Name}"));
        Directory.CreateDirectory(folder);
        if (plan.Target is { } target)
        {
            using var reader = new HttpLinkReader([target]);
            return await RunAsync(plan, target, null, folder, null, ledger => ReadBackAsync(ledger, reader, stop), stop);
        }

        await using RunningLab lab = plan.On == LabChoice.Embedded
            ? await EmbeddedLab.StartAsync(LabChoice.EmbeddedOptions(places, folder, time) with { Without = plan.Without }, screen, stop)
            : await LabChoice.StartAsync(places, plan.On, time, screen, stop);
        using var every = new HttpLinkReader([.. lab.OfRole("app").Select(app => app.Public)]);
        await using var tower = await Tower.BuildAsync(plan.Seeing, lab, places, folder, screen.Say, time, stop);
        return await RunAsync(plan, lab.Entry, lab.Authority, folder, tower.Metrics, ledger => LedgerReadBack.RunAsync(ledger, lab, every.Reader, time, stop), stop);
    }

    private async Task<FinishedLoad> RunAsync(LoadPlan plan, Uri target, X509Certificate2? authority, string folder, RunnerMetrics? metrics, Func<Ledger, Task<LedgerResult>> readBack, CancellationToken stop)
    {
        screen.Say($"{plan.Visitors.Name} on {target}: {plan.Words} (seed {plan.Seed.ToString(CultureInfo.InvariantCulture)})");
        using var ledger = new Ledger(time, Path.Combine(folder, "ledger.jsonl"));
        var scenario = plan.Visitors.Create(new VisitorOptions(
            target, [plan.Simulation], plan.WarmUp, plan.Seed, plan.Links, ledger, plan.RequestTimeout, MaxConnections) { Authority = authority });
        long requests = 0, failures = 0;
        using var ended = new CancellationTokenSource();
        var telling = TellAsync(() => (Interlocked.Read(ref requests), Interlocked.Read(ref failures)), plan.For, ended.Token);
        LoadResult load;
        metrics?.Faults.Begin(plan.Visitors.Name);
        try
        {
            load = await LoadRunner.RegisterScenarios(scenario)
                .WithSeed(plan.Seed)
                .WithTimeProvider(time)
                .WithLatenessFloor(plan.LatenessFloor)
                .WithMaxConnections(MaxConnections)
                .WithReportFolder(folder)
                .WithStartObserver(_ => metrics?.Faults.Report(new RunEvent(time.GetUtcNow(), TimeSpan.Zero, RunEvents.LoadStarted, "", "")))
                .WithReportingSinks(metrics is { Load: var figures } ? [figures] : [])
                .WithSampleObserver(sample =>
                {
                    metrics?.Load.Observe(sample);
                    Interlocked.Increment(ref requests);
                    if (!sample.IsOk) Interlocked.Increment(ref failures);
                })
                .RunAsync(stop);
        }
        finally
        {
            metrics?.Faults.Report(new RunEvent(time.GetUtcNow(), null, RunEvents.LoadEnded, "", ""));
            await ended.CancelAsync();
            await telling;
        }

        screen.Say("reading back what was promised ...");
        var samples = load.Samples.ToList().OrderBy(sample => sample.Intended).ToList();
        var record = new RunRecord { Samples = samples, Stretches = [new Stretch(WindowName.Baseline, TimeSpan.Zero, TimeSpan.MaxValue)], End = load.Duration };
        return new FinishedLoad(
            plan, load,
            [.. samples.GroupBy(sample => sample.Step).OrderBy(step => step.Key, StringComparer.Ordinal).Select(step => SampleFigures.OfStep(step.Key, [.. step], load.Duration))],
            [.. plan.Thresholds.Select(line => RequestJudge.Of(line, "threshold", WindowName.Run, record, SampleNeed.Of(line)))],
            await readBack(ledger), folder);
    }

    private static async Task<LedgerResult> ReadBackAsync(Ledger ledger, HttpLinkReader reader, CancellationToken stop)
    {
        var found = await LedgerJudge.ReadBackAsync(ledger, reader.Reader, stop);
        // No admin address, so clicks cannot be flushed: their totals say nothing.
        return new LedgerResult(found.Acknowledged, found.Refused, found.Unknown, Say(found.Lost), Say(found.Changed), Say(found.Doubled),
            Say(found.Phantom), Say(found.Stale), [], found.NeverRead, "");
    }

    private static IReadOnlyList<string> Say(IReadOnlyList<LedgerFinding> findings) =>
        [.. findings.Select(finding => $"{finding.Subject}: promised {finding.Expected}, found {finding.Found}")];

    private async Task TellAsync(Func<(long Requests, long Failures)> read, TimeSpan length, CancellationToken ended)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
            var (before, second) = (read(), 0);
            while (await timer.WaitForNextTickAsync(ended))
            {
                var now = read();
                // Seeding and warm-up pass before the first request that counts.
                if (now.Requests > 0) second++;
                screen.Live(now.Requests == 0
                    ? "making links, warming up ..."
                    : string.Create(CultureInfo.InvariantCulture, $"{second} of {length.TotalSeconds:0} s: {now.Requests - before.Requests} requests, {now.Failures - before.Failures} failed"));
                before = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The load has ended.
        }
    }
}
