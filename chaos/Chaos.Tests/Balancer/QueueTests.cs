using System.Net;
using System.Text.Json.Nodes;

namespace ChaosLab.Chaos.Tests.Balancer;

public class QueueTests
{
    [Fact]
    public async Task Who_finds_no_place_waits_and_is_served_in_turn()
    {
        await using var one = new Instance("app1");
        using var turn = new SemaphoreSlim(0);
        one.Behave = async (request, socket) =>
        {
            await turn.WaitAsync();
            await one.AnswerAsync(request, socket);
        };
        await using var front = await Front.OfAsync([one], ("MaxConcurrentPerBackend", "1"), ("AttemptTimeout", "00:00:30"));

        Task<HttpResponseMessage>[] three = [front.GetAsync("/1"), front.GetAsync("/2"), front.GetAsync("/3")];
        await Eventually.TrueAsync(async () => await QueuedAsync(front) == 2, "two wait");
        Assert.Single(one.Requests);
        turn.Release(3);
        await Task.WhenAll(three).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.All(three, done => Assert.Equal(HttpStatusCode.Found, done.Result.StatusCode));
        Assert.Equal(0, await QueuedAsync(front));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_with_503()
    {
        await using var one = new Instance("app1");
        using var turn = new SemaphoreSlim(0);
        one.Behave = async (request, socket) =>
        {
            await turn.WaitAsync();
            await one.AnswerAsync(request, socket);
        };
        await using var front = await Front.OfAsync([one],
            ("MaxConcurrentPerBackend", "1"), ("QueueCapacity", "1"), ("QueueTimeout", "01:00:00"), ("AttemptTimeout", "00:00:30"));
        Task<HttpResponseMessage>[] two = [front.GetAsync(), front.GetAsync()];
        await Eventually.TrueAsync(async () => await QueuedAsync(front) == 1, "one waits");

        using var refused = await front.CreateAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("queue is full", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("balancer_queue_refusals_total{proxy=\"follow\"} 1\n", await front.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
        turn.Release(2);
        await Task.WhenAll(two).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(two, done => Assert.Equal(HttpStatusCode.Found, done.Result.StatusCode));
    }

    [Fact]
    public async Task Waiting_ends_after_its_time_limit()
    {
        await using var one = new Instance("app1");
        using var turn = new SemaphoreSlim(0);
        one.Behave = async (request, socket) =>
        {
            await turn.WaitAsync();
            await one.AnswerAsync(request, socket);
        };
        await using var front = await Front.OfAsync([one],
            ("MaxConcurrentPerBackend", "1"), ("QueueTimeout", "00:00:00.200"), ("AttemptTimeout", "00:00:30"));
        var first = front.GetAsync();
        await Eventually.TrueAsync(() => !one.Requests.IsEmpty, "the place is taken");

        using var refused = await front.GetAsync();
        turn.Release(2);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await first).StatusCode);
        Assert.Single(one.Requests);
        using var next = await front.GetAsync();
        Assert.Equal(HttpStatusCode.Found, next.StatusCode);
    }

    [Fact]
    public async Task Many_callers_never_exceed_the_limit_and_all_are_served()
    {
        await using Instance one = new("app1"), two = new("app2");
        var (at, most) = (0, 0);
        foreach (var instance in new[] { one, two })
        {
            instance.Behave = async (request, socket) =>
            {
                var now = Interlocked.Increment(ref at);
                lock (one) most = Math.Max(most, now);
                await Task.Yield();
                Interlocked.Decrement(ref at);
                await instance.AnswerAsync(request, socket);
            };
        }

        await using var front = await Front.OfAsync([one, two], ("MaxConcurrentPerBackend", "2"));

        var all = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => front.GetAsync())).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(all, response => Assert.Equal(HttpStatusCode.Found, response.StatusCode));
        Assert.InRange(most, 1, 4);
        Assert.All(await front.StateAsync(), backend => Assert.Equal(0, backend.Active));
        Assert.Equal(300, one.Requests.Count + two.Requests.Count);
    }

    private static async Task<int> QueuedAsync(Front front) =>
        (int)JsonNode.Parse(await front.Admin.GetStringAsync(new Uri("/state", UriKind.Relative)))!["queued"]!;
}
