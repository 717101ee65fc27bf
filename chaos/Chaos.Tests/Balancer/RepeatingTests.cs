using System.Net;

namespace ChaosLab.Chaos.Tests.Balancer;

public class RepeatingTests
{
    // Only what the test itself does may take an instance out.
    private static readonly (string, string) NoProbeSoon = ("HealthInterval", "01:00:00");

    public static TheoryData<string> SafeMethods => ["GET", "HEAD", "DELETE", "OPTIONS"];

    [Theory]
    [MemberData(nameof(SafeMethods))]
    public async Task What_is_safe_to_repeat_is_repeated_on_another_instance(string method)
    {
        await using Instance bad = new("app1"), good = new("app2");
        await using var front = await Front.OfAsync([bad, good], NoProbeSoon);
        bad.Behave = Instance.ResetAsync;

        var attempts = new List<string>();
        for (var n = 0; n < 4; n++)
        {
            using var response = await front.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/abc"));
            Assert.Equal(HttpStatusCode.Found, response.StatusCode);
            Assert.Equal("app2", response.Headers.GetValues("X-Instance").Single());
            attempts.Add(response.Headers.TryGetValues("X-Attempts", out var values) ? values.Single() : "1");
        }

        Assert.Contains("2", attempts);
        Assert.All(attempts, n => Assert.True(n is "1" or "2", n));
        var state = await front.StateAsync();
        Assert.Equal(state[0].Failures, state[1].Retries);
        Assert.True(state[1].Retries >= 1);
    }

    [Fact]
    public async Task A_create_without_a_key_is_sent_once()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], NoProbeSoon);
        one.Behave = two.Behave = Instance.ResetAsync;

        using var response = await front.CreateAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(1, one.Requests.Count + two.Requests.Count);
    }

    [Fact]
    public async Task A_create_with_a_key_is_repeated_with_the_same_body()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], NoProbeSoon);
        one.Behave = two.Behave = Instance.ResetAsync;

        using var response = await front.CreateAsync("key-1", "{\"url\":\"https://example.org/same\"}");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        var (first, second) = (Assert.Single(one.Requests), Assert.Single(two.Requests));
        Assert.Equal(first.Body, second.Body);
        Assert.Equal("{\"url\":\"https://example.org/same\"}", first.Body);
        Assert.Contains("Idempotency-Key: key-1", second.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_create_with_a_key_is_not_repeated()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], NoProbeSoon);
        one.Behave = two.Behave = Instance.ResetAsync;

        using var response = await front.CreateAsync("key-1", new string('x', 100_000));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(1, one.Requests.Count + two.Requests.Count);
    }

    [Fact]
    public async Task Nothing_is_repeated_when_repeating_is_off()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], NoProbeSoon, ("Retry", "false"));
        one.Behave = two.Behave = Instance.ResetAsync;

        using var response = await front.CreateAsync("key-1");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(1, one.Requests.Count + two.Requests.Count);
    }

    [Fact]
    public async Task An_instance_that_hangs_costs_one_time_limit()
    {
        await using Instance bad = new("app1"), good = new("app2");
        await using var front = await Front.OfAsync([bad, good], NoProbeSoon, ("AttemptTimeout", "00:00:01"));
        bad.Behave = bad.HangAsync;

        for (var n = 0; n < 2; n++)
        {
            using var response = await front.GetAsync();
            Assert.Equal("app2", response.Headers.GetValues("X-Instance").Single());
        }

        Assert.InRange(bad.Requests.Count, 1, 2);
    }

    [Fact]
    public async Task A_create_without_a_key_that_hangs_is_answered_504()
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one], NoProbeSoon, ("AttemptTimeout", "00:00:00.300"));
        one.Behave = one.HangAsync;

        using var response = await front.CreateAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Null(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_refused_connection_never_carried_the_request_so_even_a_plain_create_goes_elsewhere()
    {
        await using Instance bad = new("app1"), good = new("app2");
        await using var front = await Front.OfAsync([bad, good], NoProbeSoon);
        await bad.CloseAsync();

        for (var n = 0; n < 2; n++)
        {
            using var response = await front.CreateAsync();
            Assert.Equal("app2", response.Headers.GetValues("X-Instance").Single());
        }

        Assert.Empty(bad.Requests);
    }

    [Fact]
    public async Task Refused_everywhere_means_surely_not_written()
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one], NoProbeSoon);
        await one.CloseAsync();

        using var first = await front.CreateAsync();
        using var second = await front.CreateAsync();

        Assert.All([first, second], response => Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode));
        Assert.All([first, second], response => Assert.NotNull(response.Headers.RetryAfter));
    }
}
