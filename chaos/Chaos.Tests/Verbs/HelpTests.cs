namespace ChaosLab.Chaos.Tests.Verbs;

public class HelpTests
{
    public static TheoryData<string> VisibleVerbs => ["gameday", "run", "check", "list", "load", "prove", "restore", "report", "bench", "compare", "up", "down", "status", "deploy", "rollback", "ssh", "logs", "console", "desk", "alerts", "bottleneck", "sweep", "capacity"];

    [Fact]
    public async Task Help_names_every_verb_a_person_may_use_and_no_other()
    {
        using var lab = new LabProgram();

        var help = await lab.RunAsync("--help");

        Assert.Equal(0, help.ExitCode);
        Assert.All(VisibleVerbs, verb => Assert.Contains($"  {verb.Data} ", help.Out, StringComparison.Ordinal));
        Assert.DoesNotContain("guardian", help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("  balancer", help.Out, StringComparison.Ordinal);
        Assert.Empty(help.Error);
    }

    [Theory]
    [MemberData(nameof(VisibleVerbs))]
    public async Task Every_verb_explains_itself_with_examples(string verb)
    {
        using var lab = new LabProgram();

        var help = await lab.RunAsync(verb, "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Description:", help.Out, StringComparison.Ordinal);
        Assert.Contains("Examples:", help.Out, StringComparison.Ordinal);
        Assert.Contains($"./lab {verb}", help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', help.Out);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["gamedya"], "gamedya" },
        { ["gameday", "--onyl", "x"], "--onyl" },
        { ["gameday", "--only", "no-such-experiment"], "no-such-experiment" },
        { ["gameday", "--attempts", "0"], "--attempts" },
        { ["run"], "Name at least one experiment" },
        { ["run", "no-such-file.yaml"], "no-such-file.yaml" },
        { ["run", "x.yaml", "--without", "seatbelt"], "breaker, timeout, cache, drain, retry, health-checks, instances" },
        { ["run", "x.yaml", "--seed", "soon"], "soon" },
        { ["load"], "SCENARIO" },
        { ["load", "no-such-visitors"], "follow-links" },
        { ["load", "follow-links", "--url", "http://example.org/"], "loopback" },
        { ["load", "follow-links", "--url", "http://10.0.0.1:80/"], "loopback" },
        { ["load", "follow-links", "--url", "127.0.0.1"], "http://127.0.0.1:5080" },
        { ["load", "follow-links", "--for", "30"], "30 s" },
        { ["load", "follow-links", "--rate", "0"], "--rate" },
        { ["load", "follow-links", "--rate", "5/s", "--users", "3"], "--users" },
        { ["load", "follow-links", "--threshold", "redirect p99 < soon"], "--threshold" },
        { ["load", "follow-links", "--threshold", "create p99 < 5 ms"], "redirect" },
        { ["load", "follow-links", "--threshold", "recovery within 5 s"], "about an experiment" },
        { ["load", "follow-links", "--arrivals", "sometimes"], "sometimes" },
        { ["load", "follow-links", "--url", "http://127.0.0.1:5080", "--watch"], "leave --url away" },
        { ["run", "lose-one-instance", "--metrics", "9900"], "127.0.0.1:9900" },
        { ["console", "no-such-run"], "--watch" },
        { ["alerts", "--only", "no such row"], "no such row" },
        { ["desk", "--listen", "here"], "127.0.0.1:9777" },
        { ["prove", "--for", "1s"], "2s" },
        { ["bottleneck", "--plant", "gremlin"], "pool, slots, lock, cpu, hot-row, missing-index, slow-replica, generator, nothing" },
        { ["bottleneck", "--guess", "gremlin"], "hot-row" },
        { ["bottleneck", "--users", "1000"], "--users" },
        { ["bottleneck", "--prove", "--guess", "pool"], "--guess" },
        { ["sweep", "planets"], "users or instances" },
        { ["sweep", "instances", "--most", "40"], "--most" },
        { ["capacity", "--fault", "rain=5ms"], "path=5ms" },
        { ["capacity", "--slo", "recovery within 5 s"], "about an experiment" },
        { ["report", "no-such-run"], "no-such-run" },
        { ["report", "last"], "Nothing has been run yet" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_on_the_command_line_ends_with_2_and_tells_what_would_be_right(string[] arguments, string tells)
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync(arguments);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(tells, ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Out);
        Assert.False(Directory.Exists(lab.State), "a lab was started");
    }

    [Fact]
    public async Task All_mistakes_of_a_load_are_told_at_once()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("load", "walkers", "--rate", "fast", "--for", "ever", "--links", "0", "--url", "http://example.org");

        foreach (var flag in new[] { "walkers", "--rate", "--for", "--links", "--url" }) Assert.Contains(flag, ended.Error, StringComparison.Ordinal);
    }
}
