namespace ChaosLab.Shortener.Faults;

/// <summary>The names of the calls to the store: a small closed set, because they become metric labels.</summary>
public static class StoreOperations
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = ["link.get", "link.insert", "link.delete", "link.inspect", "link.by-key", "clicks.add"];

    /// <summary>Those that can answer "no such link".</summary>
    public static IReadOnlyList<string> WithOutcome { get; } = ["link.get", "link.delete", "link.inspect", "link.by-key"];
}
