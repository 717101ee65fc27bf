namespace ChaosLab.Load.Configuration;

/// <summary>Something wrong in what a person wrote.</summary>
/// <param name="Where">File and line, or the scenario.</param>
/// <param name="Says">What is wrong and what would be right.</param>
public sealed record Problem(string Where, string Says)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Says}";
}

/// <summary>Everything that is wrong with a test, at once.</summary>
public sealed class LoadConfigurationException(IReadOnlyList<Problem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>The problems, at least one.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
