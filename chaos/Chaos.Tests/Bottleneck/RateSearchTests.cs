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
        var tried = await RateSearch.RunAsync(100, 4000, rate => Task.FromResult(new TriedRate(rate, rate <= truth ? RateAnswer.Met : RateAnswer.Missed, "")));

        Assert.InRange(RateSearch.Best(tried)!.Value, truth / RateSearch.Fine - 1, truth);
        Assert.True(tried.Count <= RateSearch.MostTries);
    }

    [Fact]
    public async Task One_disturbance_is_no_limit()
    {
        var disturbed = false;

        var tried = await RateSearch.RunAsync(100, 400, rate =>
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
        var tried = await RateSearch.RunAsync(100, 4000, rate => Task.FromResult(new TriedRate(rate, RateAnswer.Missed, "")));

        Assert.Null(RateSearch.Best(tried));
        Assert.True(tried.Count <= RateSearch.MostTries);
    }

    [Theory]
    [InlineData("path=5ms", true)]
    [InlineData("lose=1", true)]
    [InlineData("lose=3", false)]
    [InlineData("cpu=2min", false)]
    [InlineData("rain=5ms", false)]
    [InlineData("path", false)]
    public void Faults_have_names(string text, bool isOne) => Assert.Equal(isOne, NamedFault.Read(text) is not null);
}
