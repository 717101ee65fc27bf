using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Chaos.Tests.Hosts;

/// <summary>What a measurement changes at hosts: seen to be changed, and seen to be as before, whoever takes it back.</summary>
public class HostChangeTests(RealHosts hosts) : IClassFixture<RealHosts>
{
    private static readonly Dictionary<string, string> NoCache = new() { ["Cache__Enabled"] = "false" };

    [Fact]
    public async Task Settings_of_an_instance_are_in_force_and_taken_back()
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var app = hosts.Lab.Inventoried.First(host => host.Role == "app");
        var before = await hosts.Lab.FingerprintAsync(app, stop);
        Assert.Equal("", await EnvironmentAsync(app, "Cache__Enabled"));

        await using (await HostChange.MakeAsync(hosts.Lab, [HostTuning.Settings(app, "feed00000001", NoCache, TimeProvider.System)], TimeSpan.FromMinutes(2), "test", TimeProvider.System, stop))
        {
            Assert.Equal("false", await EnvironmentAsync(app, "Cache__Enabled"));
            Assert.Contains("lab-feed00000001.conf", await hosts.Lab.FingerprintAsync(app, stop), StringComparison.Ordinal);
        }

        Assert.Equal("", await EnvironmentAsync(app, "Cache__Enabled"));
        var seen = "";
        await Until.TrueAsync(async () => (seen = await hosts.Lab.FingerprintAsync(app, stop)) == before, () => $"before: {before}; now: {seen}");
    }

    [Fact]
    public async Task What_nobody_takes_back_the_host_takes_back_itself()
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var balancer = hosts.Lab.Inventoried.First(host => host.Role == "lb");
        var servers = hosts.Lab.OfRole("app").Select(host => host.Name).ToList();
        var before = await HostTuning.ReadSlotsAsync(balancer, stop);

        var change = await HostChange.MakeAsync(hosts.Lab, [HostTuning.Slots(balancer, servers, 7, before)], TimeSpan.FromSeconds(5), "test", TimeProvider.System, stop);

        Assert.Equal(7, await HostTuning.ReadSlotsAsync(balancer, stop));
        var slots = 0;
        await Until.TrueAsync(async () => (slots = await HostTuning.ReadSlotsAsync(balancer, stop)) == before, () => $"before: {before} slots; now: {slots}");
        await change.DisposeAsync();
        Assert.Equal(before, await HostTuning.ReadSlotsAsync(balancer, stop));
    }

    // What the running process was started with.
    private static async Task<string> EnvironmentAsync(InventoriedHost app, string name) =>
        (await app.Ssh.RunAsync("""tr '\0' '\n' <"/proc/$(systemctl show --property=MainPID --value shortener)/environ" | sed -n "s/^$1=//p" """, [name], TestContext.Current.CancellationToken)).Trim();
}
