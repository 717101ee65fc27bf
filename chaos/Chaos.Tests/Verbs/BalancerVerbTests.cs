using System.Diagnostics;
using System.Globalization;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Tests.Balancer;
using ChaosLab.Lab.Logs;

namespace ChaosLab.Chaos.Tests.Verbs;

public class BalancerVerbTests
{
    [Fact]
    public async Task Mistakes_in_its_settings_are_told_and_end_it_with_2()
    {
        using var process = LabProgram.Start(LabProgram.Path, ["balancer"], new Dictionary<string, string?> { ["Balancer__Fall"] = "0" });

        var ended = await LabProgram.EndOfAsync(process);

        Assert.Equal(2, ended.ExitCode);
        foreach (var name in new[] { "Listen", "Admin", "Token", "Backends", "Fall" }) Assert.Contains($"Balancer__{name}: ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_ends_it_in_order()
    {
        await using var instance = new Instance("app1");
        using var balancer = await BalancerProcess.BeforeAsync(instance);

        balancer.Signal("TERM");
        var ended = await LabProgram.EndOfAsync(balancer.Process);

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("app1 is up", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_refuses_itself_leaves_a_line_with_the_clients_trace_id()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using var instance = new Instance("app1");
        using var balancer = await BalancerProcess.BeforeAsync(instance);
        await instance.CloseAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var status = 0;
        await Eventually.TrueAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{balancer.Port}/abc");
            request.Headers.TryAddWithoutValidation("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
            using var answer = await client.SendAsync(request);
            return (status = (int)answer.StatusCode) >= 500;
        }, "nobody can answer");

        balancer.Signal("TERM");
        var ended = await LabProgram.EndOfAsync(balancer.Process);

        var lines = ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => LogLine.Read("lb1", line, DateTimeOffset.MinValue));
        Assert.Contains(lines, line => line is { TraceId: Trace, Path: "/abc", Level: "warning" } && line.Status == status && line.At > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task A_paused_instance_is_noticed_bypassed_and_taken_back()
    {
        // Two instances: one answers itself, the other is a process of its own that can be paused: a balancer before a third.
        await using Instance well = new("app1"), behind = new("behind");
        using var paused = await BalancerProcess.BeforeAsync(behind);
        await using var front = await Front.OfAsync([well], ("HealthTimeout", "00:00:00.500"), ("AttemptTimeout", "00:00:02"),
            ("Backends", $"{well.Backend},app2|http://127.0.0.1:{paused.Port}|http://127.0.0.1:{paused.AdminPort}/health/ready"));

        paused.Signal("STOP");
        for (var n = 0; n < 4; n++)
        {
            using var response = await front.GetAsync();
            Assert.Equal("app1", response.Headers.GetValues("X-Instance").Single());
        }

        await front.UntilAsync(state => state[1].State == "down", "the paused process is noticed by its silence");
        paused.Signal("CONT");
        await front.UntilAsync(state => state[1].State == "up", "it is taken back");
        await Eventually.TrueAsync(async () =>
        {
            using var response = await front.GetAsync();
            return response.Headers.GetValues("X-Instance").Single() == "behind";
        }, "it serves again");
    }

    /// <summary>A balancer as a process of its own before one instance.</summary>
    private sealed class BalancerProcess : IDisposable
    {
        private BalancerProcess(Process process, int port, int adminPort) => (Process, Port, AdminPort) = (process, port, adminPort);

        public Process Process { get; }

        public int Port { get; }

        public int AdminPort { get; }

        public static async Task<BalancerProcess> BeforeAsync(Instance instance)
        {
            var ports = FreePorts.Take(2, new Random(Guid.NewGuid().GetHashCode()));
            var (port, adminPort) = (ports[0], ports[1]);
            var process = LabProgram.Start(LabProgram.Path, ["balancer"], new Dictionary<string, string?>
            {
                ["Balancer__Listen"] = $"127.0.0.1:{port}",
                ["Balancer__Admin"] = $"127.0.0.1:{adminPort}",
                ["Balancer__Token"] = "t",
                ["Balancer__Backends"] = instance.Backend,
                ["Balancer__HealthTimeout"] = "00:00:10",
            });
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            await Eventually.TrueAsync(async () =>
            {
                Assert.False(process.HasExited, "the balancer ended");
                try
                {
                    return (await client.GetAsync(new Uri($"http://127.0.0.1:{adminPort}/health/ready"))).IsSuccessStatusCode;
                }
                catch (Exception early) when (early is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            }, "the balancer is ready");
            return new BalancerProcess(process, port, adminPort);
        }

        public void Signal(string name)
        {
            using var kill = Process.Start("kill", ["-" + name, Process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }

        public void Dispose()
        {
            if (!Process.HasExited) Process.Kill();
            Process.WaitForExit();
            Process.Dispose();
        }
    }
}
