using System.Diagnostics;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Tests.Verbs;

namespace ChaosLab.Chaos.Tests.Hosts;

/// <summary>The runner is killed without a word while a fault is at work on a host: what it left in place is healed without it, within the fault's own time and ten seconds.</summary>
public class KilledRunnerTests
{
    // A rollout needs its time, and so does the way back from it.
    private const string Rollout = "120";

    /// <summary>Every kind of fault on hosts; the seconds it is meant to last.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { "kind: kill-service, service: postgres, target: { role: db, who: primary }", "40" },
        { "kind: stop-service, target: { name: app2 }", "40" },
        { "kind: stop-service, service: etcd, target: { role: db, who: etcd-leader }", "40" },
        { "kind: pause-service, target: { name: app1 }", "40" },
        { "kind: host-off, target: { name: app3 }", "40" },
        { "kind: host-pause, target: { name: app2 }", "40" },
        { "kind: host-reboot, target: { name: app1 }", "40" },
        { "kind: partition, target: { role: db, who: replica }", "40" },
        { "kind: partition, direction: in, from: [db], target: { role: db, who: replica }", "40" },
        { "kind: packet-loss, loss: 30 %, target: { role: db, who: replica }", "40" },
        { "kind: reset, target: { role: db, who: primary }", "40" },
        { "kind: latency, delay: 50ms, from: [lb], target: { name: app1 }", "40" },
        { "kind: bandwidth, kilobytes: 100, target: { name: app3 }", "40" },
        { "kind: switchover, target: { role: db, who: primary }", "40" },
        { "kind: connections-taken, target: { role: db, who: primary }", "40" },
        { "kind: table-lock, target: { role: db, who: primary }", "40" },
        { "kind: slow-queries, hold: 800ms, target: { role: db, who: primary }", "40" },
        { "kind: replay-pause, target: { role: db, who: replica }", "40" },
        { "kind: drain, server: app2, target: { role: lb, who: vip }", "40" },
        { "kind: cpu-pressure, workers: 1, target: { name: obs1 }", "40" },
        { "kind: memory-pressure, megabytes: 64, target: { name: obs1 }", "40" },
        { "kind: disk-fill, target: { role: db, who: replica }", "40" },
        { "kind: clock-skew, offset: 5min, target: { name: app1 }", "40" },
        { "kind: deploy, target: { name: app1 }", Rollout },
        { "kind: bad-deploy, target: { name: app1 }", Rollout },
    };

    [Fact]
    public void Every_kind_of_fault_on_hosts_is_among_them() =>
        Assert.Empty(ChaosLab.Chaos.Faults.Hosts.HostFaults.All.Select(kind => kind.Name).Except(Faults.Select(row => row.Data.Item1.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)[1])));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_a_killed_runner_left_is_healed_within_the_fault_s_own_time(string fault, string seconds)
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var options = RealHosts.Options(LabProgram.Path);
        var (_, reach) = await HostsLab.ReachAsync(options, stop);
        var before = await WellAsync(reach, null, stop);
        using var lab = new LabProgram();
        var file = lab.File("killed.yaml", $$"""
            title: the runner is killed
            hypothesis: [redirect success >= 50 %]
            load: { scenario: follow-links, rate: 100/s, for: {{(seconds == Rollout ? "150s" : "70s")}} }
            faults: [{ at: 3s, for: {{seconds}}s, {{fault}} }]
            """);
        using var runner = LabProgram.Start(LabProgram.Path, ["run", file, "--on", "docker"],
            new Dictionary<string, string?> { ["CHAOSLAB_STATE"] = options.StateRoot, ["CHAOSLAB_RUNS"] = lab.Runs, ["CHAOSLAB_ROOT"] = LabProgram.Root });
        // A rollout is killed half-way, when it hurts most; everything else once it is seen at work.
        await SeenAsync(runner, seconds == Rollout ? "backend" : "fault.evidence").WaitAsync(TimeSpan.FromMinutes(3), stop);

        runner.Kill();
        var killed = TimeProvider.System.GetTimestamp();

        await runner.WaitForExitAsync(stop).WaitAsync(TimeSpan.FromSeconds(20), stop);
        await WellAsync(reach, before, stop);
        var elapsed = TimeProvider.System.GetElapsedTime(killed);
        TestContext.Current.TestOutputHelper?.WriteLine($"{fault}: as before {elapsed.TotalSeconds:0.0} s after the kill");
        Assert.InRange(elapsed.TotalSeconds, 0, int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) + 10);
    }

    // Nothing left on any host, every service up, everywhere the release of before, and nobody about to change it again.
    private static async Task<string> WellAsync(LabReach reach, string? before, CancellationToken stop)
    {
        var seen = "";
        await Until.TrueAsync(async () =>
        {
            var left = await LeftBehind.LookAsync(reach, stop);
            if (left.Count > 0) return Seen(string.Join("; ", left), false);
            var rollouts = await LocalCommand.RunAsync(["pgrep", "-f", "lab_rollout="], null, null, TimeSpan.FromSeconds(20), null, stop);
            if (rollouts.Output.Length > 0) return Seen($"rollouts that go on: {rollouts.Output.ReplaceLineEndings(" ")}", false);
            var releases = string.Join(", ", (await Task.WhenAll(reach.Hosts.Where(host => host.Role == "app").Select(async host => (await HostSight.ReadAsync(new Ssh(host, null, null), stop)).Release))).Distinct());
            return Seen(releases, before is null || releases == before);
        }, () => $"before: {before}; now: {seen}");
        return seen;

        bool Seen(string text, bool isWell)
        {
            seen = text;
            return isWell;
        }
    }

    private static async Task SeenAsync(Process runner, string word)
    {
        while (await runner.StandardError.ReadLineAsync() is { } line)
            if (line.Contains(word, StringComparison.Ordinal) && (word != "fault.evidence" || line.Contains("seen:", StringComparison.Ordinal)))
                return;
        Assert.Fail($"it ended without {word}");
    }
}
