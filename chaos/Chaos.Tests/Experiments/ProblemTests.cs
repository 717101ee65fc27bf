using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Tests.Experiments;

public class ProblemTests
{
    private const string Good =
        """
        title: Redirects survive
        tags: [process]
        relies-on: [retry]
        hypothesis:
          - redirect success >= 99.9 %
          - redirect p99 < 250 ms
        load: { scenario: follow-links, rate: 300/s, for: 15s }
        faults:
          - at: 3s
            kind: kill-process
            target: { role: app, pick: 1 }
            for: 4s
        expect:
          - recovery within 4 s
          - lost links = 0
        abort: { failed-requests: 500 }
        """;

    [Fact]
    public void A_good_file_becomes_an_experiment()
    {
        var (experiment, problems) = ExperimentFile.Parse("good.yaml", Good);

        Assert.Empty(problems);
        Assert.Equal("good", experiment!.Id);
        Assert.Equal(300, experiment.Load.Rate);
        Assert.Equal(new Target.Pick("app", 1), experiment.Faults[0].Target);
        Assert.Equal(TimeSpan.FromSeconds(3), experiment.Faults[0].At);
        Assert.Equal(500, experiment.Abort!.FailedRequests);
        Assert.Equal([Safeguard.Retry], experiment.ReliesOn);
    }

