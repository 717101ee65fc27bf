using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ChaosLab.Chaos.Running;
using Host = ChaosLab.Chaos.Running.Host;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Sums that a host has counted so far, all on its own clock: <c>GET /stations</c>.</summary>
internal sealed record StationSight(string Instance, double AtSeconds, double CpuSeconds, IReadOnlyList<StationSums> Stations)
{
    public StationSums? Find(string name) => Stations.FirstOrDefault(station => station.Name == name);
}

/// <summary>Sums of one station. Their differences, divided by the time between, are exact means.</summary>
internal sealed record StationSums(string Name, int Capacity, int Waiting, int Busy, double WaitSeconds, double BusySeconds, long Completions);

/// <summary>Reads the stations of one host.</summary>
internal sealed class StationView : IDisposable
{
    private readonly HttpClient client;

    public StationView(Host host)
    {
        Host = host;
        client = new HttpClient { BaseAddress = host.Admin, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.AdminToken);
    }

    public Host Host { get; }

    public async Task<StationSight> ReadAsync(CancellationToken stop) => (await client.GetFromJsonAsync<StationSight>("/stations", stop))!;

    /// <summary>Timeouts, openings and rejections of its breakers so far.</summary>
    public async Task<long> ReadBreakerEventsAsync(CancellationToken stop)
    {
        using var report = JsonDocument.Parse(await client.GetStringAsync("/resilience", stop));
        return report.RootElement.GetProperty("pipelines").EnumerateArray()
            .Sum(pipeline => pipeline.GetProperty("opened").GetInt64() + pipeline.GetProperty("rejected").GetInt64() + pipeline.GetProperty("timeouts").GetInt64());
    }

    public void Dispose() => client.Dispose();
}
