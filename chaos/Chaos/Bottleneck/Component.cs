namespace ChaosLab.Chaos.Bottleneck;

/// <summary>A component with everything that was found out about it.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Instance">The one instance it is about; empty: the same on all.</param>
/// <param name="Capacity">m of one instance; 0 = no limit.</param>
/// <param name="Utilisation">Highest U over the instances.</param>
/// <param name="Waiting">W, summed over the instances.</param>
/// <param name="Seconds">Time of one visit, in s.</param>
/// <param name="Score">Highest score over the instances, 0 to 1.</param>
/// <param name="Time">e = ∂ln X/∂ln T; null when it was not dosed.</param>
/// <param name="Extent">c = ∂ln X/∂ln m; null when it has no capacity to change.</param>
public sealed record Component(
    ComponentKind Kind, string Instance, double Capacity, double Utilisation, double Waiting, double Seconds, double Score, Elasticity? Time, Elasticity? Extent)
{
    /// <summary>What PostgreSQL says of itself; null where the component is no part of it.</summary>
    public DatabaseSight? Sight { get; init; }

    /// <summary>What is wrong with it, as the database's own figures tell; null where it is no part of a database.</summary>
    public DatabaseDiagnosis? Diagnosis => DatabaseDiagnosis.Of(Kind, Sight);

    /// <summary>The component as people call it.</summary>
    public string Says => Diagnosis?.Says ?? Kind switch
    {
        ComponentKind.Path => "the path outside of every resource",
        ComponentKind.Processor => "the processor",
        ComponentKind.Lock => "the serial lock",
        ComponentKind.Connection => "the connection pool",
        _ => "the balancer's slots",
    } + (Instance.Length > 0 ? $" of {Instance}" : "");

    /// <summary>The word of <c>--guess</c> and of planted bottlenecks.</summary>
    public string Word => Diagnosis?.Word ?? WordOf(Kind);

    /// <summary>The word of a kind.</summary>
    public static string WordOf(ComponentKind kind) => kind switch
    {
        ComponentKind.Path => "path",
        ComponentKind.Processor => "cpu",
        ComponentKind.Lock => "lock",
        ComponentKind.Connection => "pool",
        ComponentKind.Database => "database",
        ComponentKind.Row => "row",
        _ => "slots",
    };
}
