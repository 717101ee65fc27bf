namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A host reboots in good order: its services are stopped, everything in memory is gone, and it boots again at once.</summary>
public sealed record HostReboot : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("host-reboot", "Reboots a host in good order (docker lab)", Services.Roles, [])
    {
        Read = (_, _) => new HostReboot(),
    };

    /// <inheritdoc/>
    public override string Kind => "host-reboot";

    /// <inheritdoc/>
    public override string Dose => "services stopped, then booted at once";

    private protected override Injection On(HostSite site) => new RebootInjection(site);
}

/// <summary>Proven by the time at which the host last began to boot. Should it not come back by itself, the undo boots it.</summary>
internal sealed class RebootInjection(HostSite site) : ContainerInjection(site, "docker restart \"$1\"", Boot, "boot", static _ => false)
{
    private string? _booted;

    public override async Task InjectAsync(CancellationToken stop)
    {
        _booted = await BootedAsync(stop);
        await base.InjectAsync(stop);
    }

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var now = await BootedAsync(stop);
        return new Sight(_booted is { } before && now.Length > 0 && now != before, $"{Container} booted at {now}");
    }

    private async Task<string> BootedAsync(CancellationToken stop) =>
        (await DockerAsync(["inspect", "--format", "{{.State.StartedAt}}", Container], stop)).Output.Trim();
}
