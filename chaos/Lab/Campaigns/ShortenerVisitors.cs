using ChaosLab.Chaos.Running;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Lab.Campaigns;

/// <summary>Lends the visitors of the shortener to the fault engine, which knows none itself.</summary>
internal static class ShortenerVisitors
{
    /// <summary>Every scenario, and a reader that asks each instance past the balancer.</summary>
    public static Visitors All { get; } = new()
    {
        Create = (name, plan) => VisitorScenarios.All.First(one => one.Name == name).Create(
            new VisitorOptions(plan.Target, plan.Simulations, plan.WarmUp, plan.Seed, plan.Links, plan.Ledger, plan.RequestTimeout, plan.MaxConnections) { Authority = plan.Authority }),
        Reader = lab => new HttpLinkReader([.. lab.OfRole("app").Select(app => app.Public)]).Reader,
    };
}
