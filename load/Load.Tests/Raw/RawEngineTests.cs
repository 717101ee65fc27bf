using System.Collections.Concurrent;
using ChaosLab.Load.Raw;
using Microsoft.AspNetCore.Http;

namespace ChaosLab.Load.Tests.Raw;

public class RawEngineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private const string Empty = "Content-Length: 0\r\n\r\n";

    private static RawRequest Get(string path, int status = 204, string? location = null) => new("get", "GET", path, status, location);

    private static ScenarioProps Of(RawRequests requests, params LoadSimulation[] load) =>
        Scenario.Declare("raw", requests).WithoutWarmUp().WithMaxFailCount(int.MaxValue).WithLoadSimulations(load);

    private static async Task<ScenarioStats> Run(RawRequests requests, params LoadSimulation[] load)
    {
        var result = await Runs.Quiet(Of(requests, load)).ToTheEndAsync();
        Assert.Equal(result.Validity.Planned, result.Validity.Delivered + result.Validity.Undelivered);
        return result.Stats.ScenarioStats[0];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_arrival_reaches_a_real_server_once(int shards)
    {
        var served = new ConcurrentDictionary<string, int>();
        await using var server = await Loopback.ServeAsync(context =>
        {
            served.AddOrUpdate(context.Request.Query["n"].ToString(), 1, (_, n) => n + 1);
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        var stats = await Run(new RawRequests(server.Address, [Get("/x?n={arrival}")]) { Shards = shards, Timeout = TimeSpan.FromSeconds(30) }, Simulation.Inject(500, Second, Second));

        Assert.Equal((500, 0), (stats.AllOkCount, stats.AllFailCount));
        Assert.Equal(Enumerable.Range(0, 500).Select(n => n.ToString("D12")), served.Keys.Order());
        Assert.All(served.Values, times => Assert.Equal(1, times));
        Assert.Equal(500, stats.StepStats.Get("get").Ok.Request.Count);
    }

    [Fact]
    public async Task Status_and_location_are_checked()
    {
        await using var server = await Loopback.ServeAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/gone" ? 404 : 302;
            context.Response.Headers.Location = context.Request.Path == "/right" ? "https://example.com/right" : "https://example.com/error";
            return Task.CompletedTask;
        });

        var stats = await Run(new RawRequests(server.Address,
            [Get("/right", 302, "https://example.com/right"), Get("/wrong", 302, "https://example.com/wrong"), Get("/gone", 302)]) { Timeout = TimeSpan.FromSeconds(30) },
            Simulation.IterationsForInject(300, Second, 300));

        Assert.Equal(100, stats.Ok.StatusCodes.Get("302").Count);
        Assert.Equal(100, stats.Fail.StatusCodes.Get("302-wrong-location").Count);
        Assert.Equal(100, stats.Fail.StatusCodes.Get("404").Count);
    }

    [Fact]
    public async Task Bodies_headers_and_chunked_answers_work_both_ways()
    {
        var bodies = new ConcurrentBag<string>();
        await using var server = await Loopback.ServeAsync(async context =>
        {
            bodies.Add(context.Request.Headers["X-Key"] + await new StreamReader(context.Request.Body).ReadToEndAsync());
            context.Response.StatusCode = 201;
            for (var i = 0; i < 3; i++)
                await context.Response.WriteAsync(new string('x', 5_000)); // no length known, so chunked
        });

        var stats = await Run(new RawRequests(server.Address, [new RawRequest("post", "POST", "/p", 201) { Body = "{\"é\":\"{arrival}\"}", Headers = [("X-Key", "k{arrival}"), ("Content-Type", "application/json")] }]) { Timeout = TimeSpan.FromSeconds(30) },
            Simulation.IterationsForInject(200, Second, 100));

        Assert.Equal((100, 0), (stats.AllOkCount, stats.AllFailCount));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => $"k{n:D12}{{\"é\":\"{n:D12}\"}}"), bodies.Order());
        Assert.True(stats.Ok.DataTransfer.MinBytes > 15_000);
    }

    [Fact]
    public async Task A_closed_load_keeps_its_copies_busy_and_no_more()
    {
        await using var server = new ByteServer((_, _) => ("HTTP/1.1 204 No Content\r\n\r\n", false));
        var stats = await Run(new RawRequests(server.Address, [Get("/")]) { Timeout = TimeSpan.FromSeconds(30) }, Simulation.IterationsForConstant(5, 2_000));

        Assert.Equal((2_000, 0), (stats.AllOkCount, stats.AllFailCount));
        Assert.Equal((2_000, 5), (server.Requests, server.Connections));
        Assert.Equal(0, stats.Arrivals.Planned);
    }

    [Fact]
    public async Task A_connection_that_the_server_closes_is_opened_anew()
    {
        await using var server = new ByteServer((n, _) => n % 2 == 0 ? ("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", true) : ("HTTP/1.0 204 No Content\r\n\r\n", true));
        var stats = await Run(new RawRequests(server.Address, [Get("/")]) { Timeout = TimeSpan.FromSeconds(30) }, Simulation.IterationsForInject(200, Second, 100));

        Assert.Equal((100, 0, 100), (stats.AllOkCount, stats.AllFailCount, server.Connections));
    }

    [Fact]
    public async Task An_answer_that_only_the_close_ends_is_complete()
    {
        await using var server = new ByteServer((_, _) => ("HTTP/1.1 200 OK\r\n\r\nsome body", true));
        var stats = await Run(new RawRequests(server.Address, [Get("/", 200)]) { Timeout = TimeSpan.FromSeconds(30) }, Simulation.IterationsForInject(200, Second, 50));

        Assert.Equal((50, 0), (stats.AllOkCount, stats.AllFailCount));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "before the answer was complete")]
    [InlineData("", "before the answer was complete")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "does not start with")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "after the end")]
    public async Task Broken_answers_fail_with_their_reason(string answer, string reason)
    {
        await using var server = new ByteServer((_, _) => (answer, true));
        var stats = await Run(new RawRequests(server.Address, [Get("/", 200)]) { Timeout = TimeSpan.FromSeconds(30) }, Simulation.IterationsForInject(100, Second, 20));

        Assert.Equal((0, 20), (stats.AllOkCount, stats.AllFailCount));
        Assert.Contains(reason, stats.Fail.StatusCodes.Get("-101").Message);
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_the_connection_is_not_used_again()
    {
        await using var server = new ByteServer((_, request) => request.Contains("GET /silent") ? null : ("HTTP/1.1 204 No Content\r\n\r\n", false));
        var stats = await Run(new RawRequests(server.Address, [Get("/silent"), Get("/ok")]) { Timeout = TimeSpan.FromSeconds(2) }, Simulation.IterationsForInject(20, Second, 20));

        Assert.Equal(10, stats.Fail.StatusCodes.Get("-100").Count);
        Assert.Equal(20, stats.AllRequestCount);
        Assert.True(stats.Fail.Latency.MinMs >= 2_000);
    }

    [Fact]
    public async Task A_dead_server_fails_every_arrival_without_a_storm()
    {
        Uri address;
        await using (var server = new ByteServer((_, _) => null))
            address = server.Address;
        var closed = await Run(new RawRequests(address, [Get("/")]), Simulation.KeepConstant(2, Second));
        var open = await Run(new RawRequests(address, [Get("/")]), Simulation.IterationsForInject(100, Second, 50));

        Assert.Equal((0, 50), (open.AllOkCount, open.AllFailCount));
        Assert.Contains("connect", open.Fail.StatusCodes.Get("-101").Message);
        Assert.InRange(closed.AllFailCount, 1, 220); // 2 copies, one attempt in 10 ms each
    }

    [Fact]
    public async Task Head_is_answered_without_a_body()
    {
        await using var server = await Loopback.ServeAsync(context =>
        {
            context.Response.ContentLength = 1_000;
            return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.WriteAsync(new string('x', 1_000));
        });
        var stats = await Run(new RawRequests(server.Address, [new RawRequest("head", "HEAD", "/", 200), Get("/", 200)]) { Timeout = TimeSpan.FromSeconds(30) }, Simulation.IterationsForInject(200, Second, 60));

        Assert.Equal((60, 0), (stats.AllOkCount, stats.AllFailCount));
    }

    [Fact]
    public async Task Arrivals_wait_for_the_few_connections_and_are_charged_for_it()
    {
        await using var server = await Loopback.ServeAsync(async context =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            context.Response.StatusCode = 204;
        });
        var result = await Runs.Quiet(Of(new RawRequests(server.Address, [Get("/")]) { Timeout = TimeSpan.FromSeconds(30) }, Simulation.Inject(200, Second, Second)).WithMaxInFlight(2))
            .WithMaxLateness(TimeSpan.FromMinutes(1)).ToTheEndAsync();

        var stats = result.Stats.ScenarioStats[0];
        Assert.Equal((200, 0, 0), (stats.AllOkCount, stats.AllFailCount, (int)stats.Arrivals.Undelivered));
        Assert.True(stats.Arrivals.Waiting.MaxMs > 500, $"waited {stats.Arrivals.Waiting.MaxMs} ms");
        Assert.True(stats.Ok.ServiceTime.Percent50 < stats.Ok.Latency.Percent50);
    }

    [Fact]
    public async Task What_would_be_too_late_is_undelivered_and_counted()
    {
        await using var server = new ByteServer((_, _) => null);
        var result = await Runs.Quiet(Of(new RawRequests(server.Address, [Get("/")]) { Timeout = TimeSpan.FromSeconds(2) }, Simulation.Inject(100, Second, Second)).WithMaxInFlight(3))
            .WithMaxLateness(TimeSpan.FromSeconds(0.5)).ToTheEndAsync();

        Assert.Equal((100, 100), (result.Validity.Planned, result.Validity.Delivered + result.Validity.Undelivered));
        Assert.True(result.Validity.Undelivered > 50);
        Assert.Equal(ValidityVerdict.Invalid, result.Validity.Verdict);
    }

    [Fact]
    public async Task A_stop_ends_a_raw_load_early()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new ByteServer((n, _) =>
        {
            if (n == 100)
                stop.Cancel();
            return ("HTTP/1.1 204 No Content\r\n\r\n", false);
        });
        var result = await Runs.Quiet(Of(new RawRequests(server.Address, [Get("/")]), Simulation.Inject(500, Second, TimeSpan.FromHours(1)))).ToTheEndAsync(stop.Token);

        Assert.True(result.Stopped);
        Assert.InRange(result.Stats.AllRequestCount, 99, 100_000);
        Assert.Equal(result.Validity.Planned, result.Validity.Delivered + result.Validity.Undelivered);
    }

    [Fact]
    public void A_zipf_choice_prefers_the_first_and_repeats()
    {
        var requests = new RawRequests(new Uri("http://127.0.0.1/"), [.. Enumerable.Range(0, 100).Select(i => Get($"/{i}"))]) { Choice = RawChoice.Zipf };
        var (one, two) = (new RequestPicker(requests, 3), new RequestPicker(requests, 3));
        var picks = Enumerable.Range(0, 20_000).Select(k => one.Pick(k)).ToList();

        Assert.Equal(picks, Enumerable.Range(0, 20_000).Select(k => two.Pick(k)));
        Assert.InRange(picks.Count(p => p == 0) / 2e4, 0.17, 0.22); // 1 ÷ H(100) = 0.193
    }

    [Fact]
    public void Declarations_that_cannot_work_are_all_reported()
    {
        var problems = new RawRequests(new Uri("https://127.0.0.1/"), [new RawRequest("", "GET", "x", 99), Get("/a\r\nX: y")]) { Shards = 0, Timeout = TimeSpan.Zero }.Problems().ToList();

        Assert.Equal(7, problems.Count);
    }
}
