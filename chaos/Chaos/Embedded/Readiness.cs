using System.Net;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Embedded;

/// <summary>Waits until hosts say that they are ready, and until the balancer has seen it too.</summary>
internal sealed class Readiness(TimeProvider time, TimeSpan limit) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <exception cref="LabRefusedException">The host ended or was not ready in time; the message holds the end of its log.</exception>
    public async Task OfAsync(Host host, Func<string> logTail, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (!await IsReadyAsync(host, stop))
        {
            var isGone = !(await host.Service.ReadAsync(stop)).IsRunning;
            if (isGone && time.GetElapsedTime(began) > TimeSpan.FromSeconds(1))
                throw new LabRefusedException($"{host.Name} ended before it was ready. Its last words:\n{logTail()}");
            if (time.GetElapsedTime(began) > limit)
                throw new LabRefusedException($"{host.Name} was not ready within {limit.TotalSeconds:0} s. Its last words:\n{logTail()}");
            await Task.Delay(TimeSpan.FromMilliseconds(25), time, stop);
        }
    }

    public async Task OfBackendsAsync(Host balancer, IReadOnlyList<Host> backends, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        using var client = new BalancerView(balancer);
        while (true)
        {
            var states = await client.ReadAsync(stop);
            var down = backends.Where(backend => states?.Find(backend.Name)?.State != "up").Select(backend => backend.Name).ToList();
            if (down.Count == 0)
                return;
            if (time.GetElapsedTime(began) > limit)
                throw new LabRefusedException($"{balancer.Name} does not see {string.Join(", ", down)} as up after {limit.TotalSeconds:0} s");
            await Task.Delay(TimeSpan.FromMilliseconds(25), time, stop);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> IsReadyAsync(Host host, CancellationToken stop)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(host.Admin, "/health/ready"), stop);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or IOException || (notYet is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }
}
