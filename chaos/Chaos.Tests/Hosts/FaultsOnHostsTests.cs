using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Hosts;

/// <summary>Every fault on the hosts themselves: it bites, its undo leaves nothing, and without us the host heals itself.</summary>
public class FaultsOnHostsTests(RealHosts hosts) : IClassFixture<RealHosts>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Faults => new(
        "kind: kill-service, target: { name: app2 }",
        "kind: kill-service, service: postgres, target: { role: db, who: primary }",
        "kind: kill-service, service: haproxy, target: { role: lb, who: vip }",
        "kind: kill-service, service: patroni, target: { role: db, who: replica }",
        "kind: stop-service, target: { name: app1 }",
        "kind: stop-service, service: etcd, target: { role: db, who: etcd-leader }",
        "kind: stop-service, service: keepalived, target: { role: lb, who: vip }",
        "kind: pause-service, target: { name: app3 }",
        "kind: pause-service, service: haproxy, target: { role: lb, who: spare }",
        "kind: pause-service, service: postgres, target: { role: db, who: replica }",
        "kind: kill-process, target: { name: app1 }",
        "kind: host-off, target: { name: app2 }",
        "kind: host-pause, target: { name: app3 }",
        "kind: host-reboot, target: { name: app1 }",
        "kind: partition, target: { role: db, who: replica }",
        "kind: partition, direction: in, from: [db], target: { role: db, who: replica }",
        "kind: partition, direction: out, from: [db], target: { role: db, who: replica }",
        "kind: packet-loss, loss: 30 %, target: { role: db, who: sync-standby }",
        "kind: reset, target: { role: db, who: primary }",
        "kind: bandwidth, kilobytes: 1, target: { name: app1 }",
        "kind: latency, delay: 50ms, from: [lb], target: { name: app2 }",
        "kind: switchover, target: { role: db, who: primary }",
        "kind: replay-pause, target: { role: db, who: replica }",
        "kind: drain, server: app2, target: { role: lb, who: vip }",
        "kind: cpu-pressure, workers: 1, target: { name: obs1 }",
        "kind: memory-pressure, megabytes: 64, target: { name: obs1 }",
        "kind: disk-fill, target: { role: db, who: replica }",
        "kind: clock-skew, offset: 5min, target: { name: app1 }",
        "kind: app-readiness, target: { name: app2 }");

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_bites_and_its_undo_leaves_nothing(string fault)
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var (host, injection) = await hosts.AimAsync(fault, TimeSpan.FromSeconds(90), stop);
        var before = await WellAsync(host, stop);
        Assert.Null(await injection.RefusalAsync(stop));
        Assert.False((await injection.LookAsync(stop)).Bites);
        var undo = injection.Undo is UndoAction.OnHost there ? there with { Switch = DeadManTimer.NameOf(Guid.NewGuid().ToString()) } : injection.Undo;
        await hosts.Lab.ArmAsync(undo, TimeSpan.FromSeconds(95), stop);
        var seen = new Sight(false, "never looked");
        try
        {
            await injection.InjectAsync(stop);
            await WithinAsync(async () => (seen = await LookAsync(injection, stop)).Bites, () => $"no evidence: {seen.Says}", stop);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{fault}: {seen.Says}; undo: {await Undoing.DoAsync(undo, TimeProvider.System)}");
        }

        var after = "";
        await WithinAsync(async () => (after = await FingerprintAsync(host, stop)) == before, () => $"before: {before}; after: {after}", stop);
        Assert.DoesNotContain("lab-undo", await host.Ssh.RunAsync("systemctl list-timers --all --no-legend; ls /run/lab 2>/dev/null || true", [], stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: stop-service, target: { name: app2 }")]
    [InlineData("kind: pause-service, target: { name: app1 }")]
    [InlineData("kind: partition, target: { role: db, who: replica }")]
    public async Task A_host_that_nobody_heals_heals_itself(string fault)
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var (host, injection) = await hosts.AimAsync(fault, TimeSpan.FromSeconds(5), stop);
        var before = await WellAsync(host, stop);
        Assert.Null(await injection.RefusalAsync(stop));
        await injection.LookAsync(stop);

        await hosts.Lab.ArmAsync(((UndoAction.OnHost)injection.Undo) with { Switch = DeadManTimer.NameOf(Guid.NewGuid().ToString()) }, TimeSpan.FromSeconds(8), stop);
        await injection.InjectAsync(stop);
        var seen = false;
        await WithinAsync(async () => seen |= (await LookAsync(injection, stop)).Bites, () => "no evidence", stop);

        var after = "";
        await WithinAsync(async () => (after = await FingerprintAsync(host, stop)) == before, () => $"before: {before}; after: {after}", stop);
    }

    [Fact]
    public async Task A_rule_that_would_cut_the_lab_s_own_ssh_is_refused()
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var (host, _) = await hosts.AimAsync("kind: partition, target: { name: app1 }", TimeSpan.FromSeconds(5), stop);
        var runner = (await host.Ssh.RunAsync("echo \"${SSH_CONNECTION%% *}\"", [], stop)).Trim();

        var answer = await host.Ssh.AskAsync(ChaosLab.Chaos.Faults.Hosts.NetTable.Add, ["table inet lab_never { }", $"192.0.2.1 {runner}"], stop);

        Assert.Equal(9, answer.ExitCode);
        Assert.DoesNotContain("lab_never", await host.Ssh.RunAsync("nft list tables", [], stop), StringComparison.Ordinal);
    }

    // Earlier tests may have left the cluster electing.
    private async Task<string> WellAsync(InventoriedHost host, CancellationToken stop)
    {
        var now = "";
        await WithinAsync(async () => (now = await FingerprintAsync(host, stop)) is var text && text.Contains("ready: 200", StringComparison.Ordinal)
            && (host.Role != "db" || text.Contains("1 leader, 2 streaming, sync standby", StringComparison.Ordinal))
            && (host.Role != "app" || text.Contains("in balancer: up", StringComparison.Ordinal)), () => $"{host.Name} is not well: {now}", stop);
        return now;
    }

    private async Task<string> FingerprintAsync(InventoriedHost host, CancellationToken stop)
    {
        try
        {
            return await hosts.Lab.FingerprintAsync(host, stop);
        }
        catch (Exception away) when (away is HostUnreachableException or InvalidOperationException)
        {
            return away.Message;
        }
    }

    private static async Task<Sight> LookAsync(Injection injection, CancellationToken stop)
    {
        try
        {
            return await injection.LookAsync(stop);
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException or HostUnreachableException or InvalidOperationException or TaskCanceledException)
        {
            return new Sight(false, unreadable.Message);
        }
    }

    private static async Task WithinAsync(Func<Task<bool>> condition, Func<string> otherwise, CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                Assert.Fail(otherwise());
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, stop);
        }
    }
}
