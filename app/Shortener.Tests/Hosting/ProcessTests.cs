using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ChaosLab.Shortener.Tests.Support;

namespace ChaosLab.Shortener.Tests.Hosting;

/// <summary>The program as it is deployed: environment, signals, exit codes, standard output.</summary>
public class ProcessTests
{
    private static Task<HttpResponseMessage> CreateAsync(ShortenerProcess process, string alias) =>
        process.Http.PostAsJsonAsync("/api/links", new { url = "https://example.org/" + alias, alias }).Within("a create");

    private static async Task<long> ClicksAsync(ShortenerProcess process, string code) =>
        (long)(await (await process.Http.GetAsync($"/api/links/{code}").Within("a look")).JsonAsync())["clicks"]!;

    [Fact]
    public async Task A_wrong_configuration_ends_with_2_and_names_every_problem()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables.Remove("Admin__Token");
        variables["Cache__Enabled"] = "perhaps";
        variables["Breaker__Ratio"] = "1";

        using var process = ShortenerProcess.Run(variables);

        Assert.Equal(2, await process.ExitAsync());
        foreach (var name in new[] { "Admin__Token", "Cache__Enabled", "Breaker__Ratio" }) Assert.Contains(process.Errors, line => line.StartsWith(name + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_verb_ends_with_2()
    {
        using var folder = new TempFolder();
        using var process = ShortenerProcess.Run(ShortenerProcess.Environment(folder.Database), "dance");

        Assert.Equal(2, await process.ExitAsync());
    }

    [Fact]
    public async Task Migrate_makes_the_schema_and_ends()
    {
        using var folder = new TempFolder();
        using var process = ShortenerProcess.Run(ShortenerProcess.Environment(folder.Database), "migrate");

        Assert.Equal(0, await process.ExitAsync());
        Assert.True(File.Exists(Path.Combine(folder.Path, "links.db")));
    }

    [Fact]
    public async Task A_taken_port_ends_with_1_and_names_it()
    {
        using var folder = new TempFolder();
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Http__Listen"] = occupant.LocalEndpoint.ToString()!;

        using var process = ShortenerProcess.Run(variables);

        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains(process.Errors, line => line.Contains(variables["Http__Listen"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_line_of_the_log_is_json_and_a_good_request_leaves_none()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Log__SlowerThan"] = "00:10:00"; // this machine may be slow
        using var process = await ShortenerProcess.ServeAsync(variables);
        await CreateAsync(process, "one");
        for (var i = 0; i < 20; i++) await process.Http.GetAsync("/one").Within("a redirect");

        process.Signal("TERM");

        Assert.Equal(0, await process.ExitAsync());
        var lines = process.Output.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.All(lines, line => Assert.Equal("child1", (string)line["instance"]!));
        Assert.Equal(3, lines.Count); // ready, draining, ended
    }

    [Fact]
    public async Task A_database_that_is_away_holds_no_start_up()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Store__Kind"] = "postgres";
        variables["Store__ConnectionString"] = "Host=127.0.0.1;Port=1;Database=none;Username=none"; // nobody listens there

        using var process = await ShortenerProcess.ServeAsync(variables);

        Assert.Contains(process.Output, line => line.Contains("cold or away", StringComparison.Ordinal));
        Assert.Equal("ready\n", await (await process.Admin.GetAsync("/health/ready").Within("a probe")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Click_totals_are_exact_after_a_clean_stop()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Clicks__FlushInterval"] = "00:00:00.020";
        var answered = 0;
        using (var process = await ShortenerProcess.ServeAsync(variables))
        {
            for (var i = 0; i < 5; i++) await CreateAsync(process, $"hot{i}");
            var visitors = Enumerable.Range(0, 8).Select(v => Task.Run(async () =>
            {
                // Until the service goes away: a redirect that was answered is a click that must be counted.
                for (var i = 0; ; i++)
                {
                    try
                    {
                        if ((await process.Http.GetAsync($"/hot{(v + i) % 5}")).StatusCode == HttpStatusCode.Found) Interlocked.Increment(ref answered);
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }
                }
            })).ToList();
            await Patience.Until(() => Volatile.Read(ref answered) > 2000, "some clicks");

            process.Signal("TERM");

            Assert.Equal(0, await process.ExitAsync());
            await Task.WhenAll(visitors).Within("the visitors");
        }

        using var again = await ShortenerProcess.ServeAsync(variables);
        long total = 0;
        for (var i = 0; i < 5; i++) total += await ClicksAsync(again, $"hot{i}");
        Assert.Equal(answered, total);
    }

    [Fact]
    public async Task A_drain_finishes_the_request_that_is_running_and_says_not_ready_meanwhile()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Chaos__Enabled"] = "true";
        variables["Shutdown__DrainDelay"] = "00:00:02";
        using var process = await ShortenerProcess.ServeAsync(variables);
        await process.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "latency", delay = "00:00:04", operations = new[] { "link.insert" }, timeToLive = "00:01:00" }).Within("a fault");
        var create = CreateAsync(process, "slow"); // outlasts the drain delay
        await Patience.Until(async () => (long)(await (await process.Admin.GetAsync("/chaos/faults")).JsonAsync())["faults"]![0]!["intended"]! == 1, "the create to be under way");

        process.Signal("TERM");
        await Patience.Until(async () =>
        {
            var probe = await process.Admin.GetAsync("/health/ready");
            return await probe.Content.ReadAsStringAsync() == "draining\n";
        }, "not ready");
        var during = await process.Http.GetAsync("/unknown").Within("a request during the drain");

        Assert.True(during.Headers.ConnectionClose);
        Assert.Equal(HttpStatusCode.Created, (await create).StatusCode);
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task A_request_that_takes_too_long_does_not_hold_up_the_end()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Chaos__Enabled"] = "true";
        variables["Timeout__Enabled"] = "false";
        variables["Shutdown__Timeout"] = "00:00:00.500";
        using var process = await ShortenerProcess.ServeAsync(variables);
        await process.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "latency", delay = "00:10:00", operations = new[] { "link.insert" }, timeToLive = "00:10:00" }).Within("a fault");
        var create = CreateAsync(process, "slow");
        await Patience.Until(async () => (long)(await (await process.Admin.GetAsync("/chaos/faults")).JsonAsync())["faults"]![0]!["intended"]! == 1, "the create to be under way");

        process.Signal("TERM");

        Assert.Equal(0, await process.ExitAsync());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => create);
    }

