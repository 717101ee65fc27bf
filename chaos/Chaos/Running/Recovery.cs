namespace ChaosLab.Chaos.Running;

/// <summary>Placeholder of the next commit.</summary>
public static class Recovery
{
    /// <summary>How long a stream must stay good to count as recovered.</summary>
    public static TimeSpan SustainedFor { get; } = TimeSpan.FromSeconds(2);
}
