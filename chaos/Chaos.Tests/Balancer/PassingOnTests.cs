using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChaosLab.Chaos.Tests.Balancer;

public class PassingOnTests
{
    [Fact]
    public async Task Requests_go_round_the_instances()
    {
        await using Instance one = new("app1"), two = new("app2"), three = new("app3");
        await using var front = await Front.OfAsync([one, two, three]);

        var answered = new List<string>();
        for (var n = 0; n < 6; n++)
        {
            using var response = await front.GetAsync();
            answered.Add(response.Headers.GetValues("X-Instance").Single());
        }

        Assert.Equal(answered[..3], answered[3..]);
        Assert.Equal(["app1", "app2", "app3"], answered[..3].Order());
    }

    [Fact]
    public async Task A_request_and_its_answer_pass_unchanged()
    {
        await using var one = new Instance("app1");
        one.Behave = (_, socket) => Instance.SendAsync(socket,
            "HTTP/1.1 418 x\r\nX-Two: a\r\nX-Two: b\r\nContent-Type: text/x-odd\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        await using var front = await Front.OfAsync([one]);

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/a%2Fb//c?x=%20y&z", UriKind.Relative)) { Content = new StringContent("hello") };
        request.Headers.Add("X-Mine", "1");
        request.Headers.Host = "short.example";
        using var response = await front.Client.SendAsync(request);

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal(["a", "b"], response.Headers.GetValues("X-Two"));
        Assert.Equal("text/x-odd", response.Content.Headers.ContentType!.MediaType);
        Assert.False(response.Headers.Contains("Keep-Alive"));
        Assert.False(response.Headers.Contains("X-Attempts"));
        Assert.Equal("abcde", await response.Content.ReadAsStringAsync());
        var arrived = Assert.Single(one.Requests);
        Assert.Equal("POST /a%2Fb//c?x=%20y&z HTTP/1.1", arrived.Line);
        Assert.Contains("X-Mine: 1", arrived.Head, StringComparison.Ordinal);
        Assert.Contains("Host: short.example", arrived.Head, StringComparison.Ordinal);
        Assert.Equal("hello", arrived.Body);
    }

    [Fact]
    public async Task A_head_request_carries_the_length_and_no_body()
    {
        await using var one = new Instance("app1");
        one.Behave = (_, socket) => Instance.SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        await using var front = await Front.OfAsync([one]);

        for (var n = 0; n < 2; n++)
        {
            using var response = await front.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/abc"));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(1234, response.Content.Headers.ContentLength);
        }
    }

    [Fact]
    public async Task A_body_longer_than_the_buffer_is_streamed()
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one]);
        var body = new string('x', 200_000);

        using var response = await front.CreateAsync("k", body);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(body, Assert.Single(one.Requests).Body);
    }

    [Fact]
    public async Task A_torn_answer_is_seen_as_torn()
    {
        await using var one = new Instance("app1");
        one.Behave = async (_, socket) =>
        {
            await Instance.SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            socket.Shutdown(SocketShutdown.Both);
        };
        await using var front = await Front.OfAsync([one]);

        await Assert.ThrowsAsync<HttpRequestException>(() => front.GetAsync());
    }

    [Fact]
    public async Task The_end_waits_for_what_is_at_work()
    {
        await using var one = new Instance("app1");
        var answer = new TaskCompletionSource();
        one.Behave = async (request, socket) =>
        {
            await answer.Task;
            await one.AnswerAsync(request, socket);
        };
        await using var front = await Front.OfAsync([one]);
        var waiting = front.GetAsync();
        await Eventually.TrueAsync(() => !one.Requests.IsEmpty, "the request is at work");

        var stopping = front.Balancer.StopAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await Eventually.TrueAsync(() => IsRefused(front.Balancer.Address.Port), "nothing more is accepted");
        Assert.False(stopping.IsCompleted);
        answer.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));

        using var response = await waiting;
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
    }

    private static bool IsRefused(int port)
    {
        try
        {
            using var socket = new TcpClient();
            socket.Connect(IPAddress.Loopback, port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
