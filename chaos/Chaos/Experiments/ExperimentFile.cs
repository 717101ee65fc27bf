namespace ChaosLab.Chaos.Experiments;

/// <summary>Reads experiment files.</summary>
public static class ExperimentFile
{
    /// <summary>The experiment, or every problem of the file at once. Never both, never neither.</summary>
    public static (Experiment? Experiment, IReadOnlyList<Problem> Problems) Load(string path) =>
        throw new NotSupportedException("Lands next.");
}
