namespace ChaosLab.Load.Scenarios;

/// <summary>99 of 100 visitors follow a link, one makes one.</summary>
internal static class Mixed
{
    public static ScenarioProps Create(VisitorOptions options) => VisitorRun.Scenario("mixed", options, options.Links,
        static async (run, context) => context.Random.Next(100) == 0
            ? await Steps.CreateAsync(run, context).ConfigureAwait(false)
            : await Steps.RedirectAsync(run, context, run.Popular(context.Random)).ConfigureAwait(false));
}
