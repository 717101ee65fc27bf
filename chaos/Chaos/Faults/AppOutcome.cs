namespace ChaosLab.Chaos.Faults;

/// <summary>Store calls answer something wrong instead of failing (Simmy outcome inside the shortener): known links are not found.</summary>
/// <param name="Rate">Share of calls, above 0 to 1.</param>
/// <param name="Outcome">The wrong answer: <c>not-found</c>.</param>
/// <param name="Operations">Store operations; empty: all.</param>
public sealed record AppOutcome(double Rate, string Outcome, IReadOnlyList<string> Operations) : Fault
{
    // An insert or a batch of clicks that never happened has no "not found" to answer.
    private static readonly string[] WithOutcome = ["link.get", "link.delete", "link.inspect", "link.by-key"];

    internal static FaultKind InCatalogue { get; } = new("app-outcome", "Store calls of the shortener answer wrongly", ["app"],
        [AppInjection.RateKey, new("operations", "list of link.get, link.delete, link.inspect, link.by-key; default all of them"), new("outcome", "not-found (default)")])
    {
        Read = (dose, _) => new AppOutcome(AppInjection.Rate(dose), dose.OneOf("outcome", ["not-found"]) ?? "not-found", dose.Words("operations", WithOutcome)),
    };

    /// <inheritdoc/>
    public override string Kind => "app-outcome";

    /// <inheritdoc/>
    public override string Dose => $"{AppInjection.Say(Rate, Operations)} answer {Outcome}";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) =>
        new AppInjection(site, AppInjection.Request("outcome", Rate, Operations) with { Outcome = Outcome }, TimeSpan.Zero);
}
