using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Verbs;

/// <summary>The incident desk as a process of its own, for an Alertmanager elsewhere; and the hand that takes an incident at any desk.</summary>
internal static class DeskVerb
{
    private static readonly IPEndPoint Usual = new(IPAddress.Loopback, 9777);

    public static Command Create()
    {
        var verb = new Verb("desk",
            "Stand in for PagerDuty: take its Events v2 at /v2/enqueue, print every incident as it is triggered, acknowledged and resolved, with how long after the call that was, and keep every event in a file. Runs until Ctrl-C. " +
            "A run with --watch has a desk of its own, prints the same, and its report says how long after the fault each call came.\n\n" +
            "Exit code: 0 ended by Ctrl-C, or taken; 2 a mistake: the address is taken, there is no desk, or no such incident.",
            ("./lab desk", "on 127.0.0.1:9777; point pagerduty_configs.url there"),
            ("./lab desk --acknowledge BackendDown", "take what a watched run calls for, from another terminal"),
            ("curl -X POST http://127.0.0.1:9777/incidents/KEY/acknowledge", "the same over HTTP"));
        var listen = new Option<IPEndPoint?>("--listen")
        {
            Description = $"Address of this machine. Default: {Usual}.",
            HelpName = "host:port",
            CustomParser = result =>
            {
                if (IPEndPoint.TryParse(result.Tokens[0].Value, out var address)) return address;
                result.AddError($"--listen: '{result.Tokens[0].Value}' is no address with a port. For example {Usual}");
                return null;
            },
        };
        var journal = new Option<string?>("--journal") { Description = "File that gets every event, a line each. Default: incidents.jsonl in the folder of the lab's state.", HelpName = "file" };
        var take = new Option<string?>("--acknowledge")
        {
            Description = "Open no desk but take incidents at the one that is open: those of this alert, or the one of this key (8 characters of it are enough). " +
                "It is the desk at --listen; without that of the run that is watched now, else of the usual address.",
            HelpName = "alert|key",
        };
        foreach (var option in (Option[])[listen, journal, take]) verb.Add(option);
        verb.SetAction(async (asked, stop) =>
        {
            var (places, screen) = (Places.Find(), new Screen());
            if (asked.GetValue(take) is { } word)
                return await TakeAsync(asked.GetValue(listen) is { } at ? DeskAt(at) : WatchSign.Read(places.State)?.Desk ?? DeskAt(Usual), word, screen, stop);
            return await StandAsync(asked.GetValue(listen) ?? Usual, Path.GetFullPath(asked.GetValue(journal) ?? Path.Combine(places.State, "incidents.jsonl")), screen, TimeProvider.System);
        });
        return verb;
    }

    private static async Task<int> StandAsync(IPEndPoint at, string journal, Screen screen, TimeProvider time)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(journal)!);
            await File.AppendAllTextAsync(journal, "");
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            screen.Say($"lab: --journal: {closed.Message} Choose a file that can be written.");
            return Verdicts.ExitCodeOfAMistake;
        }

        using var stopping = new Stopping(screen.Say, breaks: false);
        try
        {
            await using var desk = await IncidentDesk.StartAsync(at, journal, time);
            desk.Changed = (incident, action) => screen.Say(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss} {incident.Say(action)}"));
            screen.Say($"the desk takes events at {desk.Address}v2/enqueue, shows incidents at {desk.Address}incidents and keeps events in {Places.Shown(journal)}. Ctrl-C ends it.");
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            return 0;
        }
        catch (IOException taken)
        {
            screen.Say($"lab: {taken.Message} Choose another address with --listen.");
            return Verdicts.ExitCodeOfAMistake;
        }
    }

    private static async Task<int> TakeAsync(Uri desk, string word, Screen screen, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            using var answer = await client.PostAsync(new Uri(desk, $"incidents/{Uri.EscapeDataString(word)}/acknowledge"), null, stop);
            var said = await answer.Content.ReadFromJsonAsync<JsonNode>(stop);
            if (answer.IsSuccessStatusCode)
            {
                Console.Out.WriteLine($"acknowledged: {Names(said?["acknowledged"])}");
                return 0;
            }

            screen.Say($"lab: --acknowledge: no incident '{word}' is open at {desk}. Open: {(Names(said?["open"]) is { Length: > 0 } open ? open : "none")}.");
            return Verdicts.ExitCodeOfAMistake;
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException || (silent is OperationCanceledException && !stop.IsCancellationRequested))
        {
            screen.Say($"lab: --acknowledge: no desk answers at {desk} ({silent.Message}). A run with --watch says where its desk is; name that with --listen.");
            return Verdicts.ExitCodeOfAMistake;
        }
    }

    private static Uri DeskAt(IPEndPoint at) => new($"http://{at}/");

    private static string Names(JsonNode? names) => names is JsonArray all ? string.Join(", ", all.Select(one => (string?)one)) : "";
}
