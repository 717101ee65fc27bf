namespace ChaosLab.Shortener.Configuration;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="Variable">The environment variable.</param>
/// <param name="Says">What is wrong and what would be right.</param>
public sealed record Problem(string Variable, string Says);
