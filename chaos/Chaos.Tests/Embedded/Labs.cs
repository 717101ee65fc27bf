using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Running;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Chaos.Tests.Embedded;

/// <summary>Labs and runs of real processes, as the program would make them.</summary>
internal static class Labs
{
    /// <summary>The tests' own program, which also plays guardian and balancer.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Chaos.Tests");

    public static string Shortener { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Shortener/release/Shortener"));

    public static EmbeddedOptions Options(string stateRoot) => new()
    {
        StateRoot = stateRoot,
        LabCommand = [Program],
        ShortenerCommand = [Shortener],
    };

    public static RunOptions Run(string runsFolder) => new()
    {
        RunsFolder = runsFolder,
        Visitors = new Visitors
        {
            Create = (name, plan) => VisitorScenarios.All.First(scenario => scenario.Name == name).Create(
                new VisitorOptions(plan.Target, plan.Simulations, plan.WarmUp, plan.Seed, plan.Links, plan.Ledger, plan.RequestTimeout, plan.MaxConnections)),
            Reader = lab => new HttpLinkReader([.. lab.OfRole("app").Select(host => host.Public)]).Reader,
        },
    };
}
