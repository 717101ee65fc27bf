using ChaosLab.Chaos.Running;
using static ChaosLab.Chaos.Tests.Judging.Traffic;

namespace ChaosLab.Chaos.Tests.Running;

public class RecoveryTests
{
    // Injected at 3 s, undone at 7 s, load until 15 s, 100 requests a second.
    private static RecoveryResult Of(Func<TimeSpan, bool> isGood, double objective = 0.99, double end = 15) =>
        Recovery.Of("redirect", Of(S(end), 100, isGood), S(3), S(7), S(end), objective);

    private static IReadOnlyList<Load.Sample> Of(TimeSpan length, double rate, Func<TimeSpan, bool> isGood) => Judging.Traffic.Of(length, rate, isGood);

    [Fact]
    public void A_stream_that_never_failed_was_out_for_no_time()
    {
        var recovery = Of(_ => true);

        Assert.Equal(TimeSpan.Zero, recovery.OutageFor);
        Assert.Equal(TimeSpan.Zero, recovery.Sustained);
        Assert.Null(recovery.LastGoodBefore);
        Assert.Equal(0, recovery.FailuresSinceFault);
    }

    [Fact]
    public void An_outage_lasts_from_the_last_good_answer_before_to_the_first_sustained_one_after()
    {
        var recovery = Of(at => at < S(3.5) || at >= S(8));

        Assert.Equal(S(3.49), recovery.LastGoodBefore);
        Assert.Equal(S(8) - S(3.49), recovery.OutageFor);
        Assert.Equal(S(1), recovery.Sustained);
        Assert.Equal(450, recovery.FailuresSinceFault);
    }

    [Fact]
    public void An_outage_may_end_before_the_undo()
    {
        var recovery = Of(at => at < S(3.5) || at >= S(4));

        Assert.Equal(S(4) - S(3.49), recovery.OutageFor);
        Assert.Equal(TimeSpan.Zero, recovery.Sustained);
    }

    [Fact]
    public void A_single_good_answer_is_no_recovery()
    {
        var recovery = Of(at => at < S(3) || at == S(7.5) || at >= S(9));

        Assert.Equal(S(2), recovery.Sustained);
        Assert.Equal(S(0.505), recovery.FirstGood);
    }

    [Fact]
    public void A_relapse_within_the_two_seconds_counts_as_not_yet_recovered() =>
        Assert.Equal(S(2), Of(at => at < S(3) || (at >= S(7.5) && at < S(8.8)) || at >= S(9)).Sustained);

    [Fact]
    public void Few_failures_within_the_objective_do_not_delay_recovery() =>
        Assert.Equal(TimeSpan.Zero, Of(at => at < S(3) || (at >= S(7) && at != S(8)), objective: 0.99).Sustained);

    [Fact]
    public void A_stream_that_never_came_back_has_no_recovery()
    {
        var recovery = Of(at => at < S(3));

        Assert.Null(recovery.Sustained);
        Assert.Null(recovery.FirstGood);
        Assert.Null(recovery.OutageFor);
    }

    [Fact]
    public void A_good_stretch_that_reaches_beyond_the_end_was_not_wholly_seen() =>
        Assert.Null(Of(at => at < S(3) || at >= S(13.5)).Sustained);
}
