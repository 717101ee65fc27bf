namespace ChaosLab.Load.Scenarios;

/// <summary>The kinds of request, which are the names of the steps.</summary>
internal static class Steps
{
    public static Task<Response<object>> RedirectAsync(VisitorRun run, IScenarioContext context, KnownLink link) =>
        Step.Run("redirect", context, () => run.Client.FollowAsync(link, context.Traceparent(link.Path), context.ScenarioCancellationToken));

    public static Task<Response<KnownLink>> CreateAsync(VisitorRun run, IScenarioContext context) =>
        Step.Run("create", context, () => run.Client.CreateAsync(context.Traceparent("/api/links"), context.ScenarioCancellationToken));

    public static Task<Response<object>> UnknownAsync(VisitorRun run, IScenarioContext context, string code) =>
        Step.Run("unknown", context, () => run.Client.AskUnknownAsync(code, context.Traceparent("/" + code), context.ScenarioCancellationToken));
}