    [Fact]
    public async Task Without_the_drain_the_running_request_is_lost()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Chaos__Enabled"] = "true";
        variables["Shutdown__Drain"] = "false";
        using var process = await ShortenerProcess.ServeAsync(variables);
        await process.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "latency", delay = "00:00:30", operations = new[] { "link.insert" }, timeToLive = "00:01:00" }).Within("a fault");
        var create = CreateAsync(process, "slow");
        await Patience.Until(async () => (long)(await (await process.Admin.GetAsync("/chaos/faults")).JsonAsync())["faults"]![0]!["intended"]! == 1, "the create to be under way");

        process.Signal("TERM");

        await process.ExitAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => create);
    }

    [Fact]
    public async Task An_acknowledged_create_survives_kill_9_at_any_moment()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        List<string> acknowledged = [];
        for (var round = 0; round < 3; round++)
        {
            using var process = await ShortenerProcess.ServeAsync(variables);
            var visitors = Enumerable.Range(0, 4).Select(v => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    var alias = $"r{round}v{v}n{i}";
                    try
                    {
                        if ((await CreateAsync(process, alias)).StatusCode != HttpStatusCode.Created) continue;
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }

                    lock (acknowledged) acknowledged.Add(alias);
                }
            })).ToList();
            await Patience.Until(() => { lock (acknowledged) return acknowledged.Count > 30 * (round + 1); }, "some creates");
            process.Signal("KILL");
            await process.ExitAsync();
            await Task.WhenAll(visitors).Within("the visitors");
        }

        using var again = await ShortenerProcess.ServeAsync(variables);
        foreach (var alias in acknowledged) Assert.Equal("https://example.org/" + alias, (await again.Http.GetAsync("/" + alias).Within("a redirect")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Three_instances_start_at_once_on_one_file_and_see_each_others_links()
    {
        using var folder = new TempFolder();
        var processes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ShortenerProcess.ServeAsync(ShortenerProcess.Environment(folder.Database))));
        try
        {
            var made = await Task.WhenAll(processes.Select((process, i) => CreateAsync(process, $"link{i}")));

            Assert.All(made, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
            foreach (var process in processes)
            {
                for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Found, (await process.Http.GetAsync($"/link{i}").Within("a redirect")).StatusCode);
            }
        }
        finally
        {
            foreach (var process in processes) process.Dispose();
        }
    }

    [Fact]
    public async Task The_figures_have_the_names_and_buckets_of_the_dashboards()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Chaos__Enabled"] = "true";
        using var process = await ShortenerProcess.ServeAsync(variables);
        await CreateAsync(process, "one");
        await process.Http.GetAsync("/one").Within("a redirect");
        await process.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "error", timeToLive = "00:01:00", experiment = "e\"1" }).Within("a fault");
        await process.Http.GetAsync("/unknown").Within("a redirect");

        var answer = await process.Admin.GetAsync("/metrics").Within("the figures");
        var text = await answer.Content.ReadAsStringAsync();
        var lines = text.Split('\n').ToHashSet(StringComparer.Ordinal);

        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        foreach (var start in new[]
        {
            "http_server_request_duration_seconds_bucket{http_request_method=\"GET\",http_response_status_code=\"302\",http_route=\"/{code}\",le=\"0.0001\"} ",
            "http_server_request_duration_seconds_bucket{http_request_method=\"GET\",http_response_status_code=\"302\",http_route=\"/{code}\",le=\"0.05\"} ", // the limit of the latency SLO
            "http_server_request_duration_seconds_count{http_request_method=\"POST\",http_response_status_code=\"201\",http_route=\"/api/links\"",
            "resilience_polly_strategy_events_total{event_name=\"Chaos.OnFault\"", "resilience_polly_pipeline_duration_milliseconds_bucket{",
            "resilience_circuit_state{pipeline_name=\"store-read\",state=\"closed\",strategy_name=\"breaker\"} 1", "resilience_circuit_rejected_total{pipeline_name=\"store-write\"} 0",
            "shortener_cache_lookups_total{outcome=\"hit\"} 1", "shortener_clicks_queued ", "shortener_clicks_dropped_total 0", "process_start_time_seconds ",
            "lab_fault_active{experiment=\"e\\\"1\",fault=\"app-error\",target=\"child1\"} 1", "lab_fault_dose_seconds_count{experiment=\"e\\\"1\",fault=\"app-error\"} ",
            "http_server_active_requests 0", "dotnet_thread_pool_queue_length ", "dotnet_thread_pool_thread_count ", "dotnet_gc_pause_time_seconds_total ", "dotnet_process_memory_working_set_bytes ", "kestrel_active_connections{",
        })
        {
            Assert.Contains(lines, line => line.StartsWith(start, StringComparison.Ordinal));
        }

        Assert.Contains("# TYPE dotnet_thread_pool_queue_length gauge", lines);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", lines);
        Assert.All(lines.Where(line => line.Length > 0 && line[0] != '#'), line => Assert.Matches("""^[a-z_0-9]+(\{([a-z_0-9]+="([^"\\]|\\.)*",?)+\})? [0-9.eE+-]+$""", line));
        // Admin requests are not in the figures of the service.
        Assert.DoesNotContain(lines, line => line.Contains("http_route=\"/metrics\"", StringComparison.Ordinal) || line.Contains("/chaos", StringComparison.Ordinal));
    }
}
