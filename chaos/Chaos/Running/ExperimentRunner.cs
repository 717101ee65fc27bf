using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Running;

/// <summary>Runs experiments on a running lab.</summary>
public static class ExperimentRunner
{
    /// <summary>
    /// Runs one from preflight to verdict. Never throws for what an experiment is here to observe. When
    /// <paramref name="stop"/> is cancelled it heals first and then returns <c>aborted</c>.
    /// </summary>
    public static async Task<ExperimentResult> RunAsync(
        Experiment experiment, RunningLab lab, RunOptions options, IProgress<RunEvent> progress, CancellationToken stop)
    {
        using var run = new ExperimentRun(experiment, lab, options, progress);
        return await run.GoAsync(stop);
    }

    /// <summary>
    /// Runs several in a row on one lab and one folder. Stops after an undo that failed, for nothing measured on a
    /// broken lab means anything, and when <paramref name="stop"/> is cancelled.
    /// </summary>
    public static async Task<GameDayResult> RunAllAsync(
        IReadOnlyList<Experiment> experiments, RunningLab lab, RunOptions options, IProgress<RunEvent> progress, Action<ExperimentResult>? onResult, CancellationToken stop)
    {
        var startedAt = options.Time.GetUtcNow();
        var began = options.Time.GetTimestamp();
        var id = options.RunId ?? string.Create(CultureInfo.InvariantCulture, $"{startedAt:yyyyMMdd-HHmmss}-gameday");
        var results = new List<ExperimentResult>();
        var notes = new List<string>();
        foreach (var experiment in experiments)
        {
            var result = await RunAsync(experiment, lab, options with { RunsFolder = Path.Combine(options.RunsFolder, id), RunId = experiment.Id }, progress, stop);
            results.Add(result);
            onResult?.Invoke(result);
            if (result.Verdict == Verdict.UndoFailed || stop.IsCancellationRequested)
                break;
        }

        if (results.Count < experiments.Count)
            notes.Add($"stopped after {results.Count} of {experiments.Count} experiments: {string.Join(", ", experiments.Skip(results.Count).Select(left => left.Id))} did not run");
        return new GameDayResult(1, id, startedAt, options.Time.GetElapsedTime(began), Verdicts.Verdicts.MostSerious(results.Select(result => result.Verdict)), results, notes);
    }
}
