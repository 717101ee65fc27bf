using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Tests.Verbs;
using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Watch;
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

    [Fact]
    public async Task Everything_that_happens_to_an_incident_is_told_with_how_long_after_the_call_it_was()
    {
        await OpenAsync();
        List<string> told = [];
        desk!.Changed = (incident, action) => told.Add(incident.Say(action));

        await SendAsync(Event("trigger", "k1"));
        time.Advance(TimeSpan.FromSeconds(20));
        desk.Acknowledge("k1");
        time.Advance(TimeSpan.FromSeconds(40));
        await SendAsync(Event("resolve", "k1"));
        await SendAsync(Event("trigger", "k1"));
        await SendAsync(Event("resolve", "k1"));

        Assert.Equal(
        [
            "trigger     critical BackendDown: app1 takes no requests [k1]",
            "acknowledge critical BackendDown: app1 takes no requests [k1] after 20.0 s",
            "resolve     critical BackendDown: app1 takes no requests [k1] after 60.0 s, acknowledged after 20.0 s",
            "trigger     critical BackendDown: app1 takes no requests [k1]",
            "resolve     critical BackendDown: app1 takes no requests [k1] after 0.0 s, never acknowledged",
        ], told);
    }

    [Theory]
    [InlineData("BackendDown", 1)]
    [InlineData("0123456789abcdef", 1)]
    [InlineData("01234567", 1)]
    [InlineData("0123456", 0)]
    [InlineData("TargetDown", 0)]
    public async Task An_incident_is_meant_by_its_alert_its_key_or_the_beginning_of_that(string word, int taken)
    {
        await OpenAsync();
        await SendAsync(Event("trigger", "0123456789abcdef"));

        Assert.Equal(taken, desk!.Acknowledge(word).Count);
        Assert.Equal(taken, desk.Incidents.Count(one => one.Acknowledged is not null));
    }

    [Fact]
    public async Task A_person_takes_an_incident_from_another_terminal_and_hears_what_is_open_when_there_is_no_such()
    {
        await OpenAsync();
        await SendAsync(Event("trigger", "k1"));
        using var lab = new LabProgram();

        var wrong = await lab.RunAsync("desk", "--acknowledge", "TargetDown", "--listen", desk!.Address.Authority);
        // The run that is watched says where its desk is.
        Directory.CreateDirectory(lab.State);
        await File.WriteAllTextAsync(WatchSign.FileIn(lab.State), JsonSerializer.Serialize(new WatchSign(new Uri("http://127.0.0.1:1/"), lab.Runs, Environment.ProcessId, desk.Address)));
        var right = await lab.RunAsync("desk", "--acknowledge", "BackendDown");

        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Out));
        Assert.Contains("Open: BackendDown.", wrong.Error, StringComparison.Ordinal);
        Assert.Equal((0, "acknowledged: BackendDown\n"), (right.ExitCode, right.Out));
        Assert.NotNull(Assert.Single(desk.Incidents).Acknowledged);
    }

    [Fact]
    public async Task Where_no_desk_is_the_person_is_told_how_to_name_one()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("desk", "--acknowledge", "BackendDown", "--listen", "127.0.0.1:1");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("--listen", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_quiet_ends_with_the_last_incident_or_with_its_limit()
    {
        await OpenAsync();
        await SendAsync(Event("trigger", "k1"));

        var waiting = desk!.QuietAsync(TimeSpan.FromSeconds(75), CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(76));
        await Until.Done(waiting);
        await SendAsync(Event("resolve", "k1"));

        await Until.Done(desk.QuietAsync(TimeSpan.FromSeconds(75), CancellationToken.None)); // the clock stands still: nothing is open
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
        Assert.Equal((string)said["dedup_key"]!, (await answer.Content.ReadFromJsonAsync<JsonNode>())!["dedup_key"]!.GetValue<string>());
    }

    private static JsonObject Event(string action, string key) => new()
    {
        ["routing_key"] = "lab", ["event_action"] = action, ["dedup_key"] = key,
        ["payload"] = new JsonObject { ["summary"] = "app1 takes no requests", ["source"] = "chaoslab", ["severity"] = "critical", ["class"] = "BackendDown", ["component"] = "balancer" },
    };
}
