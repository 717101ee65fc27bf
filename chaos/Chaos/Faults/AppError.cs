namespace ChaosLab.Chaos.Faults;

/// <summary>Store calls fail with an exception (Simmy fault inside the shortener).</summary>
/// <param name="Rate">Share of calls, above 0 to 1.</param>
/// <param name="Exception"><c>unavailable</c>, <c>timeout</c> or <c>io</c>.</param>
/// <param name="Operations">Store operations; empty: all.</param>
public sealed record AppError(double Rate, string Exception, IReadOnlyList<string> Operations) : Fault
{
    internal static FaultKind InCatalogue { get; } = new("app-error", "Store calls of the shortener fail", ["app"],
        [AppInjection.RateKey, AppInjection.OperationsKey, new("exception", "unavailable (default), timeout or io")])
    {
        Read = (dose, _) => new AppError(AppInjection.Rate(dose), dose.OneOf("exception", ["unavailable", "timeout", "io"]) ?? "unavailable", dose.Words("operations", AppInjection.Operations)),
    };

    /// <inheritdoc/>
    public override string Kind => "app-error";

    /// <inheritdoc/>
    public override string Dose => $"{AppInjection.Say(Rate, Operations)} fail: {Exception}";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) =>
        new AppInjection(site, AppInjection.Request("error", Rate, Operations) with { Exception = Exception }, TimeSpan.Zero);
}
