namespace ChaosLab.Lab.Balancer;

/// <summary>A balancer at work: two listeners, the probes, and an orderly end.</summary>
internal sealed partial class RunningBalancer : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly BackendPool pool;
    private readonly BalancerAdmin admin;
    private readonly Proxy proxy;
    private readonly HealthChecks checks;
    private readonly Task probing;
    private Listener? front;
    private Listener? back;

    private RunningBalancer(BalancerOptions options, TimeProvider time, ILogger log)
    {
        var figures = new BalancerFigures();
        pool = new BackendPool(options, time)
        {
            Changed = (backend, says) => LogChange(log, backend.Name, backend.State, says),
        };
        admin = new BalancerAdmin(options, pool, figures, time);
        proxy = new Proxy(options, pool, figures, log, time);
        checks = new HealthChecks(options, pool, time);
        probing = checks.RunAsync(stop.Token);
    }

    /// <summary>Where clients go.</summary>
    public Uri Address => front!.Address;

    /// <summary>Where operators go.</summary>
    public Uri AdminAddress => back!.Address;

    /// <summary>Starts to listen and to probe.</summary>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<RunningBalancer> StartAsync(BalancerOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var balancer = new RunningBalancer(options, time, logs.CreateLogger("balancer"));
        try
        {
            balancer.back = await Listener.StartAsync(options.Admin, balancer.admin.ServeAsync, logs, CancellationToken.None);
            balancer.front = await Listener.StartAsync(options.Listen, balancer.proxy.ServeAsync, logs, CancellationToken.None);
            return balancer;
        }
        catch
        {
            await balancer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Not ready, no new connections, then at most <paramref name="patience"/> for what is at work.</summary>
    public async Task StopAsync(TimeSpan patience, TimeProvider time)
    {
        admin.Stopping = true;
        using var limit = new CancellationTokenSource(patience, time);
        if (front is not null) await front.StopAsync(limit.Token);
        if (back is not null) await back.StopAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        front?.Dispose();
        back?.Dispose();
        await probing;
        checks.Dispose();
        proxy.Dispose();
        stop.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{backend} is {state}: {says}")]
    private static partial void LogChange(ILogger logger, string backend, string state, string says);
}
