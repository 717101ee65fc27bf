using ChaosLab.Lab.Loads;
using ChaosLab.Lab.Sweeps;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class RateSearchTests
{
    [Theory]
    [InlineData(950)]
    [InlineData(137)]
    [InlineData(42)]
    [InlineData(3999)]
    public async Task The_highest_rate_that_meets_is_found_to_a_tenth(int truth)
    {
        var tried = await SearchAsync(1, 100, 4000, rate => Task.FromResult(new TriedRate(rate, rate <= truth ? RateAnswer.Met : RateAnswer.Missed, "")));

        Assert.InRange(RateSearch.Best(tried)!.Value, truth / RateSearch.Fine - 1, truth);
        Assert.True(tried.Count <= RateSearch.MostTries);
    }

    [Fact]
    public async Task One_disturbance_is_no_limit()
    {
        var disturbed = false;

        var tried = await SearchAsync(1, 100, 400, rate =>
        {
            var miss = rate == 200 && !disturbed;
            disturbed |= miss;
            return Task.FromResult(new TriedRate(rate, miss ? RateAnswer.Missed : RateAnswer.Met, ""));
        });

        Assert.Equal(400, RateSearch.Best(tried));
    }

    [Fact]
    public async Task When_no_rate_meets_there_is_no_best()
    {
        var tried = await SearchAsync(1, 100, 4000, rate => Task.FromResult(new TriedRate(rate, RateAnswer.Missed, "")));

        Assert.Null(RateSearch.Best(tried));
        Assert.True(tried.Count <= RateSearch.MostTries);
    }

    [Fact]
    public async Task No_rate_below_the_lowest_is_tried()
    {
        var tried = await SearchAsync(50, 150, 4000, rate => Task.FromResult(new TriedRate(rate, RateAnswer.Missed, "")));

        Assert.Equal([150, 150, 75, 75, 50, 50], tried.Select(one => one.Rate));
    }

    [Fact]
    public async Task A_fault_that_does_not_bite_ends_the_search()
    {
        var tried = await SearchAsync(1, 100, 4000, rate => Task.FromResult(new TriedRate(rate, RateAnswer.FaultNotSeen, "")));

        Assert.Equal(2, tried.Count);
        Assert.Null(RateSearch.Best(tried));
    }

    [Fact]
    public async Task What_was_tried_is_kept_when_the_search_is_stopped()
    {
        List<TriedRate> tried = [];

        await Assert.ThrowsAsync<OperationCanceledException>(() => RateSearch.RunAsync(tried, 1, 100, 4000, rate =>
            rate > 200 ? throw new OperationCanceledException() : Task.FromResult(new TriedRate(rate, RateAnswer.Met, ""))));

        Assert.Equal(200, RateSearch.Best(tried));
    }

    // 330 requests show a p99 or 99 %, 3300 show 99.9 %; each rate is tried for a minute at most.
    [Theory]
    [InlineData("redirect p99 < 100 ms", 6)]
    [InlineData("redirect success >= 99.9 %", 55)]
    [InlineData("redirect p99.99 < 100 ms", 550)]
    public void The_lowest_rate_is_the_one_that_can_still_show_the_objective(string claim, int lowest)
    {
        List<string> problems = [];

        var objective = LoadFlags.Claim("--slo", claim, "follow-links", problems)!;

        Assert.Empty(problems);
        Assert.Equal(lowest, Capacity.Lowest([objective]));
    }

    [Theory]
    [InlineData("path=5ms", true)]
    [InlineData("lose=1", true)]
    [InlineData("lose=3", false)]
    [InlineData("cpu=2min", false)]
    [InlineData("rain=5ms", false)]
    [InlineData("path", false)]
    public void Faults_have_names(string text, bool isOne) => Assert.Equal(isOne, NamedFault.Read(text) is not null);

    private static async Task<IReadOnlyList<TriedRate>> SearchAsync(int lowest, int least, int most, Func<int, Task<TriedRate>> tryAsync)
    {
        List<TriedRate> tried = [];
        await RateSearch.RunAsync(tried, lowest, least, most, tryAsync);
        return tried;
    }
}