    public static TheoryData<string, string, int, string, string> Mistakes => new()
    {
        // what is replaced, by what, line, what is wrong, remedy
        { "title: Redirects survive", "titel: Redirects survive", 1, "no key `titel`", "Did you mean `title`" },
        { "title: Redirects survive", "title:", 1, "`title` is empty", "Write title:" },
        { "title: Redirects survive\n", "", 1, "has no `title`", "Write title:" },
        { "tags: [process]", "tags: [[process]]", 2, "not a word", "[word]" },
        { "relies-on: [retry]", "relies-on: [retries]", 3, "`retries` in `relies-on`", "Did you mean `retry`" },
        { "  - redirect success >= 99.9 %\n  - redirect p99 < 250 ms\n", "  []\n", 5, "`hypothesis` is empty", "Write hypothesis:" },
        { "redirect success >= 99.9 %", "redirect succes >= 99.9 %", 5, "cannot be read|is no measure", "Did you mean `success`" },
        { "redirect success >= 99.9 %", "redirect is fine", 5, "cannot be read", "Write one of|no measure" },
        { "redirect success >= 99.9 %", "redirect success >= 0 %", 5, "can never fail", "Tighten" },
        { "redirect success >= 99.9 %", "redirect failures >= 0", 5, "can never fail", "Tighten" },
        { "redirect success >= 99.9 %", "redirect success <= 100 %", 5, "can never fail", "Tighten" },
        { "redirect success >= 99.9 %", "redirect success > 100 %", 5, "can never hold", "Loosen" },
        { "redirect success >= 99.9 %", "redirect failures < 0", 5, "can never hold", "Loosen" },
        { "redirect success >= 99.9 %", "redirect success = 99.5 %", 5, "exactly", "Use >= or <=" },
        { "redirect success >= 99.9 %", "redirect success >= 99.9 ms", 5, "wrong unit", "a share in %" },
        { "redirect success >= 99.9 %", "redirect success >= 99.99 %", 5, "needs 30000 requests", "Raise rate" },
        { "redirect success >= 99.9 %", "redirct success >= 99.9 %", 5, "makes no request called `redirct`", "Did you mean `redirect`" },
        { "redirect success >= 99.9 %", "redirect success >= 99 % in baseline", 5, "names a window", "move the line to expect" },
        { "redirect success >= 99.9 %", "lost links = 0", 5, "cannot be checked before", "expect" },
        { "redirect success >= 99.9 %", "redirect p99 < 250 ms", 6, "second time", "Keep one" },
        { "redirect p99 < 250 ms", "redirect p99 < 250", 6, "wrong unit", "a duration" },
        { "redirect p99 < 250 ms", "redirect p100 < 250 ms", 6, "no percentile", "p99" },
        { "redirect p99 < 250 ms", "redirect p99 >= 0 ms", 6, "can never fail", "Tighten" },
        { "scenario: follow-links", "scenario: follow-link", 7, "`scenario: follow-link`", "Did you mean `follow-links`" },
        { "rate: 300/s", "rate: 0/s", 7, "less than one arrival", "1/s or more" },
        { "rate: 300/s", "rate: -5/s", 7, "less than one arrival", "1/s or more" },
        { "rate: 300/s", "rate: 300", 7, "is not a rate", "300/s" },
        { "rate: 300/s", "rate: 900000/s", 7, "more than one machine", "5000/s or less" },
        { "rate: 300/s, ", "", 7, "`load` has no `rate`", "rate: 300/s" },
        { "for: 15s", "for: 15 parsecs", 7, "is not a duration", "20s" },
        { "for: 15s", "for: 15s, seed: abc", 7, "not a whole number", "seed" },
        { "for: 15s", "for: 15s, warm-up: 30s", 7, "warm-up is longer", "Shorten" },
        { "for: 15s", "for: 15s, arrivals: randomly", 7, "`arrivals: randomly`", "Did you mean `random`" },
        { "load: {", "laod: {", 7, "no key `laod`", "Did you mean `load`" },
        { "at: 3s", "at: 14s", 9, "lasts until 18 s", "Start it earlier" },
        { "at: 3s", "at: 0s", 9, "no baseline", "at: 3s" },
        { "  - at: 3s\n    kind", "  - kind", 9, "has no `at`", "Write at:" },
        { "kind: kill-process", "kind: kill-proces", 10, "`kind: kill-proces`", "Did you mean `kill-process`" },
        { "kind: kill-process", "kind: kill-process\n    restart: maybe", 11, "`restart: maybe`", "at-undo" },
        { "kind: kill-process", "kind: kill-process\n    delay: 3s", 11, "no key `delay`", "Known" },
        { "kind: kill-process", "kind: app-latency", 9, "has no `delay`", "delay: 200ms" },
        { "kind: kill-process", "kind: app-error\n    rate: 0 %", 11, "not a share above 0", "50 %" },
        { "kind: kill-process", "kind: app-error\n    operations: [link.gte]", 11, "`link.gte`", "Did you mean `link.get`" },
        { "    target: { role: app, pick: 1 }\n", "", 9, "has no `target`", "target: { role: app, pick: 1 }" },
        { "pick: 1", "pick: 4", 11, "more than the 3 hosts", "pick: 3 or less" },
        { "pick: 1", "pick: 0", 11, "not a whole number", "pick: 1" },
        { "role: app, pick: 1", "role: queue, pick: 1", 11, "`role: queue`", "Known" },
        { "role: app, pick: 1", "role: db, pick: 1", 11, "cannot be done to a host of role db", "Aim at" },
        { "role: app, pick: 1", "pick: 1", 11, "neither `role` nor `name`", "role: app" },
        { "role: app, pick: 1", "name: app7", 11, "no host `app7`", "app1" },
        { "role: app, pick: 1", "role: app, pick: 1, all: true", 11, "exclude each other", "Keep one" },
        { "kill-process\n    target: { role: app", "app-error\n    target: { role: lb", 11, "cannot be done to a host of role lb", "role app" },
        { "    for: 4s\n", "", 9, "has no `for`", "without an end is refused" },
        { "    for: 4s\n", "    for: 4s\n  - { at: 5s, kind: pause-process, target: { role: app, all: true }, for: 2s }\n", 13, "one host at the same time", "Part them" },
        { "recovery within 4 s", "recovery within 9 s", 14, "needs 11 s after the last fault", "Lengthen" },
        { "recovery within 4 s", "recovery within soon", 14, "is not a duration", "5 s" },
        { "recovery within 4 s", "recovry within 4 s", 14, "`recovry`", "Did you mean `recovery`" },
        { "recovery within 4 s", "redirect failures <= 3 in falut", 14, "names no window", "Did you mean `fault`" },
        { "lost links = 0", "lost links >= 0", 15, "can never fail", "Tighten" },
        { "failed-requests: 500", "failed-requests: 0", 16, "not a whole number", "failed-requests" },
        { "abort: { failed-requests: 500 }", "abort: 500", 16, "`abort` must be keys", "failed-requests: 500" },
        { "abort: { failed-requests: 500 }", "abort: { failed-requests: 500 }\ntitle: Again", 17, "second time", "Keep one" },
        { "abort: { failed-requests: 500 }", "lab: { brake-duration: 2s }", 16, "no key `brake-duration`", "Did you mean `break-duration`" },
        { "abort: { failed-requests: 500 }", "needs: [moon]", 16, "`moon` in `needs`", "embedded" },
        { "tags: [process]", "tags: [process", 2, "not YAML", "Check quotes" },
        { "    kind: kill-process", "\tkind: kill-process", 10, "a tab indents", "spaces" },
        { "relies-on: [retry]", "relies-on: *other", 3, "alias *other", "Write the value out" },
        { "abort: { failed-requests: 500 }", "---\ntitle: Two", 16, "second document", "one experiment a file" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_line_and_a_remedy(string right, string wrong, int line, string says, string remedy)
    {
        var text = Good.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(Good, text);

        var (experiment, problems) = ExperimentFile.Parse("bad.yaml", text);

        Assert.Null(experiment);
        Assert.Contains(problems, problem =>
            problem.Line == line
            && says.Split('|').Any(part => problem.Says.Contains(part, StringComparison.Ordinal))
            && remedy.Split('|').Any(part => problem.Remedy.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_mistake_of_a_file_is_told_at_once_in_the_order_of_the_lines()
    {
        var text = Good.Replace("title: Redirects survive", "titel: x", StringComparison.Ordinal)
            .Replace("rate: 300/s", "rate: 300", StringComparison.Ordinal)
            .Replace("kind: kill-process", "kind: explode", StringComparison.Ordinal)
            .Replace("failed-requests: 500", "failed-requests: none", StringComparison.Ordinal);

        var (_, problems) = ExperimentFile.Parse("bad.yaml", text);

        Assert.Equal([1, 1, 7, 10, 16], problems.Select(problem => problem.Line));
        Assert.All(problems, problem => Assert.Equal("bad.yaml", problem.File));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("# only a remark\n", "the file is empty")]
    [InlineData("- a\n- b\n", "the experiment must be keys")]
    public void A_file_that_is_no_experiment_says_so(string text, string says)
    {
        var (experiment, problems) = ExperimentFile.Parse("bad.yaml", text);

        Assert.Null(experiment);
        Assert.Contains(says, Assert.Single(problems).Says, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_a_problem_and_no_crash()
    {
        var (experiment, problems) = ExperimentFile.Load("/nowhere/at-all.yaml");

        Assert.Null(experiment);
        Assert.Contains("cannot be read", Assert.Single(problems).Says, StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_reads_as_one_line_that_editors_can_follow() =>
        Assert.Equal("a.yaml:7: it is wrong. Do it right.", new Problem("a.yaml", 7, "it is wrong", "Do it right").ToString());
}
