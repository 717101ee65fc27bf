namespace ChaosLab.Chaos.Faults;

/// <summary>Every fault there is, written out.</summary>
public static class FaultCatalogue
{
    /// <summary>In the order they are listed for people.</summary>
    public static IReadOnlyList<FaultKind> All { get; } = [];
}

/// <summary>One line of the catalogue.</summary>
/// <param name="Name">Name in experiment files.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="Doses">Keys it understands besides at, kind, target and for.</param>
public sealed record FaultKind(string Name, string Summary, IReadOnlyList<DoseKey> Doses);

/// <summary>One key of a dose.</summary>
/// <param name="Name">As written in the file.</param>
/// <param name="Summary">What it means, with unit and range.</param>
public sealed record DoseKey(string Name, string Summary);
