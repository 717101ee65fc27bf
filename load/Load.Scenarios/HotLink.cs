namespace ChaosLab.Load.Scenarios;

/// <summary>Everybody follows the same link.</summary>
internal static class HotLink
{
    public static ScenarioProps Create(VisitorOptions options) => VisitorRun.Scenario("hot-link", options, 1,
        static async (run, context) => await Steps.RedirectAsync(run, context, run.Links[0]).ConfigureAwait(false));
}
