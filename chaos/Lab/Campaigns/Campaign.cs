using System.Globalization;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Logs;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Campaigns;

/// <summary>What a campaign is told on the command line.</summary>
/// <param name="Name">End of its run id, such as <c>gameday</c>.</param>
/// <param name="Without">Safeguards that are switched off.</param>
/// <param name="Seed">Overrides the seeds of the files; null: theirs.</param>
/// <param name="Attempts">How often an experiment may be run until it says something, 1 or more.</param>
/// <param name="On"><c>embedded</c>, <c>docker</c>, or an inventory.</param>
/// <param name="Seeing">How it can be seen from outside.</param>
internal sealed record CampaignPlan(string Name, IReadOnlyCollection<Safeguard> Without, int? Seed, int Attempts, string On, SeeingPlan Seeing);

/// <summary>A campaign that ended: its record, its folder and the page to read.</summary>
internal sealed record FinishedCampaign(GameDayResult Day, string Folder, string Report);

/// <summary>Runs experiments in a row on one lab, and leaves the record and the reports of each and of all.</summary>
internal sealed class Campaign(Places places, CampaignPlan plan, Screen screen, TimeProvider time)
{
    /// <summary>Longest wait for the alerts of the last fault to end: the short window of a budget is a minute.</summary>
    private static readonly TimeSpan ClearLimit = TimeSpan.FromSeconds(75);

    /// <summary>Runs them. Stopping heals first; what did not run is listed as not run.</summary>
    public async Task<FinishedCampaign> RunAsync(IReadOnlyList<Experiment> experiments, CancellationToken stop)
    {
        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        var id = string.Create(CultureInfo.InvariantCulture, $"{startedAt:yyyyMMdd-HHmmss}-{plan.Name}");
        var folder = Path.Combine(places.Runs, id);
        Directory.CreateDirectory(folder);
        List<ExperimentResult> results = [];
        List<string> notes = [];
        IReadOnlyList<IncidentResult>? incidents = null;
        var why = "stopped before its turn";
        var worst = Verdict.Held;
        try
        {
            if (plan.On == LabChoice.Embedded) screen.Say($"lab of {(plan.Without.Contains(Safeguard.Instances) ? "1 instance" : "3 instances")} behind a balancer" +
                (plan.Without.Count == 0 ? "" : $", without {string.Join(", ", plan.Without.Select(one => one.Word()))}"));
            await using RunningLab lab = plan.On == LabChoice.Embedded
                ? await EmbeddedLab.StartAsync(LabChoice.EmbeddedOptions(places, folder, time) with { Without = plan.Without }, screen, stop)
                : await LabChoice.StartAsync(places, plan.On, time, screen, stop);
            await using var tower = await Tower.BuildAsync(plan.Seeing, lab, places, folder, screen.Say, time, stop);
            foreach (var experiment in experiments)
            {
                if (stop.IsCancellationRequested) break;
                var last = await RunOneAsync(experiment, results.Count + 1 - Repeats(results), experiments.Count, lab, tower, folder, results, stop);
                if (last.Verdict != Verdict.UndoFailed) continue;
                why = $"not started, because {experiment.Id} could not be undone";
                break;
            }

            if (tower.Desk is { } desk) incidents = await IncidentsAsync(desk, results, stop);
        }
        catch (LabRefusedException refused)
        {
            why = refused.Message;
            screen.Say("the lab did not start: " + refused.Message);
        }
        catch (UndoFailedException left)
        {
            worst = Verdict.UndoFailed;
            notes.Add(left.Message);
            screen.Say(left.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            worst = Verdict.Aborted;
            notes.Add("stopped while the lab started");
        }

        foreach (var missing in experiments.Where(experiment => results.All(result => result.Id != experiment.Id)))
            results.Add(NotRun(missing, why, startedAt));
        var day = new GameDayResult(1, id, startedAt, time.GetElapsedTime(began), Verdicts.MostSerious([worst, .. Final(results).Select(result => result.Verdict)]), results, notes) { Incidents = incidents };
        return new FinishedCampaign(day, folder, await WriteAsync(day, folder));
    }

    /// <summary>The results that count: of each experiment the last attempt.</summary>
    public static IReadOnlyList<ExperimentResult> Final(IEnumerable<ExperimentResult> results) =>
        [.. results.GroupBy(result => result.Id).Select(attempts => attempts.Last())];

    private static int Repeats(List<ExperimentResult> results) => results.Count - Final(results).Count;

    private async Task<ExperimentResult> RunOneAsync(
        Experiment experiment, int number, int of, RunningLab lab, Tower tower, string folder, List<ExperimentResult> results, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            screen.Say("");
            tower.Metrics?.Faults.Begin(experiment.Id);
            screen.Say($"[{number}/{of}] {experiment.Id}: {experiment.Title}{(attempt > 1 ? $" (attempt {attempt})" : "")}");
            var result = await ExperimentRunner.RunAsync(experiment, lab, new RunOptions
            {
                RunsFolder = folder,
                RunId = attempt == 1 ? experiment.Id : $"{experiment.Id}-{attempt}",
                Seed = plan.Seed,
                Visitors = ShortenerVisitors.All,
                OnSample = tower.Metrics is { } metrics ? metrics.Load.Observe : null,
                Sinks = tower.Metrics is { Load: var load } ? [load] : [],
                Time = time,
            }, tower.Metrics is { Faults: var faults } ? new Both(screen, faults) : screen, stop);
            results.Add(result);
            if (result.Folder.Length > 0) await ReportFiles.WriteAsync(result, result.Folder, CancellationToken.None);
            if (attempt >= plan.Attempts || !SaidNothing(result) || stop.IsCancellationRequested) return result;
            screen.Say($"it said nothing ({result.Verdict.Word()}: {result.Reason}), so once more");
        }
    }

