using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>A host of the docker lab: its container's quota.</summary>
internal sealed class ContainerQuota : ProcessorQuota
{
    private readonly InventoriedHost host;
    private HostChange? change;

    private ContainerQuota(InventoriedHost host) => this.host = host;

    /// <summary>Limits a host for so long at most.</summary>
    public static async Task<ProcessorQuota> LimitAsync(HostsLab lab, InventoriedHost host, double cores, TimeSpan longest, string run, TimeProvider time, CancellationToken stop)
    {
        var quota = new ContainerQuota(host);
        quota.change = await HostChange.MakeAsync(lab, [HostTuning.Quota(host, token => quota.SetAsync(cores, token))], longest, run, time, stop);
        return quota;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => change?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override Task ApplyAsync(double cores, CancellationToken stop) => HostTuning.SetQuotaAsync(host, cores, stop);
}
