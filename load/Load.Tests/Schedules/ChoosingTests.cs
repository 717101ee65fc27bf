using ChaosLab.Load.Running;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Tests.Schedules;

public class ChoosingTests
{
    [Theory]
    [InlineData(10, 1.0)]
    [InlineData(50, 0.7)]
    [InlineData(5, 2.0)]
    [InlineData(1, 1.0)]
    public void Zipf_ranks_come_in_proportion_to_their_law(int n, double s)
    {
        const int draws = 200_000;
        var random = new SeededRandom(5);
        var counts = new int[n + 1];
        for (var i = 0; i < draws; i++)
            counts[random.Zipf(n, s)]++;

        var total = Enumerable.Range(1, n).Sum(r => Math.Pow(r, -s));
        for (var rank = 1; rank <= n; rank++)
            Assert.Equal(Math.Pow(rank, -s) / total, counts[rank] / (double)draws, 0.006);
        Assert.Equal(0, counts[0]);
    }

    [Fact]
    public void Choice_follows_the_weights()
    {
        var random = new SeededRandom(5);
        var drawn = Enumerable.Range(0, 100_000).Select(_ => random.Choice([("a", 70), ("b", 0), ("c", 30)])).ToList();

        Assert.Equal(0.7, drawn.Count(x => x == "a") / 1e5, 0.01);
        Assert.DoesNotContain("b", drawn);
    }

    [Fact]
    public void Choice_without_weight_is_refused() => Assert.Throws<ArgumentException>(() => new SeededRandom(1).Choice([("a", 0)]));

    [Fact]
    public void A_mix_gives_each_member_its_share_and_repeats()
    {
        var mix = new WeightedMix(3, [70, 30]);
        var members = Enumerable.Range(0, 50_000).Select(k => mix.MemberOf(k)).ToList();

        Assert.Equal(0.7, members.Count(m => m == 0) / 5e4, 0.01);
        Assert.Equal(members, Enumerable.Range(0, 50_000).Select(k => new WeightedMix(3, [70, 30]).MemberOf(k)));
    }

    [Fact]
    public void Seeded_chance_is_even_within_its_bounds_and_repeats()
    {
        var random = new SeededRandom(9);
        var drawn = Enumerable.Range(0, 60_000).Select(_ => random.Next(-1, 5)).ToList();

        Assert.All(drawn.GroupBy(x => x), g => Assert.InRange(g.Count(), 9_500, 10_500));
        Assert.Equal([-1, 0, 1, 2, 3, 4], drawn.Distinct().Order());
        random.Reseed(9);
        Assert.Equal(drawn[0], random.Next(-1, 5));
        Assert.InRange(Enumerable.Range(0, 10_000).Average(_ => random.NextDouble()), 0.48, 0.52);
    }

    [Fact]
    public void Feeds_hand_out_constant_circular_and_seeded_items()
    {
        ScenarioInfo Copy(int number) => new("x", number, "x", TimeSpan.Zero, ScenarioOperation.Bombing);
        var circular = DataFeed.Circular(["a", "b", "c"]);

        Assert.Equal("b", DataFeed.Constant(["a", "b", "c"]).GetNextItem(Copy(4)));
        Assert.Equal(["a", "b", "c", "a"], Enumerable.Range(0, 4).Select(i => circular.GetNextItem(Copy(i % 2))));
        var (one, two) = (DataFeed.Random(Enumerable.Range(0, 100), 5), DataFeed.Random(Enumerable.Range(0, 100), 5));
        Assert.Equal(Enumerable.Range(0, 50).Select(_ => one.GetNextItem(Copy(0))), Enumerable.Range(0, 50).Select(_ => two.GetNextItem(Copy(0))));
    }
}
