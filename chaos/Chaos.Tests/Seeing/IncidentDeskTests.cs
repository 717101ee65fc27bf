using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ChaosLab.Lab.Desk;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Chaos.Tests.Seeing;

public sealed class IncidentDeskTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.Parse("2026-11-29T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private readonly Folder folder = new();
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private IncidentDesk? desk;

    public async ValueTask DisposeAsync()
    {
        if (desk is not null) await desk.DisposeAsync();
        client.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task An_incident_has_the_times_of_its_trigger_its_acknowledgement_and_its_end()
    {
        await OpenAsync();

        await SendAsync(Event("trigger", "k1"));
        time.Advance(TimeSpan.FromSeconds(20));
        await client.PostAsync(new Uri(desk!.Address, "incidents/k1/acknowledge"), null);
        time.Advance(TimeSpan.FromSeconds(40));
        await SendAsync(Event("trigger", "k1"));
        await SendAsync(Event("resolve", "k1"));

        var incident = Assert.Single(desk.Incidents);
        Assert.Equal(("BackendDown", "critical", "balancer"), (incident.Alert, incident.Severity, incident.Service));
        Assert.Equal(TimeSpan.FromSeconds(20), incident.Acknowledged - incident.Triggered);
        Assert.Equal(TimeSpan.FromSeconds(60), incident.Resolved - incident.Triggered);
        Assert.Equal(["trigger", "acknowledge", "trigger", "resolve"], File.ReadLines(folder.File("journal")).Select(line => JsonNode.Parse(line)!["action"]!.GetValue<string>()));
    }

    [Fact]
    public async Task What_comes_back_after_its_end_is_another_incident()
    {
        await OpenAsync();

        foreach (var action in new[] { "trigger", "resolve", "trigger" }) await SendAsync(Event(action, "k1"));

        Assert.Equal([true, false], desk!.Incidents.Select(one => one.Resolved is not null));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "routing_key", "routing_key" }, { "event_action", "event_action" }, { "payload", "summary" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task An_event_that_the_protocol_does_not_allow_is_refused_and_leaves_nothing(string without, string tells)
    {
        await OpenAsync();
        var said = Event("trigger", "k1");
        said.Remove(without);

        using var answer = await client.PostAsJsonAsync(new Uri(desk!.Address, "v2/enqueue"), said);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(tells, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(desk.Incidents);
    }

    private async Task OpenAsync() => desk = await IncidentDesk.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), folder.File("journal"), time);

    private async Task SendAsync(JsonObject said)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(desk!.Address, "v2/enqueue"), said);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("k1", (await answer.Content.ReadFromJsonAsync<JsonNode>())!["dedup_key"]!.GetValue<string>());
    }

    private static JsonObject Event(string action, string key) => new()
    {
        ["routing_key"] = "lab", ["event_action"] = action, ["dedup_key"] = key,
        ["payload"] = new JsonObject { ["summary"] = "app1 takes no requests", ["source"] = "chaoslab", ["severity"] = "critical", ["class"] = "BackendDown", ["component"] = "balancer" },
    };
}
