using System.Net.Http.Json;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Logs;

namespace ChaosLab.Chaos.Tests.Embedded;

public class EmbeddedLabTests
{
    [Fact]
    public async Task A_lab_is_a_balancer_and_three_shorteners_and_leaves_nothing_when_it_ends()
    {
        using var root = new Folder();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        string id;
        await using (var lab = await Until.Done(EmbeddedLab.StartAsync(Labs.Options(root.Path) with { LogFolder = root.File("logs") }, null, CancellationToken.None)))
        {
            id = lab.Id;
            Assert.Equal(["app1", "app2", "app3", "lb1"], lab.Hosts.Select(host => host.Name).Order());
            Assert.Equal(["app1", "app2", "app3", "lb1"], MarkedProcesses.Find(id).Select(process => process.Host).Order());
            Assert.All(lab.Hosts, host => Assert.True(host.Public.IsLoopback && host.Admin.IsLoopback));

            // The first answer of a starved machine may be a 504.
            await Until.TrueAsync(async () =>
            {
                using var answer = await http.GetAsync(new Uri(lab.Entry, "/nobody-made-this"));
                return (int)answer.StatusCode == 404;
            }, "an unknown link is answered 404");
            await FailAsync(lab, http);
            // A log is written behind the answer, and a lab that ends waits for none.
            await Until.TrueAsync(() => Directory.GetFiles(root.File("labs"), "*.log", SearchOption.AllDirectories).Any(log => Path.GetFileName(log) != "lb1.log" && File.ReadAllText(log).Contains(Trace, StringComparison.Ordinal)), "an instance logged the failure");
        }

        Assert.Empty(MarkedProcesses.Find(id));
        Assert.Empty(Directory.GetDirectories(root.File("labs")));
        Assert.Empty(new UndoLog(root.Path).ReadPending());
        // What an instance said of a request that failed is kept, and found by the trace id that its client gave it.
        Assert.Equal(["app1", "app2", "app3", "lb1"], KeptLogs.Hosts(root.File("logs")));
        var said = KeptLogs.Hosts(root.File("logs")).SelectMany(host => KeptLogs.Read(root.File("logs"), host)).ToList();
        Assert.Contains(said, line => line is { Status: 503, TraceId: Trace, Path: "/failing", Host: not "lb1" });
        Assert.All(said, line => Assert.NotNull(line.Fields));
    }

    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private static async Task FailAsync(EmbeddedLab lab, HttpClient http)
    {
        foreach (var app in lab.OfRole("app"))
        {
            using var order = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Admin, "/chaos/faults"))
            {
                Content = JsonContent.Create(new { kind = "error", rate = 1.0, operations = new[] { "link.get" }, exception = "unavailable", seed = 1, timeToLive = "00:01:00" }),
            };
            order.Headers.Authorization = new("Bearer", app.AdminToken);
            using var ordered = await http.SendAsync(order);
            Assert.Equal(201, (int)ordered.StatusCode);
        }

        await Until.TrueAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(lab.Entry, "/failing"));
            request.Headers.TryAddWithoutValidation("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
            using var answer = await http.SendAsync(request);
            return (int)answer.StatusCode == 503;
        }, "an instance answers 503");
    }

    [Fact]
    public async Task A_service_that_ends_at_once_is_told_with_its_last_words()
    {
        using var root = new Folder();
        var options = Labs.Options(root.Path) with { ShortenerCommand = ["/bin/sh", "-c", "echo the disk is made of cheese; exit 2"] };

        var refused = await Assert.ThrowsAsync<LabRefusedException>(() => Until.Done(EmbeddedLab.StartAsync(options, null, CancellationToken.None)));

        Assert.Contains("app1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the disk is made of cheese", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(root.File("labs")));
        Assert.Empty(new UndoLog(root.Path).ReadPending());
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_before_anything_starts()
    {
        using var root = new Folder();

        var refused = await Assert.ThrowsAsync<LabRefusedException>(() =>
            EmbeddedLab.StartAsync(Labs.Options(root.Path) with { ShortenerCommand = ["/nowhere/Shortener"] }, null, CancellationToken.None));

        Assert.Contains("/nowhere/Shortener is missing", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(root.File("labs")));
    }

    public static TheoryData<Safeguard, string, bool> Switches => new()
    {
        { Safeguard.Breaker, "Breaker__Enabled", true },
        { Safeguard.Timeout, "Timeout__Enabled", true },
        { Safeguard.Cache, "Cache__Enabled", true },
        { Safeguard.Drain, "Shutdown__Drain", true },
        { Safeguard.Retry, "Balancer__Retry", false },
        { Safeguard.HealthChecks, "Balancer__HealthChecks", false },
    };

    [Theory]
    [MemberData(nameof(Switches))]
    public void A_safeguard_left_out_is_switched_off_where_it_lives(Safeguard safeguard, string variable, bool isOfApp)
    {
        var (open, admin) = (new Uri("http://127.0.0.1:1001"), new Uri("http://127.0.0.1:1002"));
        Dictionary<string, string> Of(params Safeguard[] without) => isOfApp
            ? EmbeddedConfiguration.OfShortener("app1", open, admin, open, "t", "/x", without)
            : EmbeddedConfiguration.OfBalancer(open, admin, "t", [], without);

        Assert.DoesNotContain(variable, Of());
        Assert.Equal("false", Of(safeguard)[variable]);
    }

    [Theory]
    [InlineData("health-checks", Safeguard.HealthChecks)]
    [InlineData("retry", Safeguard.Retry)]
    public void Safeguards_have_words(string word, Safeguard safeguard)
    {
        Assert.Equal(safeguard, Safeguards.Find(word));
        Assert.Equal(word, safeguard.Word());
        Assert.Null(Safeguards.Find(word + "x"));
    }

    [Fact]
    public void Ports_are_free_different_and_outside_the_range_of_outgoing_connections()
    {
        var ports = FreePorts.Take(20, new Random(7));

        Assert.Equal(20, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 10_000, 32_000));
    }
}
