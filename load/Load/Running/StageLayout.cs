using ChaosLab.Load.Configuration;
using ChaosLab.Load.Measuring;
using ChaosLab.Load.Raw;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Running;

/// <summary>A scenario, its recorder and the lane that loads it.</summary>
internal sealed record LaidScenario(ScenarioRun Run, Plan Plan, Lane Lane);

/// <summary>Makes lanes from scenarios: those with a weight share one.</summary>
internal static class StageLayout
{
    public static List<LaidScenario> Lay(RunSettings settings, IReadOnlyList<ScenarioProps> scenarios, Stage stage)
    {
        var laid = new List<LaidScenario>();
        foreach (var group in Groups(scenarios.Where(s => s.Run is not null)))
        {
            var warmUp = stage.Counts ? (TimeSpan?)null : group[0].WarmUpDuration;
            if (warmUp == TimeSpan.Zero)
                continue;
            var plan = Plan.For(group[0].ScenarioName, group[0].LoadSimulations, settings.Seed, warmUp);
            var runs = group.Select(props => new ScenarioRun(props, stage, new ScenarioRecorder(), StageClock.Span(plan.ClosedIterations is null ? plan.BusyNs : 0))).ToList();
            var mix = new WeightedMix(settings.Seed, [.. group.Select(props => props.Weight ?? 1)]);
            Lane lane = group[0].LoadSimulations.Any(s => !s.IsOpen)
                ? new ClosedLane(plan, runs, mix, settings.Seed)
                : new OpenLane(plan, [.. runs.Select(run => new CopyPool(run, run.Props.MaxInFlight ?? settings.MaxConnections))], mix);
            laid.AddRange(runs.Select(run => new LaidScenario(run, plan, lane)));
        }
        foreach (var props in scenarios.Where(s => s.Requests is not null))
        {
            if (!stage.Counts && props.WarmUpDuration == TimeSpan.Zero)
                continue;
            var requests = props.Requests!();
            if (requests.Problems().ToList() is { Count: > 0 } problems)
                throw new LoadConfigurationException([.. problems.Select(says => new Problem($"scenario \"{props.ScenarioName}\"", says))]);
            var plan = Plan.For(props.ScenarioName, props.LoadSimulations, settings.Seed, stage.Counts ? null : props.WarmUpDuration);
            var run = new ScenarioRun(props, stage, new ScenarioRecorder(), StageClock.Span(plan.ClosedIterations is null ? plan.BusyNs : 0));
            laid.Add(new LaidScenario(run, plan, new RawLane(plan, run, requests, settings.Seed, props.MaxInFlight ?? settings.MaxConnections)));
        }
        stage.Scenarios = [.. laid.Select(l => l.Run)];
        return laid;
    }

    private static IEnumerable<List<ScenarioProps>> Groups(IEnumerable<ScenarioProps> scenarios)
    {
        var mix = new List<ScenarioProps>();
        foreach (var scenario in scenarios)
        {
            if (scenario.Weight is null)
                yield return [scenario];
            else
                mix.Add(scenario);
        }
        if (mix.Count > 0)
            yield return mix;
    }
}
