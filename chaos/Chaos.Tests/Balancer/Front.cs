using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ChaosLab.Lab.Balancer;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChaosLab.Chaos.Tests.Balancer;

/// <summary>A real balancer before the instances of one test, and a client.</summary>
internal sealed class Front : IAsyncDisposable
{
    public const string Token = "secret";

    private readonly RunningBalancer balancer;

    private Front(RunningBalancer balancer)
    {
        this.balancer = balancer;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = balancer.Address,
            Timeout = TimeSpan.FromSeconds(30),
        };
        Admin = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = balancer.AdminAddress, Timeout = TimeSpan.FromSeconds(30) };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public HttpClient Client { get; }

    public HttpClient Admin { get; }

    public RunningBalancer Balancer => balancer;

    /// <summary>Starts it and waits until it has seen every instance up.</summary>
    public static async Task<Front> OfAsync(IReadOnlyList<Instance> instances, params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["Balancer__Listen"] = "127.0.0.1:0",
            ["Balancer__Admin"] = "127.0.0.1:0",
            ["Balancer__Token"] = Token,
            ["Balancer__Backends"] = string.Join(',', instances.Select(instance => instance.Backend)),
            // Generous, so that a busy machine is never taken for a dead instance; tests that mean it say so.
            ["Balancer__HealthInterval"] = "00:00:00.050",
            ["Balancer__HealthTimeout"] = "00:00:10",
            ["Balancer__AttemptTimeout"] = "00:00:10",
            ["Balancer__QueueTimeout"] = "00:00:20",
        };
        foreach (var (name, value) in settings) environment["Balancer__" + name] = value;
        var problems = new List<string>();
        var options = BalancerOptions.Read(environment.GetValueOrDefault, problems);
        Assert.Empty(problems);
        var front = new Front(await RunningBalancer.StartAsync(options!, TimeProvider.System, NullLoggerFactory.Instance));
        await front.UntilAsync(state => state.All(backend => backend.State == "up"), "every instance is up");
        return front;
    }

    public async Task<IReadOnlyList<Seen>> StateAsync()
    {
        var state = JsonNode.Parse(await Admin.GetStringAsync(new Uri("/state", UriKind.Relative)))!;
        return [.. state["backends"]!.AsArray().Select(backend => new Seen(
            (string)backend!["name"]!, (string)backend["state"]!, (int)backend["active"]!, (long)backend["requests"]!,
            (long)backend["failures"]!, (long)backend["retries"]!))];
    }

    public async Task UntilAsync(Func<IReadOnlyList<Seen>, bool> isSo, string what) =>
        await Eventually.TrueAsync(async () => isSo(await StateAsync()), what);

    public async Task<HttpResponseMessage> GetAsync(string path = "/abc") => await Client.GetAsync(new Uri(path, UriKind.Relative));

    public async Task<HttpResponseMessage> CreateAsync(string? key = null, string body = "{\"url\":\"https://example.org/\"}")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/links", UriKind.Relative))
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Admin.Dispose();
        await balancer.DisposeAsync();
    }

    public sealed record Seen(string Name, string State, int Active, long Requests, long Failures, long Retries);
}

/// <summary>Waits for what must become true, with a limit that only a defect reaches.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> isSo, string what)
    {
        var since = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), $"not within 30 s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    public static Task TrueAsync(Func<bool> isSo, string what) => TrueAsync(() => Task.FromResult(isSo()), what);
}
