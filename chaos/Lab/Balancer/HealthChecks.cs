using System.Diagnostics;

namespace ChaosLab.Lab.Balancer;

/// <summary>Asks every instance at an interval whether it is ready, each over a fresh connection: an old one could outlive the listener.</summary>
internal sealed class HealthChecks(BalancerOptions options, BackendPool pool, TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.Zero,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    });

    /// <summary>Probes until <paramref name="stop"/>.</summary>
    public Task RunAsync(CancellationToken stop) =>
        options.HealthChecks ? Task.WhenAll(pool.Backends.Select(backend => WatchAsync(backend, stop))) : Task.CompletedTask;

    public void Dispose() => client.Dispose();

    private async Task WatchAsync(Backend backend, CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(options.HealthInterval, time);
            do
            {
                var (ready, says) = await ProbeAsync(backend, stop);
                pool.Probed(backend, ready, says);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The balancer ends.
        }
    }

    private async Task<(bool? Ready, string Says)> ProbeAsync(Backend backend, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.HealthTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, backend.Health);
            using var response = await client.SendAsync(request, either.Token);
            return (response.IsSuccessStatusCode, $"probe answered {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, $"probe unanswered after {options.HealthTimeout.TotalMilliseconds:0} ms");
        }
        catch (HttpRequestException failure)
        {
            return (null, "probe failed: " + failure.Message);
        }
    }
}
