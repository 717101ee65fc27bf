namespace ChaosLab.Load;

/// <summary>How the generator itself fared while it measured.</summary>
/// <param name="CpuSeconds">CPU time of this process, in s.</param>
/// <param name="CpuShare">CPU time ÷ (duration × cores), 0–1.</param>
/// <param name="LongestGcPause">Longest stop for a garbage collection.</param>
/// <param name="RunQueueWaitShare">Time its threads could have run but had no core ÷ (duration × cores), 0 and more; 0 where
/// the system does not tell.</param>
/// <param name="MaxThreadPoolQueue">Most work items seen waiting in the thread pool.</param>
/// <param name="LongestStall">Longest time that a thread which only wants to wake every 10 ms overslept.</param>
public sealed record GeneratorHealth(double CpuSeconds, double CpuShare, TimeSpan LongestGcPause, double RunQueueWaitShare, long MaxThreadPoolQueue, TimeSpan LongestStall)
{
    /// <summary>Nothing measured.</summary>
    public static GeneratorHealth None { get; } = new(0, 0, TimeSpan.Zero, 0, 0, TimeSpan.Zero);
}
