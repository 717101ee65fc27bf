using System.CommandLine;
using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>What the services said, of all hosts in one stream.</summary>
internal static class LogsVerb
{
    private const string Journal = """
        since=$1
        shift
        for unit; do set -- "$@" "--unit=$unit"; shift; done
        exec journalctl --no-pager --quiet --output=short-iso-precise --since="-${since}s" "$@"
        """;

    public static Command Create()
    {
        var verb = new Verb("logs", "Show what the services of the hosts said, in the order of time. Exit code: 0, or 2 when a host is unknown or cannot be reached.",
            ("./lab logs", "everything of the last ten minutes"),
            ("./lab logs app1 app2 --since 30s", "two hosts"));
        var on = LabChoice.On(LabChoice.Docker);
        var hosts = new Argument<string[]>("HOST") { Description = "Names of hosts. Default: all.", Arity = ArgumentArity.ZeroOrMore };
        var since = new Option<string>("--since") { Description = "How far back: a number with s, min or h.", HelpName = "duration", DefaultValueFactory = _ => "10min" };
        since.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Units.Duration(token.Value) is null) result.AddError($"--since: `{token.Value}` is not a duration. Write a number with s, min or h, such as 30s.");
        });
        verb.Add(on);
        verb.Add(hosts);
        verb.Add(since);
        verb.SetAction((asked, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var (_, reach) = await HostsLab.ReachAsync(LabChoice.Options(Places.Find(), asked.GetValue(on)!, TimeProvider.System), stop);
            var names = asked.GetValue(hosts)!;
            var chosen = names.Length == 0 ? reach.Hosts : [.. names.Select(name => HostNames.Find(reach, name))];
            var seconds = ((int)Math.Ceiling(Units.Duration(asked.GetValue(since)!)!.Value.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            var lines = await Task.WhenAll(chosen.Select(async host =>
                (await new Ssh(host, null, null).RunAsync(Journal, [seconds, .. HostSight.UnitsOf(host.Role)], stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
            // Each line begins with its time; a stable sort keeps what one host said in its order.
            foreach (var line in lines.SelectMany(of => of).OrderBy(line => line[..Math.Min(32, line.Length)], StringComparer.Ordinal))
                Console.Out.WriteLine(line);
            return 0;
        }));
        return verb;
    }
}
