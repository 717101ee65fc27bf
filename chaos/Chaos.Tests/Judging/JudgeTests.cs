using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;
using static ChaosLab.Chaos.Tests.Judging.Traffic;

namespace ChaosLab.Chaos.Tests.Judging;

public class JudgeTests
{
    private static readonly FaultResult Fault = new("f1-app1", "app-error", "app1", "", S(3), S(7), "", "", true, "", true, true, "", "");

    // Baseline 0–3 s, fault 3–7 s, recovery 7–15 s.
    private static RunRecord Record(IReadOnlyList<Sample> samples) => new()
    {
        Samples = samples,
        Stretches = Stretches.Cut([(S(3), S(7))], S(15)),
        Faults = [Fault],
        End = S(15),
        SawBreakers = true,
        SawBackends = true,
    };

    private static ExpectationResult Judged(string line, RunRecord record)
    {
        var expectation = ExpectationLine.Parse(new YamlTree.Text(1, line), new Problems("x"))!;
        var experiment = ExperimentFile.Parse("x.yaml",
            """
            title: x
            hypothesis: [redirect success >= 50 %]
            load: { scenario: mixed, rate: 400/s, for: 15s }
            faults: [{ at: 3s, kind: noop, target: { role: app }, for: 4s }]
            """).Experiment!;
        return Judge.All(experiment with { Hypothesis = [], Expect = [expectation] }, record)[0];
    }

    [Fact]
    public void Enough_good_requests_meet_a_share()
    {
        var result = Judged("redirect success >= 99.9 %", Record(Of(S(15), 400, _ => true)));

        Assert.Equal(Judgement.Met, result.Judgement);
        Assert.Equal(4800, result.Samples);
        Assert.Equal("99.92 % … 100 %", result.Interval);
    }

    [Fact]
    public void A_violation_during_the_fault_only_is_not_diluted_by_the_baseline()
    {
        // 5 of 4800 requests since the fault: 99.896 %. Over the whole run it would be 99.917 %, and green.
        var result = Judged("redirect success >= 99.9 %", Record(Of(S(15), 400, at => at < S(3) || at >= S(3.0125))));

        Assert.Equal(Judgement.Violated, result.Judgement);
        Assert.Equal(Judgement.Met, Judged("redirect success >= 99.9 % in run", Record(Of(S(15), 400, at => at < S(3) || at >= S(3.0125)))).Judgement);
    }

    [Fact]
    public void Too_few_good_requests_leave_a_share_unknown() =>
        Assert.Equal(Judgement.Unknown, Judged("redirect success >= 99.9 %", Record(Of(S(15), 100, _ => true))).Judgement);

    [Fact]
    public void Few_requests_are_enough_to_refute() =>
        Assert.Equal(Judgement.Violated, Judged("redirect success >= 99.9 %", Record(Of(S(15), 20, at => at.TotalSeconds % 1 < 0.5))).Judgement);

    [Theory]
    [InlineData("create success >= 99 %")]
    [InlineData("create p99 < 5 s")]
    [InlineData("create failures <= 3")]
    [InlineData("create status 503 >= 90 %")]
    public void No_data_is_unknown_never_met(string line) =>
        Assert.Equal(Judgement.Unknown, Judged(line, Record(Of(S(15), 400, _ => true))).Judgement);

    [Fact]
    public void A_minimum_of_requests_is_violated_by_none() =>
        Assert.Equal(Judgement.Violated, Judged("create requests >= 10", Record(Of(S(15), 400, _ => true))).Judgement);

    [Theory]
    [InlineData("redirect status 503 >= 90 % in fault", Judgement.Met)]
    [InlineData("redirect status 503 >= 90 % in recovery", Judgement.Violated)]
    [InlineData("redirect status 504 >= 90 % in fault", Judgement.Violated)]
    [InlineData("redirect failures <= 3 in baseline", Judgement.Met)]
    [InlineData("redirect failures <= 3 in fault", Judgement.Violated)]
    [InlineData("redirect p99 < 6 ms", Judgement.Met)]
    [InlineData("redirect p99 < 4 ms", Judgement.Violated)]
    [InlineData("redirect service p50 < 6 ms", Judgement.Met)]
    public void A_line_is_judged_in_its_window(string line, Judgement expected) =>
        Assert.Equal(expected, Judged(line, Record(Of(S(15), 400, at => at < S(3) || at >= S(7)))).Judgement);

    [Fact]
    public void Response_time_counts_from_the_intended_start_and_service_time_does_not()
    {
        var late = Of(S(15), 400, _ => true).Select(sample => sample with { Started = sample.Started + S(0.3), Ended = sample.Ended + S(0.3) }).ToList();

        Assert.Equal(Judgement.Violated, Judged("redirect p99 < 100 ms", Record(late)).Judgement);
        Assert.Equal(Judgement.Met, Judged("redirect service p99 < 100 ms", Record(late)).Judgement);
    }

    public static TheoryData<string, double?, double?, Judgement> Breakers => new()
    {
        // opened at, closed at; injected at 3 s, undone at 7 s
        { "breaker opens within 3 s", 4, null, Judgement.Met },
        { "breaker opens within 3 s", 6.5, null, Judgement.Violated },
        { "breaker opens within 3 s", null, null, Judgement.Violated },
        { "breaker closes within 3 s", 4, 9, Judgement.Met },
        { "breaker closes within 3 s", 4, 12, Judgement.Violated },
        { "breaker closes within 3 s", 4, null, Judgement.Violated },
        { "breaker closes within 3 s", null, null, Judgement.Unknown },
    };

