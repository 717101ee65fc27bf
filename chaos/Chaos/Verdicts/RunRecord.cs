using ChaosLab.Chaos.Running;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Verdicts;

/// <summary>Everything a run recorded. Judged afterwards, from this alone.</summary>
internal sealed record RunRecord
{
    /// <summary>Ordered by intended start.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }
    public required IReadOnlyList<Stretch> Stretches { get; init; }
    public IReadOnlyList<FaultResult> Faults { get; init; } = [];
    public IReadOnlyList<Transition> Transitions { get; init; } = [];
    public IReadOnlyList<(TimeSpan At, long Retries)> Retries { get; init; } = [];
    public bool SawBreakers { get; init; }
    public bool SawBackends { get; init; }
    public IReadOnlyList<RecoveryResult> Recoveries { get; init; } = [];
    public LedgerResult? Ledger { get; init; }
    public TimeSpan End { get; init; }
}
