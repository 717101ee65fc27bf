using System.CommandLine;
using System.Net;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Dashboards;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Verbs;

/// <summary>The dashboards in a browser, without a Grafana.</summary>
internal static class ConsoleVerb
{
    public static Command Create()
    {
        var verb = new Verb("console",
            "Serve a page on this machine that shows the dashboards, drawn by Grafana's own components, from the Prometheus of a watched run: live while it is at work, and afterwards from the figures it kept.\n\n" +
            "Exit code: 0 served, or every panel shows something; 1 --check found an empty panel; 2 a mistake; 4 something it needs is missing (it says what).",
            ("./lab console", "the run at work, or the last that kept figures"),
            ("./lab console 20261129-150752-gameday", "a certain run"),
            ("./lab console --check", "open every dashboard in a headless browser, find empty panels, keep pictures with the run"));
        var run = new Argument<string?>("RUN") { Description = "A run in artifacts/runs, or `last`.", Arity = ArgumentArity.ZeroOrOne };
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 3030, HelpName = "0-65535" };
        port.Validators.Add(asked => { if (asked.GetValueOrDefault<int>() is < 0 or > 65535) asked.AddError("--port must be 0 to 65535."); });
        var check = new Option<bool>("--check") { Description = "Look at every dashboard once and end." };
        verb.Add(run);
        verb.Add(port);
        verb.Add(check);
        verb.SetAction(async (asked, stop) =>
        {
            var places = Places.Find();
            var screen = new Screen();
            var wanted = asked.GetValue(run) is "last" or null ? null : asked.GetValue(run);
            if (wanted is not null && (Path.GetFileName(wanted) != wanted || !KeptFigures.Any(Path.Combine(places.Runs, wanted))))
            {
                screen.Say($"lab: there is no run '{wanted}' with figures in {Places.Shown(places.Runs)}. Runs keep them when they are started with --watch.");
                return Verdicts.ExitCodeOfAMistake;
            }

            if (await new ConsoleBuild(places).EnsureAsync(screen.Say, stop) is { } missing)
            {
                screen.Say("lab: " + missing + ".");
                return Verdict.NotRun.ExitCode();
            }

            using var stopping = new Stopping(screen.Say, breaks: false);
            try
            {
                await using var server = await ConsoleServer.StartAsync(new IPEndPoint(IPAddress.Loopback, asked.GetValue(check) ? 0 : asked.GetValue(port)), places, new ConsoleBuild(places).Built, wanted, TimeProvider.System);
                if (asked.GetValue(check)) return await CheckAsync(places, server, screen, stopping.Token);
                screen.Say($"dashboards: {server.Address} ({server.Run ?? "no run has kept figures yet: start one with --watch"}). Ctrl-C ends it.");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                return 0;
            }
            catch (IOException taken)
            {
                screen.Say($"lab: {taken.Message} Choose another --port, or 0 for a free one.");
                return Verdicts.ExitCodeOfAMistake;
            }
        });
        return verb;
    }

    private static async Task<int> CheckAsync(Places places, ConsoleServer server, Screen screen, CancellationToken stop)
    {
        if (ConsoleCheck.Browser is not { } browser)
        {
            screen.Say("lab: --check needs Chromium. On Debian or Ubuntu: apt-get install chromium. The page itself works in any browser.");
            return Verdict.NotRun.ExitCode();
        }

        if (server.Run is not { } run)
        {
            screen.Say("lab: no run has kept figures. Start one with --watch, for example ./lab run lose-one-instance --watch.");
            return Verdict.NotRun.ExitCode();
        }

        var sights = await new ConsoleCheck(places, server, run).RunAsync(browser, screen.Say, stop);
        Console.Out.WriteLine($"{sights.Count} dashboards, {sights.Sum(one => one.Drawn)} panels drawn, {sights.Sum(one => one.Elsewhere)} need hosts or a fault, {sights.Sum(one => one.Empty.Count)} empty. Pictures: {Places.Shown(Path.GetDirectoryName(sights[0].Screenshot)!)}");
        return sights.Any(one => one.Empty.Count > 0) ? 1 : 0;
    }
}
