using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Faults;

/// <summary>Every fault there is, written out. To add one: copy <c>Noop.cs</c>, add its line here, and let its tests show that it bites and that its undo leaves nothing.</summary>
public static class FaultCatalogue
{
    /// <summary>In the order they are listed for people.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        Noop.InCatalogue,
        KillProcess.InCatalogue,
        StopProcess.InCatalogue,
        PauseProcess.InCatalogue,
        SlowStart.InCatalogue,
        RollingRestart.InCatalogue,
        AppError.InCatalogue,
        AppLatency.InCatalogue,
        AppOutcome.InCatalogue,
        AppCpu.InCatalogue,
        AppReadiness.InCatalogue,
        .. Hosts.HostFaults.All,
    ];

    /// <summary>The kind of a name; null when there is none.</summary>
    public static FaultKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);
}

/// <summary>One line of the catalogue.</summary>
/// <param name="Name">Name in experiment files.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="Roles">Roles of hosts it can be done to.</param>
/// <param name="Doses">Keys it understands besides at, kind, target and for.</param>
public sealed record FaultKind(string Name, string Summary, IReadOnlyList<string> Roles, IReadOnlyList<DoseKey> Doses)
{
    /// <summary>Reads the dose; null when it is wrong (and told).</summary>
    internal Func<Section, TimeSpan?, Fault?> Read { get; init; } = (_, _) => throw new InvalidOperationException("a kind without a reader");
}

/// <summary>One key of a dose.</summary>
/// <param name="Name">As written in the file.</param>
/// <param name="Summary">What it means, with unit and range.</param>
public sealed record DoseKey(string Name, string Summary);
