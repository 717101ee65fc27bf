using System.Security.Cryptography.X509Certificates;
using ChaosLab.Load;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Chaos.Running;

/// <summary>Where the visitors come from. Chaos knows the load engine; the scenarios of the shortener are handed in.</summary>
public sealed record Visitors
{
    /// <summary>Makes the scenario of a name (see <see cref="Experiments.KnownVisitors"/>).</summary>
    public required Func<string, VisitorPlan, ScenarioProps> Create { get; init; }

    /// <summary>Reads links back from every instance of a lab, past every cache.</summary>
    public required Func<RunningLab, LinkReader> Reader { get; init; }
}

/// <summary>What a scenario is made from.</summary>
/// <param name="Target">Entry address of the lab.</param>
/// <param name="Simulations">Arrivals.</param>
/// <param name="WarmUp">Load before the first sample counts.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Links">Links to create first.</param>
/// <param name="Ledger">Takes every promise the service makes.</param>
/// <param name="RequestTimeout">When a visitor gives up.</param>
/// <param name="MaxConnections">Bound of connections.</param>
/// <param name="Authority">Who signed the certificate of the target; null: one of the machine's own authorities, or no TLS.</param>
public sealed record VisitorPlan(
    Uri Target, LoadSimulation[] Simulations, TimeSpan WarmUp, int Seed, int Links, Ledger Ledger, TimeSpan RequestTimeout, int MaxConnections, X509Certificate2? Authority);
