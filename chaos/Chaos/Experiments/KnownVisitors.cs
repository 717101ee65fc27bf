namespace ChaosLab.Chaos.Experiments;

/// <summary>
/// What experiment files may say about visitors: their names, and which requests each makes. A test compares it with
/// the scenarios that really exist; Chaos itself knows the load engine, not the visitors.
/// </summary>
public static class KnownVisitors
{
    /// <summary>Every scenario with its steps.</summary>
    public static IReadOnlyList<KnownVisitor> All { get; } =
    [
        new("follow-links", [new("redirect", 1)]),
        new("shorten-and-follow", [new("create", 1), new("redirect", 1)]),
        new("hot-link", [new("redirect", 1)]),
        new("unknown-codes", [new("unknown", 1)]),
        new("mixed", [new("redirect", 0.99), new("create", 0.01)]),
    ];

    /// <summary>The scenario of a name; null when there is none.</summary>
    public static KnownVisitor? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}

/// <summary>One scenario.</summary>
/// <param name="Name">As in <c>load.scenario</c>.</param>
/// <param name="Steps">Kinds of request it makes.</param>
public sealed record KnownVisitor(string Name, IReadOnlyList<KnownStep> Steps);

/// <summary>One kind of request.</summary>
/// <param name="Name">Step name, such as <c>redirect</c>.</param>
/// <param name="PerArrival">Requests of this kind per arrival, 0 to 1.</param>
public sealed record KnownStep(string Name, double PerArrival);
