using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChaosLab.Chaos.Faults;

/// <summary>Client of <c>/chaos/faults</c> on the admin port of one shortener.</summary>
internal sealed class AppFaults : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly HttpClient _client;

    public AppFaults(Uri admin, string token)
    {
        _client = new HttpClient { BaseAddress = admin, Timeout = TimeSpan.FromSeconds(5) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<AppFaultSight> StartAsync(AppFaultRequest request, CancellationToken stop)
    {
        using var answer = await _client.PostAsJsonAsync("/chaos/faults", request, Json, stop);
        if (answer.StatusCode != HttpStatusCode.Created)
            throw new InvalidOperationException($"/chaos/faults answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        return (await answer.Content.ReadFromJsonAsync<AppFaultSight>(Json, stop))!;
    }

    public async Task<AppFaultSight?> ReadAsync(string id, CancellationToken stop)
    {
        using var answer = await _client.GetAsync($"/chaos/faults/{Uri.EscapeDataString(id)}", stop);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<AppFaultSight>(Json, stop) : null;
    }

    /// <summary>Ends the faults of one tag and no others; returns how many there were.</summary>
    public async Task<int> EndAsync(string tag, CancellationToken stop)
    {
        var ours = (await ListAsync(stop)).Where(fault => fault.Experiment == tag).ToList();
        foreach (var fault in ours)
        {
            using var answer = await _client.DeleteAsync($"/chaos/faults/{Uri.EscapeDataString(fault.Id)}", stop);
            answer.EnsureSuccessStatusCode();
        }

        if ((await ListAsync(stop)).Any(fault => fault.Experiment == tag))
            throw new InvalidOperationException($"in-app faults tagged {tag} are still listed after they were ended");
        return ours.Count;
    }

    /// <summary>How many calls met the active faults of one tag; null: none of them is active.</summary>
    public async Task<long?> CompletedAsync(string tag, CancellationToken stop)
    {
        var ours = (await ListAsync(stop)).Where(fault => fault.Experiment == tag && fault.Active).ToList();
        return ours.Count == 0 ? null : ours.Sum(fault => fault.Completed);
    }

    /// <summary>For fingerprints: <c>none</c>, the active ones, or <c>unknown</c> when nobody answers.</summary>
    public async Task<string> DescribeAsync(CancellationToken stop)
    {
        try
        {
            var active = await ListAsync(stop);
            return active.Count == 0 ? "none" : string.Join(" ", active.Select(fault => $"{fault.Kind}({fault.Experiment})"));
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException or IOException or JsonException || (unreadable is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return "unknown";
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<IReadOnlyList<AppFaultSight>> ListAsync(CancellationToken stop) =>
        (await _client.GetFromJsonAsync<AppFaultList>("/chaos/faults", Json, stop))!.Faults;

    private sealed record AppFaultList(IReadOnlyList<AppFaultSight> Faults);
}

/// <summary>Body of <c>POST /chaos/faults</c>.</summary>
internal sealed record AppFaultRequest(
    string Kind, double Rate, IReadOnlyList<string> Operations, string? Exception, TimeSpan? Delay, TimeSpan? Jitter, string? Outcome,
    int Seed, TimeSpan TimeToLive, int? First, string Experiment)
{
    /// <summary>Station of a dose; null for other faults.</summary>
    public string? At { get; init; }

    /// <summary>Change of a capacity.</summary>
    public int? Add { get; init; }
}

/// <summary>One in-app fault as the shortener tells it.</summary>
internal sealed record AppFaultSight(
    string Id, string Kind, string? Experiment, bool Active, long Executions, long Intended, long Completed, double DoseMeanSeconds, double DoseMaxSeconds);
