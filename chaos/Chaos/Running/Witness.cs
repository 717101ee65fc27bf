using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Running;

/// <summary>Looks at the lab through a whole run, from before the load to its end, and says afterwards what it saw.</summary>
public abstract class Witness
{
    /// <summary>Looks until stopped; never throws for what it is there to see.</summary>
    /// <param name="sinceStart">Time since the first arrival; null before it.</param>
    /// <param name="stop">The run is over.</param>
    public abstract Task RunAsync(Func<TimeSpan?> sinceStart, CancellationToken stop);

    /// <summary>What it saw; asked once, after <see cref="RunAsync"/> has returned.</summary>
    public abstract Testimony Testify();
}

/// <summary>What a witness says.</summary>
/// <param name="Claim">What it watched over, as a claim.</param>
/// <param name="Judgement">Whether the claim held.</param>
/// <param name="Says">What it measured.</param>
/// <param name="Looks">How often it looked.</param>
/// <param name="Voids">Why nothing that was measured in this run means anything; null when it may.</param>
public sealed record Testimony(string Claim, Judgement Judgement, string Says, long Looks, string? Voids)
{
    /// <summary>As a line of the record.</summary>
    internal ExpectationResult AsLine() => new(Claim, "witness", "", Says, Judgement, "run", Looks, null, null, 0);
}
