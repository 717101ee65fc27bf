using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChaosLab.Chaos.Running;

/// <summary>The balancer's own account of its backends: <c>GET /state</c>.</summary>
internal sealed class BalancerView : IDisposable
{
    private readonly HttpClient _client;

    public BalancerView(Host balancer)
    {
        _client = new HttpClient { BaseAddress = balancer.Admin, Timeout = TimeSpan.FromSeconds(1) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", balancer.AdminToken);
    }

    /// <summary>Null when it cannot be read just now.</summary>
    public async Task<BalancerState?> ReadAsync(CancellationToken stop)
    {
        try
        {
            return await _client.GetFromJsonAsync<BalancerState>("/state", stop);
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException or IOException or JsonException || (unreadable is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>State of the balancer.</summary>
internal sealed record BalancerState(IReadOnlyList<BackendState> Backends)
{
    public BackendState? Find(string name) => Backends.FirstOrDefault(backend => backend.Name == name);

    public long Retries => Backends.Sum(backend => backend.Retries);
}

/// <summary>One backend: state <c>up</c>, <c>down</c> or <c>draining</c>, and counters since the balancer's start.</summary>
internal sealed record BackendState(string Name, string State, long Requests, long Failures, long Retries);
