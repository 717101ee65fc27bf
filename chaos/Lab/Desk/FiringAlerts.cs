using System.Text.Json;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Desk;

/// <summary>
/// Which alerts fire, look by look. When one began to is taken from Prometheus' own account (since when its expression is true, and how
/// long it must be), not from the look that found it: a call that came of it can then never seem to be earlier.
/// </summary>
internal sealed class FiringAlerts(PrometheusClient prometheus, TimeProvider time)
{
    private readonly Dictionary<string, (DateTimeOffset First, DateTimeOffset Last)> seen = [];

    /// <summary>Every alert that fired, with when it began to and when it was last seen. One of an SLO is written <c>Name/slo</c>.</summary>
    public IReadOnlyDictionary<string, (DateTimeOffset First, DateTimeOffset Last)> Seen => seen;

    /// <summary>Looks once.</summary>
    /// <param name="since">What fired before this counts from here; null: nothing counts yet.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>What fires now; null: Prometheus did not tell, and the next look may.</returns>
    public async Task<IReadOnlyList<string>?> LookAsync(DateTimeOffset? since, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        IReadOnlyList<ActiveAlert> alerts;
        try
        {
            alerts = await prometheus.AlertsAsync(stop);
        }
        catch (Exception silent) when (IsSilence(silent, stop))
        {
            return null;
        }

        var firing = alerts.Where(one => one.State == "firing" && one.Name != "Watchdog").GroupBy(NameOf).ToList();
        foreach (var alert in firing)
        {
            if (since is not { } from) break;
            var first = seen.TryGetValue(alert.Key, out var known) ? known.First : DateTimeOffset.MaxValue;
            var began = alert.Min(one => one.Fires);
            seen[alert.Key] = (Earlier(first, began > from ? began : from), now);
        }

        return [.. firing.Select(alert => alert.Key)];
    }

    /// <summary>Whether Prometheus only did not tell, and the next question may be answered.</summary>
    public static bool IsSilence(Exception failure, CancellationToken stop) =>
        failure is HttpRequestException or IOException or JsonException or InvalidOperationException || (failure is OperationCanceledException && !stop.IsCancellationRequested);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static string NameOf(ActiveAlert alert) => alert.Labels.TryGetValue("slo", out var slo) ? $"{alert.Name}/{slo}" : alert.Name;
}
