using ChaosLab.Chaos.Faults;

namespace ChaosLab.Chaos.Experiments;

/// <summary>From the tree of a file to an <see cref="Experiment"/>, telling every problem on the way.</summary>
internal static class ExperimentReader
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // One second of baseline is the least from which a steady state may be told.
    private static readonly TimeSpan LeastBaseline = TimeSpan.FromSeconds(1);

    public static Experiment? Read(string path, YamlTree tree, Problems problems)
    {
        if (Section.From(tree, "the experiment", problems, "title: … on the first line") is not { } top)
            return null;
        var title = top.Text("title", "Write title: and the claim in one sentence");
        var tags = top.Words("tags", null);
        var hypothesis = Expectations(top, "hypothesis", "Write hypothesis: and below it what must hold, such as - redirect success >= 99.9 %", problems);
        var load = LoadOf(top, problems);
        var faults = FaultsOf(top, problems);
        var expect = Expectations(top, "expect", null, problems);
        var abort = AbortOf(top, problems);
        var reliesOn = top.Words("relies-on", Safeguards.Words);
        var topologies = top.Words("needs", ["embedded", "docker", "inventory"]);
        var settings = Section.From(top.Node("lab"), "`lab`", problems, "lab: { break-duration: 2s }") is { } lab ? LabSettings.Read(lab) : [];
        top.Done();
        Timeline(load, faults, problems);
        if (title is null || load is null || problems.Any)
        {
            return null;
        }

        var experiment = new Experiment
        {
            Id = Path.GetFileNameWithoutExtension(path),
            File = path,
            Title = title,
            Tags = tags,
            Hypothesis = hypothesis,
            Load = load,
            Faults = [.. faults.OrderBy(fault => fault.At)],
            Expect = expect,
            Abort = abort,
            ReliesOn = [.. reliesOn.Select(word => Safeguards.Find(word)!.Value)],
            Topologies = topologies,
            Settings = settings,
        };
        ExpectationSense.Check(experiment, problems);
        return experiment;
    }

    private static List<Expectation> Expectations(Section top, string key, string? missing, Problems problems) =>
        [.. top.Lines(key, missing).Select(line => ExpectationLine.Parse(line, problems)).OfType<Expectation>()];

    private static LoadPlan? LoadOf(Section top, Problems problems)
    {
        const string Example = "load: { scenario: follow-links, rate: 300/s, for: 15s }";
        if (Section.From(top.Node("load", $"Write {Example}"), "`load`", problems, Example) is not { } section)
            return null;
        var scenario = section.OneOf("scenario", [.. KnownVisitors.All.Select(visitor => visitor.Name)], "Write scenario: follow-links");
        var rate = RateOf(section);
        var length = section.Duration("for", TimeSpan.FromSeconds(1), Hour, "Write for: 15s");
        var warmUp = section.Duration("warm-up", TimeSpan.Zero, TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(1);
        var arrivals = section.OneOf("arrivals", ["even", "random"]) ?? "even";
        var seed = section.Whole("seed", 0, int.MaxValue);
        var links = section.Whole("links", 1, 100_000) ?? 200;
        var timeout = section.Duration("request-timeout", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(4);
        section.Done();
        if (length is { } total && warmUp > total)
            problems.Add(section.LineOf("warm-up"), "the warm-up is longer than the load", "Shorten warm-up or lengthen for");
        return scenario is null || rate is null || length is null
            ? null
            : new LoadPlan(scenario, rate.Value, length.Value, warmUp, arrivals == "even" ? Arrivals.Even : Arrivals.Random, seed, links, timeout);
    }

    private static int? RateOf(Section section)
    {
        if (section.Text("rate", "Write rate: 300/s") is not { } text)
            return null;
        if (Units.PerSecond(text) is not { } rate)
            section.Problems.Add(section.LineOf("rate"), $"`rate: {text}` is not a rate", "Write arrivals per second, such as 300/s");
        else if (rate < 1)
            section.Problems.Add(section.LineOf("rate"), $"`rate: {text}` is less than one arrival a second, so nothing would be measured", "Write 1/s or more");
        else if (rate > 5000)
            section.Problems.Add(section.LineOf("rate"), $"`rate: {text}` is more than one machine can send honestly", "Write 5000/s or less");
        else
            return (int)Math.Round(rate);
        return null;
    }

    private static List<PlannedFault> FaultsOf(Section top, Problems problems)
    {
        const string Example = "- { at: 4s, kind: kill-process, target: { role: app, pick: 1 }, for: 4s }";
        var faults = new List<PlannedFault>();
        switch (top.Node("faults", $"Write faults: and below it {Example}"))
        {
            case null:
                break;
            case YamlTree.Items list:
                if (list.All.Count == 0)
                    problems.Add(list.Line, "`faults` is empty, so nothing would be tried", $"Write {Example}");
                foreach (var item in list.All)
                    if (Section.From(item, "a fault", problems, Example) is { } section && FaultOf(section, problems) is { } fault)
                        faults.Add(fault);
                break;
            case var other:
                problems.Add(other.Line, "`faults` must be a list", $"Write {Example}");
                break;
        }

        return faults;
    }

    private static PlannedFault? FaultOf(Section section, Problems problems)
    {
        var at = section.Duration("at", TimeSpan.Zero, Hour, "Write at: 4s, counted from the first request");
        var length = section.Duration("for", TimeSpan.FromMilliseconds(100), Hour, "Write for: 4s; a fault without an end is refused");
        var kindName = section.OneOf("kind", [.. FaultCatalogue.All.Select(kind => kind.Name)], "Write kind: and one of `lab list`");
        var kind = FaultCatalogue.Find(kindName);
        var target = TargetOf(section, kind, problems);
        var fault = kind?.Read(section, length);
        if (kind is not null || kindName is null)
            section.Done();
        if (at is { } start && start < LeastBaseline)
            problems.Add(section.LineOf("at"), $"the fault starts {Units.Say(start)} after the first request, which leaves no baseline to compare with", "Write at: 3s or later");
        return at is null || length is null || target is null || fault is null ? null : new PlannedFault(at.Value, length.Value, target, fault, section.Line);
    }

    private static Target? TargetOf(Section fault, FaultKind? kind, Problems problems)
    {
        const string Example = "target: { role: app, pick: 1 }";
        if (Section.From(fault.Node("target", $"Write {Example}"), "`target`", problems, Example) is not { } section)
            return null;
        var name = section.Text("name");
        var role = section.OneOf("role", [.. KnownHosts.Roles]);
        var hasPick = section.Has("pick");
        var pick = section.Whole("pick", 1, 100);
        var all = section.OneOf("all", ["true"]);
        var who = section.Has("who") && KnownHosts.Holdings(role) is { Count: > 0 } holdings ? section.OneOf("who", holdings) : null;
        if (section.Has("who") && role is not null && KnownHosts.Holdings(role).Count == 0)
            problems.Add(section.LineOf("who"), $"hosts of role {role} hold nothing that could be asked for", "Write pick: 1");
        _ = section.Node("who");
        section.Done();
        if (name is not null)
        {
            if (role is not null || hasPick || all is not null)
                problems.Add(section.Line, "`name` stands beside role, pick or all", "Keep name, or the others");
            if (KnownHosts.RoleOf(name) is null)
                problems.Add(section.LineOf("name"), $"there is no host `{name}`", Spelling.Suggest(name, KnownHosts.Names));
            else
                RoleFits(KnownHosts.RoleOf(name)!, "name");
            return new Target.Named(name);
        }

        if (role is null)
        {
            if (!section.Has("role"))
                problems.Add(section.Line, "the target has neither `role` nor `name`", $"Write {Example}");
            return null;
        }

        RoleFits(role, "role");
        if (all is not null && hasPick)
            problems.Add(section.Line, "`all` and `pick` exclude each other", "Keep one");
        if (pick > KnownHosts.Count(role))
            problems.Add(section.LineOf("pick"), $"`pick: {pick}` is more than the {KnownHosts.Count(role)} hosts of role {role}", $"Write pick: {KnownHosts.Count(role)} or less, or all: true");
        if (section.Has("who"))
        {
            if (all is not null || hasPick)
                problems.Add(section.Line, "`who` stands beside pick or all", "Keep one");
            return who is null ? null : new Target.Holder(role, who);
        }

        if (hasPick && pick is null)
            return null;
        return all is not null ? new Target.All(role) : new Target.Pick(role, pick ?? 1);

        void RoleFits(string found, string key)
        {
            if (kind is not null && !kind.Roles.Contains(found))
                problems.Add(section.LineOf(key), $"{kind.Name} cannot be done to a host of role {found}", $"Aim at role {string.Join(" or ", kind.Roles)}");
        }
    }

    private static AbortRule? AbortOf(Section top, Problems problems)
    {
        if (Section.From(top.Node("abort"), "`abort`", problems, "abort: { failed-requests: 500 }") is not { } section)
            return null;
        var budget = section.Whole("failed-requests", 1, int.MaxValue, "Write failed-requests: 500");
        section.Done();
        return budget is { } failures ? new AbortRule(failures) : null;
    }

    private static void Timeline(LoadPlan? load, List<PlannedFault> faults, Problems problems)
    {
        foreach (var fault in faults.Where(fault => load is not null && fault.At + fault.For >= load.For))
            problems.Add(fault.Line, $"the fault lasts until {Units.Say(fault.At + fault.For)} and the load ends at {Units.Say(load!.For)}", "Start it earlier, shorten it, or lengthen load.for");
        var ordered = faults.OrderBy(fault => fault.At).ToList();
        for (var i = 0; i < ordered.Count; i++)
            for (var j = i + 1; j < ordered.Count; j++)
                if (ordered[j].At < ordered[i].At + ordered[i].For && KnownHosts.MayMeet(ordered[i].Target, ordered[j].Target))
                    problems.Add(ordered[j].Line, $"this fault and the one in line {ordered[i].Line} may be on one host at the same time ({ordered[i].Target}; {ordered[j].Target})",
                        "Part them in time, or aim each at a host by name");
    }
}
