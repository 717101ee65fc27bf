using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Running;

/// <summary>Runs one experiment on a running lab.</summary>
public static class ExperimentRunner
{
    /// <summary>
    /// Runs it from preflight to verdict. Never throws for what an experiment is here to observe. When
    /// <paramref name="stop"/> is cancelled it heals first and then returns <c>aborted</c>.
    /// </summary>
    public static Task<ExperimentResult> RunAsync(
        Experiment experiment, RunningLab lab, RunOptions options, IProgress<RunEvent> progress, CancellationToken stop) =>
        throw new NotSupportedException("Lands with the load engine.");
}
