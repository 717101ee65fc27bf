using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Embedded;

namespace ChaosLab.Chaos.Tests.Safety;

/// <summary>The least that a runner is: a guardian, three processes under its guard, and waiting. To be killed at any moment.</summary>
internal static class LeaseProgram
{
    public static async Task<int> RunAsync(string stateRoot)
    {
        Console.WriteLine("starting");
        var lab = Sleepers.NewLab();
        var lease = await GuardianLease.TakeAsync([Labs.Program], stateRoot, lab, TimeProvider.System, CancellationToken.None);
        Console.WriteLine($"lab {lab} guardian {lease.GuardianPid}");
        for (var number = 1; number <= 3; number++)
            Sleepers.Start(lab, LabFolder.Of(stateRoot, lab), $"app{number}");
        lease.Lost.Register(() => Console.WriteLine("guardian lost"));
        // Bounded: a test that loses this process must not leave it forever.
        await Task.Delay(TimeSpan.FromMinutes(4), TimeProvider.System);
        return 1;
    }
}