    [Theory]
    [MemberData(nameof(Breakers))]
    public void A_breaker_is_judged_against_injection_and_undo(string line, double? opened, double? closed, Judgement expected)
    {
        var transitions = new List<Transition>();
        if (opened is { } open)
            transitions.Add(new Transition(S(open), "breaker", "app1", "store-read", "closed", "open"));
        if (closed is { } close)
            transitions.Add(new Transition(S(close), "breaker", "app1", "store-read", "half_open", "closed"));

        Assert.Equal(expected, Judged(line, Record([]) with { Transitions = transitions }).Judgement);
    }

    [Fact]
    public void A_breaker_that_could_not_be_seen_is_unknown() =>
        Assert.Equal(Judgement.Unknown, Judged("breaker opens within 3 s", Record([]) with { SawBreakers = false }).Judgement);

    [Theory]
    [InlineData("backend goes down within 2 s", Judgement.Met)]
    [InlineData("backend goes down within 500 ms", Judgement.Violated)]
    [InlineData("backend comes back within 2 s", Judgement.Met)]
    [InlineData("backend comes back within 500 ms", Judgement.Violated)]
    public void A_backend_is_judged_against_injection_and_undo(string line, Judgement expected) =>
        Assert.Equal(expected, Judged(line, Record([]) with
        {
            Transitions = [new Transition(S(4), "backend", "app1", "", "up", "down"), new Transition(S(8), "backend", "app1", "", "down", "up")],
        }).Judgement);

    [Theory]
    [InlineData(5, Judgement.Met)]
    [InlineData(50, Judgement.Violated)]
    public void Retries_are_counted_from_the_injection_on(long retries, Judgement expected) =>
        Assert.Equal(expected, Judged("retries <= 20", Record([]) with { Retries = [(S(1), 100), (S(2.9), 110), (S(14), 110 + retries)] }).Judgement);

    [Fact]
    public void Retries_of_a_balancer_that_restarted_are_unknown() =>
        Assert.Equal(Judgement.Unknown, Judged("retries <= 20", Record([]) with { Retries = [(S(2), 100), (S(14), 3)] }).Judgement);

    private static LedgerResult Ledger(int lost = 0, int neverRead = 0, int acknowledged = 100, string error = "", int clicks = 0) =>
        new(acknowledged, 0, 0, [.. Enumerable.Repeat("abc: gone", lost)], [], [], [], [], [.. Enumerable.Repeat("abc: 3", clicks)], neverRead, error);

    [Fact]
    public void A_ledger_line_is_met_only_when_everything_was_read_back()
    {
        Assert.Equal(Judgement.Met, Judged("lost links = 0", Record([]) with { Ledger = Ledger() }).Judgement);
        Assert.Equal(Judgement.Violated, Judged("lost links = 0", Record([]) with { Ledger = Ledger(lost: 1, neverRead: 5) }).Judgement);
        Assert.Equal(Judgement.Unknown, Judged("lost links = 0", Record([]) with { Ledger = Ledger(neverRead: 1) }).Judgement);
        Assert.Equal(Judgement.Unknown, Judged("lost links = 0", Record([]) with { Ledger = Ledger(acknowledged: 0) }).Judgement);
        Assert.Equal(Judgement.Unknown, Judged("lost links = 0", Record([]) with { Ledger = Ledger(error: "refused") }).Judgement);
        Assert.Equal(Judgement.Unknown, Judged("lost links = 0", Record([])).Judgement);
        Assert.Equal(Judgement.Violated, Judged("click totals exact", Record([]) with { Ledger = Ledger(clicks: 1) }).Judgement);
        Assert.Equal(Judgement.Met, Judged("click totals exact", Record([]) with { Ledger = Ledger() }).Judgement);
    }

    [Theory]
    [InlineData(1.0, 15.0, Judgement.Met)]
    [InlineData(3.0, 15.0, Judgement.Violated)]
    [InlineData(null, 15.0, Judgement.Violated)]
    [InlineData(null, 8.5, Judgement.Unknown)]
    public void Recovery_is_unknown_when_it_was_not_watched_long_enough(double? sustained, double end, Judgement expected)
    {
        var record = Record(Of(S(15), 100, _ => false)) with
        {
            End = S(end),
            Recoveries = [new RecoveryResult("redirect", 10, S(2), null, sustained is { } seconds ? S(seconds) : null, null, null, null)],
        };

        Assert.Equal(expected, Judged("recovery within 2 s", record).Judgement);
    }

    [Fact]
    public void A_check_that_crashes_is_unknown()
    {
        // No fault at all: what asks for the last undo has nothing to stand on.
        var result = Judged("recovery within 2 s", Record([]) with { Faults = [], Recoveries = null! });

        Assert.Equal(Judgement.Unknown, result.Judgement);
    }

    [Theory]
    [InlineData(true, Judgement.Met)]
    [InlineData(false, Judgement.Violated)]
    public void The_steady_state_is_judged_on_the_baseline_with_what_it_has(bool isGood, Judgement expected)
    {
        var experiment = ExperimentFile.Parse("x.yaml",
            """
            title: x
            hypothesis: [redirect success >= 99.9 %]
            load: { scenario: follow-links, rate: 400/s, for: 15s }
            faults: [{ at: 3s, kind: noop, target: { role: app }, for: 4s }]
            """).Experiment!;

        Assert.Equal(expected, Judge.SteadyState(experiment, Of(S(3), 400, at => isGood || at > S(1)), S(3))[0].Judgement);
        Assert.Equal(Judgement.Unknown, Judge.SteadyState(experiment, [], S(3))[0].Judgement);
    }
}
