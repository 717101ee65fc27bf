using ChaosLab.Lab.Comparisons;

namespace ChaosLab.Chaos.Tests.Comparisons;

public sealed class ComparedFigureTests
{
    [Fact]
    public void Ratios_are_averaged_as_logarithms_and_the_interval_is_students()
    {
        // ln 2, ln 2 and ln 4 differ by ln 2: mean 4/3 ln 2, standard error ln 2 / 3; t(2 degrees, 99 %) is 9.9248.
        var figure = Of((10, 20), (10, 20), (10, 40));

        Assert.Equal(Math.Pow(2, 4 / 3d), figure.Ratio, 6);
        Assert.Equal(Math.Exp(Math.Log(2) * ((4 / 3d) - (9.924843 / 3))), figure.Lowest, 5);
        Assert.Equal(Math.Exp(Math.Log(2) * ((4 / 3d) + (9.924843 / 3))), figure.Highest, 3);
        Assert.Equal(10, figure.Baseline);
        Assert.Equal(20, figure.Candidate);
    }

    [Fact]
    public void Twice_as_slow_is_worse_in_spite_of_noise() => Assert.Equal(Change.Worse, Noisy(factor: 2, noise: 0.2, pairs: 12).Change);

    [Fact]
    public void The_same_build_is_not_worse_in_spite_of_noise() => Assert.Equal(Change.NotWorse, Noisy(factor: 1, noise: 0.2, pairs: 12).Change);

    [Fact]
    public void Less_than_the_tolerance_is_not_worse() => Assert.Equal(Change.NotWorse, Noisy(factor: 1.05, noise: 0.01, pairs: 6).Change);

    [Fact]
    public void What_could_hide_a_change_that_matters_is_unclear_and_not_good() => Assert.Equal(Change.Unclear, Noisy(factor: 1, noise: 1, pairs: 6).Change);

    [Fact]
    public void Faster_is_not_worse_however_noisy() => Assert.Equal(Change.NotWorse, Noisy(factor: 0.3, noise: 0.3, pairs: 8).Change);

    // How often chance alone is called worse: 400 comparisons of equal builds, four figures each, as the gate judges them.
    [Fact]
    public void Equal_builds_are_hardly_ever_called_worse_and_slower_ones_hardly_ever_missed()
    {
        var random = new Random(7);
        var equal = Enumerable.Range(0, 1600).Count(_ => Drawn(random, 1, 0.25, 8).Change == Change.Worse);
        var missed = Enumerable.Range(0, 1600).Count(_ => Drawn(random, 1.6, 0.15, 20).Change == Change.NotWorse);

        Assert.InRange(equal, 0, 16);
        Assert.InRange(missed, 0, 16);
    }

    [Fact]
    public void Two_pairs_are_too_few() => Assert.Throws<ArgumentOutOfRangeException>(() => Of((1, 1), (1, 1)));

    private static ComparedFigure Of(params (double, double)[] pairs) => ComparedFigure.Of("time", "ms", pairs, 0.1, 0.6);

    // Noise that cancels out over the pairs: +n, -n, +n, ...
    private static ComparedFigure Noisy(double factor, double noise, int pairs) =>
        Of([.. Enumerable.Range(0, pairs).Select(pair => (10d, 10 * factor * Math.Exp(pair % 2 == 0 ? noise : -noise)))]);

    private static ComparedFigure Drawn(Random random, double factor, double noise, int pairs) => Of([.. Enumerable.Range(0, pairs).Select(_ => (
        10 * Math.Exp(noise * Normal(random)), 10 * factor * Math.Exp(noise * Normal(random))))]);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
