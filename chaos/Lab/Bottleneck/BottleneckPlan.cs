namespace ChaosLab.Lab.Bottleneck;

/// <summary>What the hunt for a bottleneck is told.</summary>
/// <param name="Plant">What is planted; null: the lab as it is.</param>
/// <param name="IsHidden">The plant is told at the end only.</param>
/// <param name="Guess">What the trainee thinks; null: no guess.</param>
/// <param name="Seed">Seed of the plant, of orders and of visitors.</param>
/// <param name="Users">Users of the closed loop, 2 to 64.</param>
/// <param name="IsQuick">Leaves the scaling curve and the proof away.</param>
/// <param name="On">Which lab: <c>embedded</c> or <c>docker</c>.</param>
internal sealed record BottleneckPlan(Plant? Plant, bool IsHidden, string? Guess, int Seed, int Users, bool IsQuick, string On);
