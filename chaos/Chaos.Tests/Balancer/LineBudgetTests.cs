using ChaosLab.Lab.Balancer;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Chaos.Tests.Balancer;

public class LineBudgetTests
{
    [Fact]
    public void So_many_a_second_and_the_next_one_says_how_many_were_not()
    {
        var time = new FakeTimeProvider();
        var budget = new LineBudget(2, time);

        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, 5).Select(_ => budget.MaySpend(out var none)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(budget.MaySpend(out var unsaid));
        Assert.Equal(3, unsaid);
        Assert.True(budget.MaySpend(out unsaid));
        Assert.Equal(0, unsaid);
    }
}
