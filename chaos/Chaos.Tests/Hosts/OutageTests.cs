using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Tests.Hosts;

public class OutageTests
{
    [Theory]
    [InlineData("1 2 3 4 5", 2.5, 5, 1)] // steady
    [InlineData("1 2 9 10", 2.5, 10, 7)] // a gap
    [InlineData("1 2 3", 2.5, 12, 9)] // never back
    [InlineData("1 9 10 11", 9.5, 11, 1)] // the gap was before
    [InlineData("1 9 10", 5, 10, 8)] // the gap reaches beyond the injection
    public void The_longest_time_without_a_good_answer_counts_from_the_fault_on(string good, double injection, double end, double longest)
    {
        var samples = good.Split(' ').Select(second => Sample(double.Parse(second, System.Globalization.CultureInfo.InvariantCulture), true));
        var bad = Enumerable.Range(0, (int)end).Select(second => Sample(second + 0.5, false));

        Assert.Equal(TimeSpan.FromSeconds(longest), OutageJudge.Longest(samples.Concat(bad), TimeSpan.FromSeconds(injection), TimeSpan.FromSeconds(end)));
    }

    private static Sample Sample(double ended, bool isOk) =>
        new("mixed", "create", TimeSpan.FromSeconds(ended - 0.1), TimeSpan.FromSeconds(ended - 0.1), TimeSpan.FromSeconds(ended), isOk, isOk ? "201" : "503", null);
}

public class HostsExperimentTests
{
    private static string Folder => Path.Combine(Verbs.LabProgram.Root, "chaos", "experiments", "hosts");

    public static TheoryData<string> Files => new(Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void An_experiment_on_hosts_has_no_problem_and_watches_over_every_promise(string file)
    {
        var (experiment, problems) = ExperimentFile.Load(Path.Combine(Folder, file));

        Assert.Empty(problems);
        Assert.NotNull(experiment!.Abort);
        Assert.DoesNotContain("embedded", experiment.Topologies);
        Assert.Contains(experiment.Expect, line => line is Expectation.LedgerCount { Question: LedgerQuestion.Lost, Limit: { Comparison: "=", Value: 0 } });
    }

    [Theory]
    [InlineData("who: vip", "role: db", "who: vip")]
    [InlineData("pick: 1, who: primary", "role: db", "beside")]
    [InlineData("who: primary", "role: app", "hold nothing")]
    public void A_wrong_holder_is_told(string target, string role, string says)
    {
        var (_, problems) = ExperimentFile.Parse("x.yaml", Text($"kind: kill-service, target: {{ {role}, {target} }}", "time without writes <= 30 s"));

        Assert.Contains(problems, problem => problem.ToString().Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("time without writes >= 5 s", "asks for an outage")]
    [InlineData("time without writes <= 5", "wrong unit")]
    [InlineData("time without readers <= 5 s", "no stream")]
    [InlineData("time without writes <= 100 ms", "cannot be told")]
    public void A_wrong_time_without_is_told(string line, string says)
    {
        var (_, problems) = ExperimentFile.Parse("x.yaml", Text("kind: kill-service, target: { role: db, who: primary }", line));

        Assert.Contains(problems, problem => problem.ToString().Contains(says, StringComparison.Ordinal));
    }

    private static string Text(string fault, string line) => $$"""
        title: x
        hypothesis: [redirect success >= 99 %]
        load: { scenario: mixed, rate: 150/s, for: 40s }
        faults: [{ at: 8s, for: 10s, {{fault}} }]
        expect: [{{line}}]
        """;
}
