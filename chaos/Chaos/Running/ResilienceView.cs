using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace ChaosLab.Chaos.Running;

/// <summary>A shortener's own account of its pipelines: <c>GET /resilience</c>.</summary>
internal static class ResilienceView
{
    /// <summary>Store calls that timed out since the process started.</summary>
    public static async Task<long> TimeoutsAsync(Host app, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = app.Admin, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.AdminToken);
        return (await client.GetFromJsonAsync<ResilienceSight>("/resilience", stop))!.Pipelines.Sum(pipeline => pipeline.Timeouts);
    }
}

/// <summary>The answer.</summary>
internal sealed record ResilienceSight(IReadOnlyList<PipelineSight> Pipelines);

/// <summary>One pipeline in it; its state is closed, open, half_open or isolated, its counters run since the process started.</summary>
internal sealed record PipelineSight(string Pipeline, bool Enabled, string State, long Opened, long Timeouts);
