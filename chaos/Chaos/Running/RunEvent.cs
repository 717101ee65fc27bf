namespace ChaosLab.Chaos.Running;

/// <summary>One thing that happened in a run: shown live and written to the journal.</summary>
/// <param name="At">Wall clock.</param>
/// <param name="Offset">Time since the first arrival after warm-up; null before it.</param>
/// <param name="Kind">Closed vocabulary with dots: see <see cref="RunEvents"/>.</param>
/// <param name="Subject">Host, fault or experiment it is about; empty for the run itself.</param>
/// <param name="Text">One line for people; holds no secret.</param>
public sealed record RunEvent(DateTimeOffset At, TimeSpan? Offset, string Kind, string Subject, string Text);

/// <summary>The words of <see cref="RunEvent.Kind"/>.</summary>
public static class RunEvents
{
    /// <summary>Targets resolved, undo plans made.</summary>
    public const string Preflight = "preflight";
    /// <summary>Load or seeding of links begins.</summary>
    public const string LoadStarting = "load.starting";
    /// <summary>First arrival after warm-up.</summary>
    public const string LoadStarted = "load.started";
    /// <summary>About once a second: figures of the last second.</summary>
    public const string LoadProgress = "load.progress";
    /// <summary>The load has ended.</summary>
    public const string LoadEnded = "load.ended";
    /// <summary>Steady state judged on the baseline.</summary>
    public const string SteadyState = "steady-state";
    /// <summary>Undo written and flushed.</summary>
    public const string UndoWritten = "fault.undo-written";
    /// <summary>The fault is being injected.</summary>
    public const string Injecting = "fault.injecting";
    /// <summary>Injection answered.</summary>
    public const string Injected = "fault.injected";
    /// <summary>Evidence seen, or its time limit passed.</summary>
    public const string Evidence = "fault.evidence";
    /// <summary>Undo begins.</summary>
    public const string Undoing = "fault.undoing";
    /// <summary>The undo gave its answer, which may be that it failed.</summary>
    public const string Undone = "fault.undone";
    /// <summary>Target compared with its fingerprint.</summary>
    public const string Attested = "fault.attested";
    /// <summary>The undo was done and the target is as before: nothing of the fault is left. Never told of an undo that failed.</summary>
    public const string Healed = "fault.healed";
    /// <summary>A breaker changed its state.</summary>
    public const string Breaker = "breaker";
    /// <summary>The balancer changed the state of a backend.</summary>
    public const string Backend = "backend";
    /// <summary>The abort rule, a person or a signal stopped the run.</summary>
    public const string Aborting = "abort";
    /// <summary>Ledger read back.</summary>
    public const string Ledger = "ledger";
    /// <summary>The verdict.</summary>
    public const string Verdict = "verdict";
    /// <summary>Anything worth knowing that is none of the above.</summary>
    public const string Note = "note";
}
