using System.CommandLine;
using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Hosts;

namespace ChaosLab.Lab.Logs;

/// <summary>What the services of a lab said, of all hosts in one stream: by host, status, trace, link, or while a fault was in.</summary>
internal static class LogsVerb
{
    private static readonly TimeSpan UsuallyOfHosts = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var verb = new Verb("logs",
            "Show what the services of a lab said, in the order of time: those of an embedded lab that runs or of a run, or the journals of hosts. " +
            "Exit code: 0, also when no line matches, or when a host does not answer and another does; 2 when the command line is wrong, a host or a run is unknown, or no host answers.",
            ("./lab logs --run last --code 5xx", "failed requests of the newest run, with their trace ids"),
            ("./lab logs --run last --trace 4bf92f35", "everything about one request; reports list the ids of the slowest and the failed"),
            ("./lab logs --run last --fault kill-process", "what was said while such a fault was in; `any` means every fault"),
            ("./lab logs app1 app2 --since 30s", "two hosts, the last half minute"),
            ("./lab logs --on docker --run last --fault any", "the hosts' journals while the faults of that run were in"));
        var on = LabChoice.Only("embedded: processes of this machine; docker or an inventory: hosts. Default: where the run was; else hosts when `lab up` made some, else embedded.");
        var hosts = new Argument<string[]>("HOST") { Description = "Names of hosts. Default: all.", Arity = ArgumentArity.ZeroOrMore };
        var since = Word("--since", "No older than that: how long ago (a number with s, min or h) or a time (2026-11-29T15:07:52Z). Default: everything kept; of hosts the last 10 minutes.", "duration|time");
        var until = Word("--until", "No newer than that, in the same words.", "duration|time");
        var code = Word("--code", "Only lines about this HTTP status: 503, or a class, 5xx.", "status");
        var trace = Word("--trace", "Only lines of this trace; its first digits are enough.", "id");
        var link = Word("--link", "Only lines about this short link.", "code");
        var run = Word("--run", "Only while this run went on: its id, the path of its folder, or `last`. For --fault the default is `last`.", "run");
        var fault = Word("--fault", $"Only while this fault of the run was in, to one second after its undo: its id, its kind, its experiment, or `{FaultWindows.Any}`.", "name");
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        verb.Add(on);
        verb.Add(hosts);
        foreach (var option in (Option[])[since, until, code, trace, link, run, fault, json]) verb.Add(option);
        verb.SetAction((asked, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var (places, now) = (Places.Find(), TimeProvider.System.GetUtcNow());
            List<string> problems = [.. LogFilter.Problems(asked.GetValue(code), asked.GetValue(trace), asked.GetValue(link))];
            var from = Moment("--since", asked.GetValue(since), now, problems);
            var to = Moment("--until", asked.GetValue(until), now, problems);
            if (from > to) problems.Add("--since is later than --until: nothing lies between");
            if (problems.Count > 0)
            {
                foreach (var problem in problems) screen.Say("lab: " + problem);
                return Verdicts.ExitCodeOfAMistake;
            }

            var folder = asked.GetValue(run) is { } named ? RunFolders.Find(named, places) : asked.GetValue(fault) is null ? null : RunFolders.Find("last", places);
            var where = asked.GetValue(on) ?? (folder is not null ? FaultWindows.TopologyOf(folder) : Directory.Exists(Path.Combine(places.State, LabChoice.Docker)) ? LabChoice.Docker : LabChoice.Embedded);
            if (where == "inventory") throw new LabRefusedException("the run was on hosts of an inventory: name it with --on");
            var isEmbedded = where == LabChoice.Embedded;
            var asking = new Window(from ?? (folder is null && !isEmbedded ? now - UsuallyOfHosts : DateTimeOffset.MinValue), to ?? DateTimeOffset.MaxValue);
            IReadOnlyList<Window> windows = folder is null ? [Window.Always] : asked.GetValue(fault) is { } name ? [.. FaultWindows.Find(folder, name).Select(one => one.When)] : [FaultWindows.OfRun(folder)];
            var filter = new LogFilter
            {
                Windows = [.. windows.Select(window => window.And(asking)).Where(window => window is not null).Select(window => window!.Value)],
                Status = asked.GetValue(code),
                Trace = asked.GetValue(trace),
                Link = asked.GetValue(link),
            };
            var lines = isEmbedded
                ? OfProcesses(folder is null ? KeptLogs.Newest(places) : KeptLogs.FolderOf(folder), asked.GetValue(hosts)!, filter)
                : await OfHostsAsync(places, where, asked.GetValue(hosts)!, filter, screen, stop);
            var width = lines.Select(line => line.Host.Length).DefaultIfEmpty(0).Max();
            foreach (var line in lines) Console.Out.WriteLine(asked.GetValue(json) ? LogPrint.Json(line) : LogPrint.Text(line, width));
            if (lines.Count == 0) screen.Say("no line matches");
            return 0;
        }));
        return verb;
    }

    private static List<LogLine> OfProcesses(string folder, string[] wanted, LogFilter filter)
    {
        var all = KeptLogs.Hosts(folder);
        var unknown = wanted.Except(all).ToList();
        if (unknown.Count > 0) throw new LabRefusedException($"there is no log of {string.Join(", ", unknown)} in {Places.Shown(folder)}; there are: {string.Join(", ", all)}");
        return InOrder((wanted.Length == 0 ? all : wanted).SelectMany(host => KeptLogs.Read(folder, host)).Where(filter.Wants));
    }

    private static async Task<List<LogLine>> OfHostsAsync(Places places, string on, string[] wanted, LogFilter filter, Screen screen, CancellationToken stop)
    {
        var (_, reach) = await HostsLab.ReachAsync(LabChoice.Options(places, on, TimeProvider.System), stop);
        IReadOnlyList<HostReach> chosen = wanted.Length == 0 ? reach.Hosts : [.. wanted.Select(name => HostNames.Find(reach, name))];
        if (filter.Windows.Count == 0) return [];
        var around = new Window(filter.Windows.Min(window => window.From), filter.Windows.Max(window => window.To));
        var (lines, silent) = await HostJournals.ReadAsync(chosen, around, stop);
        foreach (var why in silent) screen.Say($"lab: {why}. What it said is missing here; ./lab status --on {on} tells how it is.");
        if (silent.Count == chosen.Count) throw new LabRefusedException("no host answered. `./lab up` makes and mends those of the docker lab");
        return InOrder(lines.Where(filter.Wants));
    }

    // Stable, so that what one host said stays in its order.
    private static List<LogLine> InOrder(IEnumerable<LogLine> lines) => [.. lines.OrderBy(line => line.At)];

    private static Option<string?> Word(string name, string description, string shown) => new(name) { Description = description, HelpName = shown };

    private static DateTimeOffset? Moment(string flag, string? text, DateTimeOffset now, List<string> problems)
    {
        if (text is null) return null;
        if (Units.Duration(text) is { } ago) return now - ago;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        problems.Add($"{flag}: `{text}` is neither a duration nor a time. Write a number with s, min or h, such as 30s, or a time such as 2026-11-29T15:07:52Z.");
        return null;
    }
}
