namespace ChaosLab.Load.Scenarios;

/// <summary>Visitors follow links; a few are popular.</summary>
internal static class FollowLinks
{
    public static ScenarioProps Create(VisitorOptions options) => VisitorRun.Scenario("follow-links", options, options.Links,
        static async (run, context) => await Steps.RedirectAsync(run, context, run.Popular(context.Random)).ConfigureAwait(false));
}
