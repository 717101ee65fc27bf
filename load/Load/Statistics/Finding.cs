namespace ChaosLab.Load;

/// <summary>Looks figures up by name. <c>Get</c> throws <see cref="KeyNotFoundException"/>, <c>Find</c> gives null.</summary>
public static class Finding
{
    /// <summary>The scenario of that name.</summary>
    public static ScenarioStats Get(this ScenarioStats[] stats, string name) => stats.Find(name) ?? throw Missing("scenario", name);
    /// <summary>The scenario of that name, or null.</summary>
    public static ScenarioStats? Find(this ScenarioStats[] stats, string name) => Array.Find(stats, s => s.ScenarioName == name);
    /// <summary>Whether there is such a scenario.</summary>
    public static bool Exists(this ScenarioStats[] stats, string name) => stats.Find(name) is not null;
    /// <summary>The step of that name.</summary>
    public static StepStats Get(this StepStats[] stats, string name) => stats.Find(name) ?? throw Missing("step", name);
    /// <summary>The step of that name, or null.</summary>
    public static StepStats? Find(this StepStats[] stats, string name) => Array.Find(stats, s => s.StepName == name);
    /// <summary>Whether there is such a step.</summary>
    public static bool Exists(this StepStats[] stats, string name) => stats.Find(name) is not null;
    /// <summary>The figures of that status code.</summary>
    public static StatusCodeStats Get(this StatusCodeStats[] stats, string code) => stats.Find(code) ?? throw Missing("status code", code);
    /// <summary>The figures of that status code, or null.</summary>
    public static StatusCodeStats? Find(this StatusCodeStats[] stats, string code) => Array.Find(stats, s => s.StatusCode == code);
    /// <summary>Whether there was such a status code.</summary>
    public static bool Exists(this StatusCodeStats[] stats, string code) => stats.Find(code) is not null;

    private static KeyNotFoundException Missing(string what, string name) => new($"No {what} is called \"{name}\".");
}
