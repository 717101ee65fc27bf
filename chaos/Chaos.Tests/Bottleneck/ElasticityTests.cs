using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class ElasticityTests
{
    // Throughput follows time with the elasticity, on a drift that is linear in the logarithm.
    private static DoseBlock Block(double elasticity, double factor, double drift = 0, double noise = 0)
    {
        DoseReading At(int place, bool isOn, double off) => new(100 * Math.Pow(isOn ? factor : 1, elasticity) * Math.Exp((drift * place) + off), 0.010 * (isOn ? factor : 1));
        return new(At(0, false, 0), At(1, true, noise), At(2, true, 0), At(3, false, 0));
    }

    [Fact]
    public void A_linear_drift_cancels_within_a_block()
    {
        var found = Elasticity.Of([Block(-0.8, 1.4, drift: 0.1), Block(-0.8, 1.4, drift: -0.2)])!;

        Assert.Equal(-0.8, found.Value, 1e-9);
        Assert.Equal(0, found.StandardError, 1e-9);
        Assert.Equal(1.4, found.Factor, 1e-9);
    }

    [Fact]
    public void Noise_becomes_a_standard_error()
    {
        // A jump of 0.2 in one of two readings moves ΔlnX by 0.1, up once and down once: the mean stays.
        var found = Elasticity.Of([Block(-1, 1.5, noise: 0.2), Block(-1, 1.5, noise: -0.2)])!;

        Assert.Equal(-1, found.Value, 1e-9);
        Assert.Equal(0.1 / Math.Log(1.5), found.StandardError, 1e-9);
    }

    [Fact]
    public void A_block_whose_dose_did_not_bite_says_nothing()
    {
        Assert.Null(Elasticity.Of([Block(-1, 1.01)]));
        Assert.Equal(1, Elasticity.Of([Block(-1, 1.01), Block(-1, 1.4)])!.Blocks);
    }

    [Fact]
    public void A_dose_under_which_the_time_shrank_says_nothing() => Assert.Null(Elasticity.Of([Block(-1, 0.7), Block(-1, 1.1)]));

    [Fact]
    public void One_block_has_no_error_yet() => Assert.True(double.IsPositiveInfinity(Elasticity.Of([Block(-1, 1.4)])!.StandardError));

    // One user in a round of 10 ms, 0.5 ms of them in the part: e = −0.05 whatever the dose.
    [Theory]
    [InlineData(0.0015)]
    [InlineData(0.0150)]
    public void A_dose_that_is_no_small_change_of_a_quick_part_does_not_blow_it_up(double dose)
    {
        DoseReading At(double more) => new(1 / (0.010 + more), 0.0005 + more);
        var block = new DoseBlock(At(0), At(dose), At(dose), At(0));

        var found = Elasticity.Of([block, block], isTime: true)!;

        Assert.Equal(-0.05, found.Value, 0.002);
        Assert.Equal(1 + (dose / 0.0005), found.Factor, 1e-9);
    }

    [Fact]
    public void A_large_dose_of_a_part_that_is_all_of_the_round_costs_all_of_it()
    {
        DoseReading At(double seconds) => new(1 / seconds, seconds);

        Assert.Equal(-1, Elasticity.Of([new(At(0.01), At(0.05), At(0.05), At(0.01))], isTime: true)!.Value, 1e-9);
    }

    [Fact]
    public void It_ends_after_three_that_agree_or_after_twelve()
    {
        var agreeing = Enumerable.Repeat(Block(-1, 1.4), 3).ToList();
        var arguing = Enumerable.Range(0, 12).Select(n => Block(-1, 1.4, noise: n % 2 == 0 ? 1 : -1)).ToList();

        Assert.False(Elasticity.IsSettled(agreeing[..2]));
        Assert.True(Elasticity.IsSettled(agreeing));
        Assert.False(Elasticity.IsSettled(arguing[..11]));
        Assert.True(Elasticity.IsSettled(arguing));
    }

    [Theory]
    [InlineData(2, 2, 0, 0)]
    [InlineData(1, 2, 2, 0.5 * 0.632120558828557)]
    [InlineData(4, 2, 2, 0.632120558828557)]
    [InlineData(3, 0, 5, 0)]
    public void A_score_needs_use_and_a_queue(double busy, double capacity, double waiting, double score) =>
        Assert.Equal(score, new Resource(ComponentKind.Connection, "app1", capacity, busy, waiting, 100).Score, 1e-9);
}
