namespace ChaosLab.Load.Running;

/// <summary>A load that the pacer drives: one scenario, or a weighted mix of several.</summary>
internal abstract class Lane
{
    /// <summary>Releases what is due and gives the time of what comes next, or <see cref="long.MaxValue"/> when the load
    /// is over. Called by the pacer thread only.</summary>
    public abstract long Release(long nowNs);

    /// <summary>When a load that counts iterations had done them; the end of time otherwise.</summary>
    public virtual long EndedNs => long.MaxValue;

    /// <summary>Ends the load; the task ends when the last iteration has finished.</summary>
    public abstract Task CloseAsync(bool drop);

    /// <summary>Gives up on iterations that still run; each counts as failed and unfinished.</summary>
    public abstract void Abandon();

    /// <summary>The load at a time, for people who watch.</summary>
    public abstract LoadSimulationStats LoadAt(long nowNs);

    /// <summary>Arrivals of one scenario by what became of them; all 0 in the closed model, which plans none.</summary>
    public abstract ArrivalCounts CountsOf(ScenarioRun run);
}

/// <summary>Arrivals by what became of them, and what is going on.</summary>
internal readonly record struct ArrivalCounts(long Planned, long Delivered, long Undelivered, int InFlight, int Waiting);
