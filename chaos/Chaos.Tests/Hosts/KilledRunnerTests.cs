using System.Diagnostics;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Tests.Verbs;

namespace ChaosLab.Chaos.Tests.Hosts;

/// <summary>The runner is killed without a word while a fault is at work on a host: what it left in place is healed without it.</summary>
public class KilledRunnerTests
{
    public static TheoryData<string> Faults => new(
        "kind: stop-service, target: { name: app2 }",
        "kind: pause-service, target: { name: app1 }",
        "kind: host-off, target: { name: app3 }",
        "kind: host-pause, target: { name: app2 }",
        "kind: partition, target: { role: db, who: replica }",
        "kind: packet-loss, loss: 30 %, target: { role: db, who: replica }",
        "kind: latency, delay: 50ms, from: [lb], target: { name: app1 }",
        "kind: bandwidth, kilobytes: 100, target: { name: app3 }",
        "kind: connections-taken, target: { role: db, who: primary }",
        "kind: table-lock, target: { role: db, who: primary }",
        "kind: replay-pause, target: { role: db, who: replica }",
        "kind: drain, server: app2, target: { role: lb, who: vip }",
        "kind: cpu-pressure, workers: 1, target: { name: obs1 }",
        "kind: memory-pressure, megabytes: 64, target: { name: obs1 }",
        "kind: disk-fill, target: { role: db, who: replica }",
        "kind: clock-skew, offset: 5min, target: { name: app1 }");

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_a_killed_runner_left_is_healed_within_the_fault_s_own_time(string fault)
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var options = RealHosts.Options(LabProgram.Path);
        var (_, reach) = await HostsLab.ReachAsync(options, stop);
        await WellAsync(reach, stop);
        using var lab = new LabProgram();
        var file = lab.File("killed.yaml", $$"""
            title: the runner is killed
            hypothesis: [redirect success >= 50 %]
            load: { scenario: follow-links, rate: 100/s, for: 70s }
            faults: [{ at: 3s, for: 40s, {{fault}} }]
            """);
        using var runner = LabProgram.Start(LabProgram.Path, ["run", file, "--on", "docker"],
            new Dictionary<string, string?> { ["CHAOSLAB_STATE"] = options.StateRoot, ["CHAOSLAB_RUNS"] = lab.Runs, ["CHAOSLAB_ROOT"] = LabProgram.Root });
        await SeenAsync(runner, "fault.evidence").WaitAsync(TimeSpan.FromMinutes(2), stop);

        runner.Kill();
        var killed = TimeProvider.System.GetTimestamp();

        await runner.WaitForExitAsync(stop).WaitAsync(TimeSpan.FromSeconds(20), stop);
        await WellAsync(reach, stop);
        TestContext.Current.TestOutputHelper?.WriteLine($"{fault}: well {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s after the kill");
    }

    private static async Task WellAsync(LabReach reach, CancellationToken stop)
    {
        IReadOnlyList<string> left = [];
        await Until.TrueAsync(async () => (left = await LeftBehind.LookAsync(reach, stop)).Count == 0, () => string.Join("; ", left));
    }

    private static async Task SeenAsync(Process runner, string word)
    {
        while (await runner.StandardError.ReadLineAsync() is { } line)
            if (line.Contains(word, StringComparison.Ordinal) && line.Contains("seen:", StringComparison.Ordinal))
                return;
        Assert.Fail($"it ended without {word}");
    }
}
