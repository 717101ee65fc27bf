using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Tests.Judging;

public class VerdictRuleTests
{
    private static readonly FaultResult Fine = new("f1-app1", "kill-process", "app1", "SIGKILL", TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(7),
        "a process", "no process", EvidenceSeen: true, "started", Undone: true, Attested: true, "", "");

    private static RunFacts Facts(params Judgement[] judgements) => new()
    {
        Faults = [Fine],
        Expectations = [.. judgements.Select(judgement => new ExpectationResult("redirect success >= 99.9 %", "hypothesis", ">= 99.9 %", "98 %", judgement, "since fault", 4000, null, null, 5))],
    };

    [Fact]
    public void All_met_is_held() => Assert.Equal(Verdict.Held, VerdictRule.Decide(Facts(Judgement.Met, Judgement.Met)).Verdict);

    [Fact]
    public void One_violation_is_a_weakness_even_beside_an_unknown() =>
        Assert.Equal(Verdict.Weakness, VerdictRule.Decide(Facts(Judgement.Unknown, Judgement.Violated, Judgement.Met)).Verdict);

    [Fact]
    public void An_unknown_is_never_held() => Assert.Equal(Verdict.Inconclusive, VerdictRule.Decide(Facts(Judgement.Met, Judgement.Unknown)).Verdict);

    [Fact]
    public void Nothing_expected_is_never_held() => Assert.Equal(Verdict.Inconclusive, VerdictRule.Decide(Facts()).Verdict);

    [Fact]
    public void Nothing_injected_is_never_held() => Assert.Equal(Verdict.NotRun, VerdictRule.Decide(Facts(Judgement.Met) with { Faults = [] }).Verdict);

    // Each row breaks one more thing; the verdict is that of the gravest, whatever the others say.
    public static TheoryData<string, Verdict> Order => new()
    {
        { "violated", Verdict.Weakness },
        { "violated load", Verdict.Inconclusive },
        { "violated no-evidence", Verdict.Inconclusive },
        { "violated error", Verdict.Inconclusive },
        { "violated load no-evidence not-run", Verdict.NotRun },
        { "violated load no-evidence not-run aborted", Verdict.Aborted },
        { "violated load no-evidence not-run aborted different", Verdict.UndoFailed },
        { "violated load no-evidence not-run aborted not-undone", Verdict.UndoFailed },
        { "not-undone", Verdict.UndoFailed },
        { "different", Verdict.UndoFailed },
    };

    [Theory]
    [MemberData(nameof(Order))]
    public void The_gravest_decides(string broken, Verdict expected)
    {
        var what = broken.Split(' ');
        var facts = Facts(what.Contains("violated") ? Judgement.Violated : Judgement.Met) with
        {
            LoadProblem = what.Contains("load") ? "the load is invalid" : null,
            NotRun = what.Contains("not-run") ? "no steady state" : null,
            Aborted = what.Contains("aborted") ? "a person" : null,
            Faults =
            [
                Fine with
                {
                    EvidenceSeen = !what.Contains("no-evidence"),
                    Error = what.Contains("error") ? "refused" : "",
                    Undone = !what.Contains("not-undone"),
                    Attested = !what.Contains("different"),
                },
            ],
        };

        Assert.Equal(expected, VerdictRule.Decide(facts).Verdict);
    }

    [Theory]
    [InlineData(Verdict.Held, 0, "held")]
    [InlineData(Verdict.Weakness, 1, "weakness")]
    [InlineData(Verdict.Inconclusive, 3, "inconclusive")]
    [InlineData(Verdict.NotRun, 4, "not-run")]
    [InlineData(Verdict.Aborted, 5, "aborted")]
    [InlineData(Verdict.UndoFailed, 6, "undo-failed")]
    public void A_verdict_has_its_exit_code_and_word(Verdict verdict, int code, string word)
    {
        Assert.Equal(code, verdict.ExitCode());
        Assert.Equal(word, verdict.Word());
    }

    [Fact]
    public void The_most_serious_of_a_game_day_goes_by_6_5_1_3_4_0()
    {
        Verdict[] order = [Verdict.UndoFailed, Verdict.Aborted, Verdict.Weakness, Verdict.Inconclusive, Verdict.NotRun, Verdict.Held];

        for (var first = 0; first < order.Length; first++)
            Assert.Equal(order[first], Chaos.Verdicts.Verdicts.MostSerious(order.Skip(first).Reverse()));
        Assert.Equal(Verdict.NotRun, Chaos.Verdicts.Verdicts.MostSerious([]));
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(50, 100, 0.4038, 0.5962)]
    [InlineData(2999, 3000, 0.9981, 0.9999)]
    public void A_wilson_interval_is_as_in_the_tables(long hits, long trials, double low, double high)
    {
        var interval = Wilson.Interval(hits, trials);

        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }
}
