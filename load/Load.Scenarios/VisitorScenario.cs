using System.Security.Cryptography.X509Certificates;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Load.Scenarios;

/// <summary>What a visitor scenario needs to know.</summary>
/// <param name="Target">Base address of the shortener (or of the balancer before it).</param>
/// <param name="Simulations">The load.</param>
/// <param name="WarmUp">Warm-up, zero for none.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Links">Links made before the load, ≥ 1.</param>
/// <param name="Ledger">Where every write and every redirect is noted.</param>
/// <param name="RequestTimeout">After this a request is given up; its outcome is then unknown. Usually 2 s.</param>
/// <param name="MaxConnections">Connections, so requests in flight, ≥ 1.</param>
public sealed record VisitorOptions(Uri Target, LoadSimulation[] Simulations, TimeSpan WarmUp, int Seed, int Links, Ledger Ledger,
    TimeSpan RequestTimeout, int MaxConnections)
{
    /// <summary>Who must have signed the target's certificate; null: an authority this machine trusts.</summary>
    public X509Certificate2? Authority { get; init; }

    /// <summary>What each visitor does before a visit, outside of what is measured; gets the number of the copy. Null: nothing.</summary>
    public Func<int, ValueTask>? BeforeVisit { get; init; }
}

/// <summary>Something visitors of the shortener do.</summary>
/// <param name="Name">Name, as on the command line.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Create">Makes the scenario.</param>
public sealed record VisitorScenario(string Name, string Summary, Func<VisitorOptions, ScenarioProps> Create);
