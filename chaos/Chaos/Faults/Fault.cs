using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>One way to hurt a host, with its dose. One sealed record, one file and one line in <see cref="FaultCatalogue"/> each.</summary>
public abstract record Fault
{
    /// <summary>Name in experiment files, such as <c>kill-process</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The dose in words, such as <c>SIGKILL, down until undo</c>.</summary>
    public abstract string Dose { get; }

    /// <summary>Whether hosts are hurt and healed one after the other instead of all at once for the whole time.</summary>
    public virtual bool OneHostAtATime => false;

    /// <summary>The fault on one host. Does nothing yet.</summary>
    public abstract Injection On(FaultSite site);
}

/// <summary>Where and for how long.</summary>
/// <param name="Host">The host.</param>
/// <param name="Lab">Its lab.</param>
/// <param name="Tag">Marks what is ours at the target; unique per run, fault and host.</param>
/// <param name="For">From injection to undo.</param>
/// <param name="Seed">Seed for chance inside the fault.</param>
/// <param name="Time">Clock.</param>
public sealed record FaultSite(Host Host, RunningLab Lab, string Tag, TimeSpan For, int Seed, TimeProvider Time);

/// <summary>The life of one fault on one host. The runner calls: refusal, undo, look, inject, look …; the undo itself is data, so that others can execute it too.</summary>
public abstract class Injection
{
    /// <summary>Why this cannot be done to this host; null when it can.</summary>
    public virtual Task<string?> RefusalAsync(CancellationToken stop) => Task.FromResult<string?>(null);

    /// <summary>What heals it, complete before anything is done.</summary>
    public abstract UndoAction Undo { get; }

    /// <summary>Does it. Returns when it is done, not when it shows.</summary>
    public abstract Task InjectAsync(CancellationToken stop);

    /// <summary>One look for proof that it bites. Called once before the injection, when it must not be seen, and then until it is.</summary>
    public abstract Task<Sight> LookAsync(CancellationToken stop);
}

/// <summary>What one look showed.</summary>
/// <param name="Bites">Whether this proves that the fault is at work.</param>
/// <param name="Says">The reading itself, for the journal.</param>
public sealed record Sight(bool Bites, string Says);
