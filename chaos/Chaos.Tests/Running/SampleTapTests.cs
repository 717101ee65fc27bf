using ChaosLab.Chaos.Running;
using ChaosLab.Load;
using Microsoft.Extensions.Time.Testing;
using static ChaosLab.Chaos.Tests.Judging.Traffic;

namespace ChaosLab.Chaos.Tests.Running;

public class SampleTapTests
{
    [Fact]
    public void The_error_budget_is_spent_once_and_only_by_failures()
    {
        var spent = 0;
        var tap = new SampleTap(new FakeTimeProvider(), budget: 3, () => spent++);

        foreach (var sample in Of(S(1), 10, at => at < S(0.5)))
            tap.OnSample(sample);

        Assert.Equal(1, spent);
        Assert.Equal(5, tap.Failures);
        Assert.Equal(10, tap.Requests);
    }

    [Fact]
    public void Without_a_budget_nothing_is_spent()
    {
        var tap = new SampleTap(new FakeTimeProvider(), budget: null, () => Assert.Fail("no budget"));

        foreach (var sample in Of(S(1), 10, _ => false))
            tap.OnSample(sample);

        Assert.Equal(10, tap.Failures);
    }

    [Fact]
    public void Time_counts_from_the_first_arrival()
    {
        var time = new FakeTimeProvider();
        var tap = new SampleTap(time, null, () => { });
        Assert.Null(tap.Offset);

        tap.OnStart(time.GetTimestamp());
        time.Advance(S(2));

        Assert.Equal(S(2), tap.Offset);
    }

    [Fact]
    public void Samples_are_read_in_the_order_of_their_intended_starts()
    {
        var tap = new SampleTap(new FakeTimeProvider(), null, () => { });
        foreach (var sample in Of(S(1), 10, _ => true).Reverse())
            tap.OnSample(sample);

        Assert.Equal(tap.Read().OrderBy(sample => sample.Intended), tap.Read());
        Assert.Equal(10, tap.Read().Count);
    }
}
