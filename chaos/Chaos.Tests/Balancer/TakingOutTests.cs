using System.Net;

namespace ChaosLab.Chaos.Tests.Balancer;

public class TakingOutTests
{
    [Fact]
    public async Task A_refused_connection_takes_an_instance_out_at_once_and_a_probe_brings_it_back()
    {
        await using Instance one = new("app1"), two = new("app2");
        // Two hours of probes would have to fail before the probes alone took it out.
        await using var front = await Front.OfAsync([one, two], ("Fall", "100000"));
        await one.CloseAsync();

        for (var n = 0; n < 2; n++)
        {
            using var response = await front.GetAsync();
            Assert.Equal("app2", response.Headers.GetValues("X-Instance").Single());
        }

        Assert.Equal("down", (await front.StateAsync())[0].State);
        one.Open();
        await front.UntilAsync(state => state[0].State == "up", "a probe brought it back");
    }

    [Fact]
    public async Task Without_ejection_a_refused_connection_takes_nothing_out()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], ("Fall", "100000"), ("PassiveEject", "false"));
        await one.CloseAsync();

        for (var n = 0; n < 2; n++) (await front.GetAsync()).Dispose();

        Assert.Equal("up", (await front.StateAsync())[0].State);
    }

    [Fact]
    public async Task An_instance_that_says_not_ready_gets_no_more_requests()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], ("Fall", "100000"));

        one.Probe = 503;
        await front.UntilAsync(state => state[0].State == "down", "it is believed");
        for (var n = 0; n < 3; n++) (await front.GetAsync()).Dispose();
        one.Probe = 200;
        await front.UntilAsync(state => state[0].State == "up", "it is believed again");

        Assert.Empty(one.Requests);
        Assert.Equal(3, two.Requests.Count);
    }

    [Fact]
    public async Task A_probe_without_an_answer_counts_towards_the_fall()
    {
        await using Instance one = new("app1"), two = new("app2");
        await using var front = await Front.OfAsync([one, two], ("Fall", "2"), ("HealthTimeout", "00:00:05"));

        one.Probe = null;

        await front.UntilAsync(state => state[0].State == "down", "two probes went unanswered");
        Assert.Equal("up", (await front.StateAsync())[1].State);
    }

    [Fact]
    public async Task With_probes_off_every_instance_counts_as_up()
    {
        await using Instance one = new("app1"), two = new("app2");
        one.Probe = 503;
        await using var front = await Front.OfAsync([one, two], ("HealthChecks", "false"), ("Retry", "false"));
        await two.CloseAsync();

        for (var n = 0; n < 4; n++) (await front.GetAsync()).Dispose();

        Assert.All(await front.StateAsync(), backend => Assert.Equal("up", backend.State));
        Assert.Equal(2, one.Requests.Count);
    }

    [Fact]
    public async Task A_drained_instance_finishes_its_work_and_gets_no_more()
    {
        await using Instance one = new("app1"), two = new("app2");
        var answer = new TaskCompletionSource();
        one.Behave = async (request, socket) =>
        {
            await answer.Task;
            await one.AnswerAsync(request, socket);
        };
        await using var front = await Front.OfAsync([one, two]);
        Task<HttpResponseMessage>[] both = [front.GetAsync(), front.GetAsync()];
        await Eventually.TrueAsync(() => !one.Requests.IsEmpty, "one request is at work in app1");

        using var drained = await front.Admin.PostAsync(new Uri("/backends/app1/drain", UriKind.Relative), null);
        for (var n = 0; n < 3; n++) (await front.GetAsync()).Dispose();
        var during = await front.StateAsync();
        answer.SetResult();
        await Task.WhenAll(both).WaitAsync(TimeSpan.FromSeconds(30));
        await front.UntilAsync(state => state[0].Active == 0, "its work is finished");
        using var back = await front.Admin.PostAsync(new Uri("/backends/app1/ready", UriKind.Relative), null);
        for (var n = 0; n < 2; n++) (await front.GetAsync()).Dispose();

        Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        Assert.Equal(("draining", 1), (during[0].State, during[0].Active));
        Assert.All(both, done => Assert.Equal(HttpStatusCode.Found, done.Result.StatusCode));
        Assert.Equal(2, one.Requests.Count);
    }

    [Fact]
    public async Task With_no_instance_up_the_answer_is_503_and_the_balancer_is_not_ready()
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one]);
        one.Probe = 503;
        await front.UntilAsync(state => state[0].State == "down", "it is down");

        using var response = await front.GetAsync();
        using var ready = await front.Admin.GetAsync(new Uri("/health/ready", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Empty(one.Requests);
    }
}