    // Lab and desk still stand, so that the end of an alert is recorded, too. A lab that is not as it was may never be quiet.
    private async Task<IReadOnlyList<IncidentResult>> IncidentsAsync(IncidentDesk desk, List<ExperimentResult> results, CancellationToken stop)
    {
        if (!stop.IsCancellationRequested && results is [.., { Verdict: not Verdict.UndoFailed }] && desk.Incidents.Any(one => one.Resolved is null))
        {
            screen.Say("");
            screen.Say($"waiting until the open incidents are over, at most {ClearLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s (Ctrl-C: not at all) ...");
            await desk.QuietAsync(ClearLimit, stop);
        }

        return Drills.Of(desk.Incidents, [.. results.Where(result => result.Folder.Length > 0).SelectMany(result => FaultWindows.Of(result, result.Folder))]);
    }

    // Inconclusive, or never injected because the lab was not steady before: another moment may tell.
    private static bool SaidNothing(ExperimentResult result) =>
        result.Verdict == Verdict.Inconclusive || (result.Verdict == Verdict.NotRun && result.Timeline.Count > 0);

    private sealed class Both(IProgress<RunEvent> first, IProgress<RunEvent> second) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            first.Report(value);
            second.Report(value);
        }
    }

    private ExperimentResult NotRun(Experiment experiment, string why, DateTimeOffset at) => new()
    {
        Id = experiment.Id,
        RunId = experiment.Id,
        Title = experiment.Title,
        File = experiment.File,
        Tags = experiment.Tags,
        Verdict = Verdict.NotRun,
        Reason = why,
        Seed = plan.Seed ?? experiment.Load.Seed ?? 0,
        Topology = plan.On,
        Without = [.. plan.Without.Select(one => one.Word())],
        ReliesOn = [.. experiment.ReliesOn.Select(one => one.Word())],
        StartedAt = at,
        Duration = TimeSpan.Zero,
    };

    private static async Task<string> WriteAsync(GameDayResult day, string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "summary.json"), System.Text.Json.JsonSerializer.Serialize(day, ResultJson.Options) + "\n");
        return await ReportFiles.WriteAsync(day, folder, CancellationToken.None);
    }
}
