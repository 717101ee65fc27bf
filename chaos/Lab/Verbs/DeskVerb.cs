using System.CommandLine;
using System.Globalization;
using System.Net;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Desk;

namespace ChaosLab.Lab.Verbs;

/// <summary>The incident desk as a process of its own, for an Alertmanager elsewhere.</summary>
internal static class DeskVerb
{
    public static Command Create()
    {
        var verb = new Verb("desk",
            "Stand in for PagerDuty: take its Events v2 at /v2/enqueue, show every incident, and say how long it took to detect, acknowledge and resolve it. Runs until Ctrl-C. A run with --watch has a desk of its own.",
            ("./lab desk", "on 127.0.0.1:9777; point pagerduty_configs.url there"),
            ("curl -X POST http://127.0.0.1:9777/incidents/KEY/acknowledge", "take an incident"));
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Address of this machine.",
            HelpName = "host:port",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 9777),
            CustomParser = result =>
            {
                if (IPEndPoint.TryParse(result.Tokens[0].Value, out var address)) return address;
                result.AddError($"--listen: '{result.Tokens[0].Value}' is no address with a port. For example 127.0.0.1:9777");
                return null!;
            },
        };
        verb.Add(listen);
        verb.SetAction(async (asked, _) =>
        {
            var screen = new Screen();
            using var stopping = new Stopping(screen.Say, breaks: false);
            try
            {
                await using var desk = await IncidentDesk.StartAsync(asked.GetValue(listen)!, null, TimeProvider.System);
                desk.Changed = (incident, action) => screen.Say(string.Create(CultureInfo.InvariantCulture,
                    $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {action,-11} {incident.Severity,-8} {incident.Alert}: {incident.Summary} [{incident.Key}]{(incident.Resolved is { } end ? $" after {(end - incident.Triggered).TotalSeconds:0.0} s" : "")}"));
                screen.Say($"the desk takes events at {desk.Address}v2/enqueue and shows incidents at {desk.Address}incidents. Ctrl-C ends it.");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                return 0;
            }
            catch (IOException taken)
            {
                screen.Say($"lab: {taken.Message} Choose another address with --listen.");
                return Verdicts.ExitCodeOfAMistake;
            }
        });
        return verb;
    }
}
