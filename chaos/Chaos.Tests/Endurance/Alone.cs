namespace ChaosLab.Chaos.Tests.Endurance;

/// <summary>Tests that run whole labs one after the other, while no other test runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
