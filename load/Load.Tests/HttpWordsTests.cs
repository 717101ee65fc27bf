using Microsoft.AspNetCore.Http;

namespace ChaosLab.Load.Tests;

public class HttpWordsTests
{
    private sealed record Thing(string Name);

    [Fact]
    public async Task Requests_are_made_and_sent_in_the_usual_words()
    {
        await using var server = await Loopback.ServeAsync(async context =>
        {
            var thing = await context.Request.ReadFromJsonAsync<Thing>();
            context.Response.StatusCode = thing!.Name == "x" && context.Request.Headers["X-A"] == "1" ? 201 : 400;
        });
        using var client = new HttpClient();
        using var good = Http.CreateRequest("POST", server.Address.AbsoluteUri).WithHeader("X-A", "1").WithJsonBody(new Thing("x"));
        using var bad = Http.CreateRequest("POST", server.Address.AbsoluteUri).WithVersion("1.1").WithJsonBody(new Thing("y"));

        var (yes, no) = (await Http.Send(client, good), await Http.Send(client, HttpClientArgs.Create(CancellationToken.None), bad));
        Assert.Equal(("201", false), (yes.StatusCode, yes.IsError));
        Assert.Equal(("400", true), (no.StatusCode, no.IsError));
        Assert.True(yes.Payload.IsSome());
        yes.Payload.Value.Dispose();
        no.Payload.Value.Dispose();
    }

    [Fact]
    public void A_pool_gives_each_copy_its_client_and_ends_all()
    {
        var ended = new List<int>();
        using var pool = new ClientPool<int>();
        pool.AddClient(10);
        pool.AddClient(20);

        Assert.Equal(20, pool.GetClient(new ScenarioInfo("s", 3, "s", TimeSpan.Zero, ScenarioOperation.Bombing)));
        pool.DisposeClients(ended.Add);
        Assert.Equal([10, 20], ended);
        Assert.Empty(pool.Clients);
    }
}
