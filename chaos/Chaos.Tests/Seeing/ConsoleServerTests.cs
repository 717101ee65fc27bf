using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Tests.Embedded;
using ChaosLab.Chaos.Tests.Verbs;
using ChaosLab.Lab;
using ChaosLab.Lab.Dashboards;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Chaos.Tests.Seeing;

public sealed class ConsoleServerTests : IDisposable
{
    private readonly Folder root = new();
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        client.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task The_page_learns_of_boards_and_runs_and_which_of_them_kept_figures()
    {
        await using var server = await OpenAsync();
        Directory.CreateDirectory(root.File("runs/20261129-120000-gameday/prometheus/data"));
        Directory.CreateDirectory(root.File("runs/20261129-110000-load"));
        File.WriteAllText(root.File("runs/20261129-120000-gameday/summary.json"), """{"verdict":"held","duration":60}""");

        var state = (await client.GetFromJsonAsync<JsonNode>(new Uri(server.Address, "api/state")))!;

        Assert.Equal("20261129-120000-gameday", state["run"]!.GetValue<string>());
        Assert.Null(state["live"]);
        Assert.Equal(["held", ""], state["runs"]!.AsArray().Select(run => run!["verdict"]!.GetValue<string>()));
        Assert.Equal(60, state["runs"]![0]!["to"]!.GetValue<double>() - state["runs"]![0]!["from"]!.GetValue<double>());
        Assert.Equal(8, state["boards"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_page_that_asks_again_sees_a_run_begin_and_end()
    {
        await using var server = await OpenAsync();
        var run = root.File("runs/20261129-120000-gameday");
        Directory.CreateDirectory(KeptFigures.DataOf(run));
        Directory.CreateDirectory(root.File("state"));
        var before = await AskAsync(server);

        File.WriteAllText(WatchSign.FileIn(root.File("state")), JsonSerializer.Serialize(new WatchSign(new Uri("http://127.0.0.1:1/"), run, Environment.ProcessId)));
        var during = await AskAsync(server);
        File.Delete(WatchSign.FileIn(root.File("state")));
        File.WriteAllText(Path.Combine(run, "summary.json"), """{"verdict":"weakness","duration":90}""");
        var after = await AskAsync(server);

        Assert.Equal([null, "20261129-120000-gameday", null], new[] { before, during, after }.Select(state => (string?)state["live"]));
        Assert.Equal(("weakness", 90.0), ((string)after["runs"]![0]!["verdict"]!, Length(after)));
        Assert.Null(after["boards"]); // they do not change, and are long
    }

    [Fact]
    public async Task A_run_without_a_record_ends_with_what_it_wrote_last_whoever_looked_at_its_figures_since()
    {
        await using var server = await OpenAsync();
        var from = new DateTime(2026, 11, 29, 12, 0, 0, DateTimeKind.Utc);
        foreach (var (name, second) in new[] { ("incidents.jsonl", 60), ("store-fails/journal.jsonl", 90), ("prometheus/data/lock", 5000), ("prometheus/reader.log", 5000), ("screenshots/1-overview.png", 6000) })
        {
            var file = root.File("runs/20261129-120000-alerts/" + name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "");
            File.SetLastWriteTimeUtc(file, from.AddSeconds(second));
        }

        Assert.Equal(90, Length(await AskAsync(server)));
    }

    [Fact]
    public async Task A_record_that_is_written_again_is_read_again()
    {
        await using var server = await OpenAsync();
        var record = root.File("runs/20261129-120000-gameday/summary.json");
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        File.WriteAllText(record, """{"verdict":"hel""");
        var half = await AskAsync(server);

        File.WriteAllText(record, """{"verdict":"held","duration":60}""");
        File.SetLastWriteTimeUtc(record, new DateTime(2026, 11, 29, 12, 1, 0, DateTimeKind.Utc));
        var first = await AskAsync(server);
        File.WriteAllText(record, """{"verdict":"held","duration":61}""");
        File.SetLastWriteTimeUtc(record, new DateTime(2026, 11, 29, 12, 1, 1, DateTimeKind.Utc));

        Assert.Equal("", (string)half["runs"]![0]!["verdict"]!);
        Assert.Equal((60.0, 61.0), (Length(first), Length(await AskAsync(server))));
    }

    [Fact]
    public async Task A_bottleneck_hunt_is_listed_with_what_it_named()
    {
        await using var server = await OpenAsync();
        var record = root.File("runs/20261129-120000-bottleneck/bottleneck.json");
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        File.WriteAllText(record, """{"duration":72,"verdict":{"limit":"resource","word":"pool"}}""");

        var state = await AskAsync(server);

        Assert.Equal("pool", (string)state["runs"]![0]!["verdict"]!);
        Assert.Equal(72, Length(state));
    }

    [Fact]
    public async Task A_run_without_figures_says_how_to_get_them()
    {
        await using var server = await OpenAsync();
        Directory.CreateDirectory(root.File("runs/20261129-110000-load"));

        using var answer = await client.GetAsync(new Uri(server.Address, "api/prometheus/20261129-110000-load/api/v1/query?query=up"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("--watch", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_that_stayed_on_a_host_are_asked_for_there_and_told_gone_with_it()
    {
        await using var server = await OpenAsync();
        KeptFigures.LeaveAt(root.File("runs/20261129-110000-gameday"), new Uri("http://127.0.0.1:1/"));

        var state = (await client.GetFromJsonAsync<JsonNode>(new Uri(server.Address, "api/state")))!;
        using var answer = await client.GetAsync(new Uri(server.Address, "api/prometheus/20261129-110000-gameday/api/v1/query?query=up"));

        Assert.Equal("20261129-110000-gameday", state["run"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("obs host", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runs/%2e%2e/secret.json")]
    [InlineData("%2e%2e/secret.json")]
    [InlineData("runs/x/ledger.jsonl")]
    [InlineData("api/prometheus/x/api/v1/admin/tsdb/snapshot")]
    public async Task Nothing_but_pages_reports_and_questions_is_given(string path)
    {
        await using var server = await OpenAsync();
        File.WriteAllText(root.File("secret.json"), "{}");
        Directory.CreateDirectory(root.File("runs/x"));
        File.WriteAllText(root.File("runs/x/ledger.jsonl"), "{}");

        using var answer = await client.GetAsync(new Uri(server.Address, path));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_elsewhere_that_leads_its_name_here_is_refused()
    {
        await using var server = await OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "api/state")) { Headers = { Host = "evil.example" } };

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task<JsonNode> AskAsync(ConsoleServer server) => (await client.GetFromJsonAsync<JsonNode>(new Uri(server.Address, "api/runs")))!;

    private static double Length(JsonNode state) => (double)state["runs"]![0]!["to"]! - (double)state["runs"]![0]!["from"]!;

    private Task<ConsoleServer> OpenAsync()
    {
        Directory.CreateDirectory(root.File("page"));
        var places = new Places(LabProgram.Root, root.File("state"), root.File("runs"), Labs.Program, Labs.Shortener);
        return ConsoleServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), places, root.File("page"), null, TimeProvider.System);
    }
}
