namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>The faults that need hosts of their own. To add one: copy <c>StopService.cs</c> and add its line here.</summary>
internal static class HostFaults
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        KillService.InCatalogue,
        StopService.InCatalogue,
        PauseService.InCatalogue,
        HostOff.InCatalogue,
        HostPause.InCatalogue,
        HostReboot.InCatalogue,
        Partition.InCatalogue,
        PacketLoss.InCatalogue,
        ConnectionReset.InCatalogue,
        Bandwidth.InCatalogue,
        Latency.InCatalogue,
        Switchover.InCatalogue,
        ConnectionsTaken.InCatalogue,
        TableLock.InCatalogue,
        SlowQueries.InCatalogue,
        ReplayPause.InCatalogue,
        Drain.InCatalogue,
        CpuPressure.InCatalogue,
        MemoryPressure.InCatalogue,
        DiskFill.InCatalogue,
        ClockSkew.InCatalogue,
        Deploy.Good,
        Deploy.Bad,
    ];
}
