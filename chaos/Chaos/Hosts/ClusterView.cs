using System.Text.Json;

namespace ChaosLab.Chaos.Hosts;

/// <summary>The database cluster as one of its members tells it: <c>GET /cluster</c> of Patroni's API.</summary>
/// <param name="Members">Every member.</param>
internal sealed record ClusterView(IReadOnlyList<ClusterMember> Members)
{
    /// <summary>Name of the leader; null while there is none.</summary>
    public string? Leader => Members.FirstOrDefault(member => member.Role is "leader" or "master" && member.State == "running")?.Name;

    /// <summary>The replica that every commit waits for.</summary>
    public string? SyncStandby => Members.FirstOrDefault(member => member.Role is "sync_standby" or "quorum_standby")?.Name;

    /// <summary>A replica that no commit waits for.</summary>
    public string? Replica => Members.FirstOrDefault(member => member.Role == "replica" && member.State == "streaming")?.Name;

    /// <summary>Timeline of the leader; 0 while there is none. Rises by one at every promotion.</summary>
    public int Timeline => Members.FirstOrDefault(member => member.Name == Leader)?.Timeline ?? 0;

    /// <summary>What must be so after any fault, without who plays which part: failover may rightly change that.</summary>
    public string Text => $"cluster: {Members.Count(member => member.Role is "leader" or "master" && member.State == "running")} leader, " +
        $"{Members.Count(member => member.State == "streaming")} streaming, {(SyncStandby is null ? "no sync standby" : "sync standby")}";

    /// <summary>Null when it cannot be read just now.</summary>
    public static async Task<ClusterView?> ReadAsync(HttpClient http, Uri api, CancellationToken stop)
    {
        try
        {
            return Parse(await http.GetStringAsync(new Uri(api, "/cluster"), stop));
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException or JsonException || (unreadable is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    public static ClusterView Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new ClusterView([.. document.RootElement.GetProperty("members").EnumerateArray().Select(member => new ClusterMember(
            member.GetProperty("name").GetString()!, member.GetProperty("role").GetString()!, member.GetProperty("state").GetString()!,
            member.TryGetProperty("timeline", out var timeline) && timeline.ValueKind == JsonValueKind.Number ? timeline.GetInt32() : 0))]);
    }
}

/// <summary>One member: role <c>leader</c>, <c>sync_standby</c> or <c>replica</c>; state <c>running</c>, <c>streaming</c>, <c>stopped</c> …</summary>
internal sealed record ClusterMember(string Name, string Role, string State, int Timeline);
