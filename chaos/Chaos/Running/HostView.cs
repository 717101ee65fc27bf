using System.Globalization;
using ChaosLab.Chaos.Faults;

namespace ChaosLab.Chaos.Running;

/// <summary>What can be seen of a host from outside; also the fingerprint that a fault's target must show again after the undo.</summary>
internal static class HostView
{
    // Short: a paused host never answers, and this is asked several times a second.
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(1) };

    /// <summary>The status of <c>/health/ready</c>, <c>refused</c> or <c>silent</c>.</summary>
    public static Task<string> ReadHealthAsync(Host host, CancellationToken stop) => ReadHealthAsync(new Uri(host.Admin, "/health/ready"), stop);

    /// <summary>The status of any address, <c>refused</c> or <c>silent</c>.</summary>
    public static async Task<string> ReadHealthAsync(Uri health, CancellationToken stop)
    {
        try
        {
            using var answer = await Client.GetAsync(health, stop);
            return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return "refused";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return "silent";
        }
    }

    /// <summary>
    /// Everything a fault of this catalogue can change, without what may rightly differ (pids). Equal text before the
    /// injection and after the undo is the attestation.
    /// </summary>
    public static async Task<string> FingerprintAsync(Host host, RunningLab lab, CancellationToken stop)
    {
        var service = await host.Service.ReadAsync(stop);
        var parts = new List<string>
        {
            $"processes: {service.Processes.Count}",
            $"paused: {(service.IsPaused ? "yes" : "no")}",
            $"ready: {await ReadHealthAsync(host, stop)}",
        };
        if (host.Role == "app")
        {
            using var balancer = new BalancerView(lab.OfRole("lb")[0]);
            parts.Add($"in balancer: {(await balancer.ReadAsync(stop))?.Find(host.Name)?.State ?? "unknown"}");
            using var faults = new AppFaults(host.Admin, host.AdminToken);
            parts.Add($"in-app faults: {await faults.DescribeAsync(stop)}");
        }

        return string.Join(", ", parts);
    }
}
