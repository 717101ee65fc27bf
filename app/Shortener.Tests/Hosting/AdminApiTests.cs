using System.Net;
using System.Net.Http.Json;
using System.Text;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Hosting;

public class AdminApiTests
{
    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/resilience")]
    [InlineData("GET", "/chaos/faults")]
    [InlineData("POST", "/chaos/faults")]
    [InlineData("DELETE", "/chaos/faults")]
    [InlineData("POST", "/clicks/flush")]
    public async Task Without_the_token_there_is_nothing_but_health(string method, string path)
    {
        await using var service = await TestService.StartAsync();
        using var stranger = TestService.Client(service.Admin.BaseAddress!.ToString());
        using var guess = new HttpRequestMessage(new(method), path) { Headers = { { "Authorization", "Bearer guess" } } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync(new(new(method), path)).Within(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync(guess).Within(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health/live").Within("health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health/ready").Within("health")).StatusCode);
    }

    [Fact]
    public async Task Faults_are_not_started_from_a_browser()
    {
        await using var service = await TestService.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/chaos/faults");
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11)");

        Assert.Equal(HttpStatusCode.Forbidden, (await service.Admin.SendAsync(request).Within("a request")).StatusCode);
    }

    [Fact]
    public async Task Faults_do_not_exist_unless_chaos_is_enabled()
    {
        await using var service = await TestService.StartAsync(null, ("Chaos__Enabled", "false"));

        var answer = await service.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "error", timeToLive = "00:00:10" }).Within("a request");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task An_instance_counts_who_is_inside_while_there_is_a_dose()
    {
        await using var service = await TestService.StartAsync(null, ("Cache__Enabled", "false"));
        var link = "/" + (string)(await (await service.CreateAsync("https://example.org/")).JsonAsync())["code"]!;
        await service.Http.GetAsync(link).Within("a redirect");
        var before = await CompletionsAsync();

        await service.FaultAsync(new { kind = "delay", at = "path", delay = "00:00:00.00005", timeToLive = "00:00:30" });
        for (var i = 0; i < 3; i++) await service.Http.GetAsync(link).Within("a redirect");

        Assert.Equal((0, 3), (before, await CompletionsAsync()));

        async Task<long> CompletionsAsync() => (long)(await (await service.Admin.GetAsync("/stations").Within("stations")).JsonAsync())["stations"]!.AsArray()
            .Single(station => (string)station!["name"]! == "instance")!["completions"]!;
    }

    [Fact]
    public async Task A_fault_shows_what_was_ordered_and_what_it_did_also_after_its_end()
    {
        var time = new FakeTimeProvider();
        await using var service = await TestService.StartAsync(time);
        var fault = await service.FaultAsync(new { kind = "error", rate = 1.0, operations = new[] { "link.insert" }, exception = "io", seed = 7, timeToLive = "00:00:30", first = 2, experiment = "e1" });
        var path = $"/chaos/faults/{(string)fault["id"]!}";

        for (var i = 0; i < 3; i++) await service.CreateAsync("https://example.org/");
        var list = await (await service.Admin.GetAsync("/chaos/faults").Within("the list")).JsonAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        var after = await (await service.Admin.GetAsync(path).Within("the fault")).JsonAsync();
        var listAfter = await (await service.Admin.GetAsync("/chaos/faults").Within("the list")).JsonAsync();

        var active = Assert.Single(list["faults"]!.AsArray())!;
        Assert.Equal(("error", 1.0, "io", 7, "00:00:30.000", 2, "e1"), ((string)active["kind"]!, (double)active["rate"]!, (string)active["exception"]!, (int)active["seed"]!, (string)active["timeToLive"]!, (int)active["first"]!, (string)active["experiment"]!));
        Assert.Equal((true, false), ((bool)active["active"]!, (bool)after["active"]!));
        Assert.Equal((3, 2, 2), ((long)after["executions"]!, (long)after["intended"]!, (long)after["completed"]!));
        Assert.Empty(listAfter["faults"]!.AsArray());
    }

    [Fact]
    public async Task A_bad_fault_is_refused_with_every_problem()
    {
        await using var service = await TestService.StartAsync();

        var bad = await service.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "latency", rate = 2 }).Within("a request");
        var mistyped = await service.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "error", timeToLive = "00:00:10", rte = 0.1 }).Within("a request");
        var broken = await service.Admin.PostAsync("/chaos/faults", new StringContent("{", Encoding.UTF8)).Within("a request");

        Assert.Equal((422, 422, 422), ((int)bad.StatusCode, (int)mistyped.StatusCode, (int)broken.StatusCode));
        Assert.Equal(["delay", "rate", "timeToLive"], (await bad.JsonAsync())["errors"]!.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Contains("rte", (string)(await mistyped.JsonAsync())["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_faults_is_always_fine()
    {
        await using var service = await TestService.StartAsync();
        await service.FaultAsync(new { kind = "error", timeToLive = "00:10:00" });
        await service.FaultAsync(new { kind = "readiness", timeToLive = "00:10:00" });

        Assert.Equal(HttpStatusCode.NoContent, (await service.Admin.DeleteAsync("/chaos/faults/nobody").Within("a delete")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await service.Admin.DeleteAsync("/chaos/faults").Within("a delete")).StatusCode);
        Assert.Empty((await (await service.Admin.GetAsync("/chaos/faults").Within("the list")).JsonAsync())["faults"]!.AsArray());
        Assert.Equal(HttpStatusCode.Created, (await service.CreateAsync("https://example.org/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Admin.GetAsync("/chaos/faults/nobody").Within("a look")).StatusCode);
    }

    [Fact]
    public async Task A_readiness_fault_says_not_ready_and_counts_the_probes_it_fooled()
    {
        await using var service = await TestService.StartAsync();
        var fault = await service.FaultAsync(new { kind = "readiness", timeToLive = "00:10:00" });

        var during = await service.Admin.GetAsync("/health/ready").Within("a probe");
        var live = await service.Admin.GetAsync("/health/live").Within("a probe");
        var evidence = await (await service.Admin.GetAsync($"/chaos/faults/{(string)fault["id"]!}").Within("the fault")).JsonAsync();
        await service.Admin.DeleteAsync("/chaos/faults").Within("the repair");
        var after = await service.Admin.GetAsync("/health/ready").Within("a probe");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK), (during.StatusCode, live.StatusCode, after.StatusCode));
        Assert.Equal(1, (long)evidence["completed"]!);
    }

    [Fact]
    public async Task A_cpu_fault_burns_and_its_dose_is_measured()
    {
        await using var service = await TestService.StartAsync();
        var fault = await service.FaultAsync(new { kind = "cpu", delay = "00:00:00.050", operations = new[] { "link.inspect" }, timeToLive = "00:10:00" });

        await service.Http.GetAsync("/api/links/some").Within("a look");
        var evidence = await (await service.Admin.GetAsync($"/chaos/faults/{(string)fault["id"]!}").Within("the fault")).JsonAsync();

        Assert.Equal(1, (long)evidence["completed"]!);
        Assert.True((double)evidence["doseMeanSeconds"]! >= 0.05);
    }

    [Fact]
    public async Task A_slow_start_serves_nothing_but_not_ready_until_it_is_over()
    {
        var time = new FakeTimeProvider();
        await using var service = await TestService.StartAsync(time, ("Chaos__StartDelay", "00:00:20"));

        var starting = await service.Admin.GetAsync("/health/ready").Within("a probe");
        var body = await starting.Content.ReadAsStringAsync();
        await Patience.Until(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return (await service.Admin.GetAsync("/health/ready")).IsSuccessStatusCode;
        }, "readiness");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "starting\n"), (starting.StatusCode, body));
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(20));
    }
}
