namespace ChaosLab.Load.Scenarios;

/// <summary>Each visitor makes a link and follows it at once: a write must be readable everywhere as soon as it is acknowledged.</summary>
internal static class ShortenAndFollow
{
    public static ScenarioProps Create(VisitorOptions options) => VisitorRun.Scenario("shorten-and-follow", options, 0,
        static async (run, context) =>
        {
            var created = await Steps.CreateAsync(run, context).ConfigureAwait(false);
            return await Steps.RedirectAsync(run, context, created.Payload.Value).ConfigureAwait(false);
        });
}
