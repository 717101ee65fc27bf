using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChaosLab.Shortener.Tests.Support;

/// <summary>The whole service in this process, on real sockets with ports of its own, on a SQLite file of its own.</summary>
public sealed class TestService : IAsyncDisposable
{
    private readonly TempFolder? _folder;
    private readonly IHost _host;

    private TestService(IHost host, TempFolder? folder)
    {
        (_host, _folder) = (host, folder);
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Http = Client(addresses[0]);
        Admin = Client(addresses[1]);
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
    }

    public HttpClient Http { get; }

    public HttpClient Admin { get; }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<TestService> StartAsync(TimeProvider? time = null, params (string Name, string Value)[] variables)
    {
        var folder = new TempFolder();
        Dictionary<string, string?> all = new()
        {
            ["Http__Listen"] = "127.0.0.1:0", ["Admin__Listen"] = "127.0.0.1:0", ["Admin__Token"] = "secret", ["Instance__Name"] = "test1",
            ["Public__Url"] = "http://go.test", ["Store__ConnectionString"] = folder.Database, ["Chaos__Enabled"] = "true",
            // Generous, so that a slow machine never looks like a slow store; tests about timeouts set their own.
            ["Store__AttemptTimeout"] = "00:00:40", ["Store__Deadline"] = "00:00:50", ["Breaker__BreakDuration"] = "00:01:00",
        };
        foreach (var (name, value) in variables) all[name] = value;
        var (settings, problems) = SettingsReader.Read(all);
        Assert.Empty(problems);
        var host = ShortenerHost.Build(settings, time ?? TimeProvider.System);
        await host.StartAsync().Within("the start");
        var service = new TestService(host, folder);
        await Patience.Until(async () => (await service.Admin.GetAsync("/health/ready")).IsSuccessStatusCode || all.ContainsKey("Chaos__StartDelay"), "readiness");
        return service;
    }

    public Task<HttpResponseMessage> CreateAsync(string url, string? alias = null, long? expiresIn = null, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/links") { Content = JsonContent.Create(new { url, alias, expiresIn }) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return Http.SendAsync(request).Within("a create");
    }

    public async Task<JsonNode> FaultAsync(object order)
    {
        var response = await Admin.PostAsJsonAsync("/chaos/faults", order).Within("a fault");
        Assert.Equal(201, (int)response.StatusCode);
        return await response.JsonAsync();
    }

    public async Task<JsonNode> PipelineAsync(string name)
    {
        var report = await (await Admin.GetAsync("/resilience")).JsonAsync();
        return report["pipelines"]!.AsArray().Single(pipeline => (string)pipeline!["pipeline"]! == name)!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Admin.Dispose();
        await _host.StopAsync().Within("the stop");
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        _folder?.Dispose();
    }

    public static HttpClient Client(string address) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(address), Timeout = Patience.Limit };
}

/// <summary>Reads bodies.</summary>
public static class Bodies
{
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync().Within("a body")) ?? throw new InvalidOperationException("the body is null");
}
