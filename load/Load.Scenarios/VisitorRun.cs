namespace ChaosLab.Load.Scenarios;

/// <summary>What the copies of one scenario share while it runs: the client and the links made before the load.</summary>
internal sealed class VisitorRun(VisitorOptions options) : IDisposable
{
    private VisitorClient? _client;

    public IReadOnlyList<KnownLink> Links { get; private set; } = [];
    public VisitorClient Client => _client ?? throw new InvalidOperationException("The scenario has not been initialised.");

    /// <summary>A scenario that makes links first, then lets visitors loose.</summary>
    public static ScenarioProps Scenario(string name, VisitorOptions options, int links, Func<VisitorRun, IScenarioContext, Task<IResponse>> visit)
    {
        var run = new VisitorRun(options);
        var scenario = Load.Scenario.Create(name, options.BeforeVisit is { } before ? async context =>
            {
                await before(context.ScenarioInfo.InstanceNumber).ConfigureAwait(false);
                return await visit(run, context).ConfigureAwait(false);
            }
            : context => visit(run, context))
            .WithInit(context => run.StartAsync(links))
            .WithClean(context =>
            {
                run.Dispose();
                return Task.CompletedTask;
            })
            .WithMaxInFlight(options.MaxConnections)
            .WithMaxFailCount(int.MaxValue) // failures are what experiments are about; who wants a limit sets one
            .WithLoadSimulations(options.Simulations);
        return options.WarmUp > TimeSpan.Zero ? scenario.WithWarmUpDuration(options.WarmUp) : scenario.WithoutWarmUp();
    }

    public KnownLink Popular(Random random) => Links[random.Zipf(Links.Count, 1.0) - 1];

    public void Dispose() => _client?.Dispose();

    private async Task StartAsync(int links)
    {
        _client = new VisitorClient(options);
        Links = await LinkSeeding.MakeAsync(_client, links).ConfigureAwait(false);
    }
}

/// <summary>A link that was acknowledged.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Url">Its target.</param>
internal sealed record KnownLink(string Code, string Url)
{
    /// <summary>Where it is followed.</summary>
    public string Path { get; } = "/" + Code;
}
