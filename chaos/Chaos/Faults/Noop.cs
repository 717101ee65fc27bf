using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>
/// Does nothing. The example to copy, and the proof that a fault which does not bite is never called held: there is no
/// evidence, so the verdict is <c>inconclusive</c>.
/// </summary>
public sealed record Noop : Fault
{
    internal static FaultKind InCatalogue { get; } = new("noop", "Does nothing; always ends inconclusive. The example to copy", ["app", "lb"], [])
    {
        Read = (_, _) => new Noop(),
    };

    /// <inheritdoc/>
    public override string Kind => "noop";

    /// <inheritdoc/>
    public override string Dose => "nothing";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected();

    private sealed class Injected : Injection
    {
        public override UndoAction Undo => new UndoAction.Nothing("nothing was done");

        public override Task InjectAsync(CancellationToken stop) => Task.CompletedTask;

        public override Task<Sight> LookAsync(CancellationToken stop) => Task.FromResult(new Sight(false, "nothing to see"));
    }
}
