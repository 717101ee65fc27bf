using System.Net;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Hosting;

/// <summary>What visitors see while the store is away, driven through <c>/chaos/faults</c> as an experiment would.</summary>
public class OutageTests
{
    private static readonly object Outage = new { kind = "error", timeToLive = "00:10:00", experiment = "outage" };

    [Fact]
    public async Task A_cached_redirect_survives_a_dead_store_and_creates_are_told_to_come_back()
    {
        var time = new FakeTimeProvider();
        // No flush of clicks meanwhile: it would be a call of its own, and perhaps the probe.
        await using var service = await TestService.StartAsync(time, ("Clicks__FlushInterval", "01:00:00"));
        await service.CreateAsync("https://example.org/x", "known");
        var fault = await service.FaultAsync(Outage);
        time.Advance(TimeSpan.FromSeconds(31)); // the entry is no longer fresh

        var follows = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => service.Http.GetAsync("/known"))).Within("redirects");
        var unknown = await service.Http.GetAsync("/unknown").Within("a redirect");
        var creates = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => service.CreateAsync("https://example.org/y"))).Within("creates");
        var inspect = await service.Http.GetAsync("/api/links/known").Within("a look");
        var write = await service.PipelineAsync("store-write");

        Assert.All(follows, follow => Assert.Equal("https://example.org/x", follow.Headers.Location?.OriginalString));
        Assert.All(creates.Append(unknown).Append(inspect), answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.All(creates.Append(unknown).Append(inspect), answer => Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1)));
        Assert.Equal("open", (string)write["state"]!);
        Assert.Equal((10, 5), ((long)write["failures"]!, (long)write["rejected"]!));

        await service.Admin.DeleteAsync($"/chaos/faults/{(string)fault["id"]!}").Within("the repair");
        time.Advance(TimeSpan.FromSeconds(61)); // the break is over
        var healed = await service.CreateAsync("https://example.org/y");

        Assert.Equal(HttpStatusCode.Created, healed.StatusCode);
        Assert.Equal("closed", (string)(await service.PipelineAsync("store-write"))["state"]!);
    }

    [Fact]
    public async Task A_slow_store_is_cut_off_and_nothing_was_written()
    {
        // Real time: the delay is injected before the call, so a create that is cut off was never sent.
        await using var service = await TestService.StartAsync(null, ("Store__AttemptTimeout", "00:00:00.200"), ("Store__Deadline", "00:00:50"));
        await service.FaultAsync(new { kind = "latency", delay = "00:05:00", operations = new[] { "link.insert" }, timeToLive = "00:10:00" });

        var create = await service.CreateAsync("https://example.org/", key: "k");
        var byKey = await service.Http.GetAsync("/api/links/by-key/k").Within("the question");
        var report = await service.PipelineAsync("store-write");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, create.StatusCode);
        Assert.Equal(1, (long)report["timeouts"]!);
        Assert.Equal("TimeoutRejectedException", (string)report["lastFailure"]!);
        Assert.Equal(HttpStatusCode.NotFound, byKey.StatusCode);
    }

    [Fact]
    public async Task Without_the_cache_the_same_outage_reaches_visitors()
    {
        await using var service = await TestService.StartAsync(null, ("Cache__Enabled", "false"));
        await service.CreateAsync("https://example.org/x", "known");
        var before = await service.Http.GetAsync("/known").Within("a redirect");
        await service.FaultAsync(Outage);

        var during = await service.Http.GetAsync("/known").Within("a redirect");

        Assert.Equal(HttpStatusCode.Found, before.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, during.StatusCode);
    }

    [Fact]
    public async Task Without_the_breaker_every_call_reaches_the_store()
    {
        await using var service = await TestService.StartAsync(null, ("Breaker__Enabled", "false"));
        await service.FaultAsync(Outage);

        for (var i = 0; i < 15; i++) await service.CreateAsync("https://example.org/");
        var report = await service.PipelineAsync("store-write");

        Assert.Equal((false, "closed"), ((bool)report["enabled"]!, (string)report["state"]!));
        Assert.Equal(0, (long)report["rejected"]!);
        Assert.True((long)report["failures"]! >= 15);
    }

    [Fact]
    public async Task Wrong_data_shows_as_not_found_and_not_as_an_error()
    {
        await using var service = await TestService.StartAsync(null, ("Cache__Enabled", "false"));
        await service.CreateAsync("https://example.org/x", "known");
        await service.FaultAsync(new { kind = "outcome", operations = new[] { "link.get" }, timeToLive = "00:10:00" });

        Assert.Equal(HttpStatusCode.NotFound, (await service.Http.GetAsync("/known").Within("a redirect")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/api/links/known").Within("a look")).StatusCode);
    }
}
