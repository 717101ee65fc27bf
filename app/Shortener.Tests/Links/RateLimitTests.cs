using System.Net;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Links;

public class RateLimitTests
{
    [Fact]
    public async Task Creates_beyond_the_bucket_are_told_when_to_come_back_and_redirects_are_not_limited()
    {
        var time = new FakeTimeProvider();
        await using var service = await TestService.StartAsync(time, ("RateLimit__CreatesPerSecond", "0.5"), ("RateLimit__Burst", "2"));

        var answers = new[] { await service.CreateAsync("https://example.org/", "one"), await service.CreateAsync("https://example.org/"), await service.CreateAsync("https://example.org/") };
        var follows = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Http.GetAsync("/one"))).Within("redirects");
        time.Advance(answers[2].Headers.RetryAfter!.Delta!.Value);
        var later = await service.CreateAsync("https://example.org/");

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.TooManyRequests], answers.Select(answer => answer.StatusCode));
        Assert.Equal(2, answers[2].Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.All(follows, follow => Assert.Equal(HttpStatusCode.Found, follow.StatusCode));
        Assert.Equal(HttpStatusCode.Created, later.StatusCode);
    }
}
