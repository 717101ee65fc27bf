using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class ScalingFitTests
{
    private static readonly double[] Users = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

    private static List<ScalingPoint> Points(Func<double, double> law, double noise = 0, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Repeat(Users, 3).SelectMany(users => users).Select(users => new ScalingPoint(users, law(users) * (1 + (noise * ((2 * random.NextDouble()) - 1)))))];
    }

    [Fact]
    public void The_universal_law_is_found_again_from_its_own_points()
    {
        var truth = new ScalingModel.Universal(100, 0.05, 0.001);

        var fitted = ScalingFit.Universal(Points(truth.At));

        Assert.Equal(100, fitted.Lambda, 1e-3 * 100);
        Assert.Equal(0.05, fitted.Sigma, 1e-3);
        Assert.Equal(0.001, fitted.Kappa, 1e-5);
        // √((1 − 0.05) / 0.001)
        Assert.Equal(30.822, fitted.Peak, 0.1);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100.0 * 2 / (1 + 0.1 + 0.02))]
    [InlineData(10, 100.0 * 10 / (1 + 0.9 + 0.9))]
    public void The_universal_law_says_what_its_formula_says(double users, double throughput) =>
        Assert.Equal(throughput, new ScalingModel.Universal(100, 0.1, 0.01).At(users), 1e-9);

    [Theory]
    [InlineData(24, "throughput falls beyond 30.8")]
    [InlineData(12, "no peak is in sight within what was measured")]
    public void A_peak_is_told_only_within_twice_what_was_measured(double most, string says) =>
        Assert.Contains(says, new ScalingModel.Universal(100, 0.05, 0.001).Says(most), StringComparison.Ordinal);

    public static TheoryData<string, Func<double, double>> Truths => new()
    {
        { "hard limit", new ScalingModel.HardLimit(40, 300).At },
        { "machine repairman", new ScalingModel.Repairman(0.060, 0.010, 2).At },
        { "Amdahl", new ScalingModel.Amdahl(50, 0.08).At },
        { "universal scalability law", new ScalingModel.Universal(50, 0.02, 0.004).At },
    };

    [Theory]
    [MemberData(nameof(Truths))]
    public void The_law_that_made_the_points_is_chosen(string name, Func<double, double> law) =>
        Assert.Equal(name, ScalingFit.Rivals(Points(law, noise: 0.01))[0].Model.Name);

    [Fact]
    public void Aicc_is_its_formula()
    {
        // n = 10, two parameters and the variance: 10·ln(0.5/10) + 6 + 24/6
        Assert.Equal((10 * Math.Log(0.05)) + 6 + 4, ScalingFit.Aicc(0.5, 10, 2), 1e-12);
        Assert.True(double.IsPositiveInfinity(ScalingFit.Aicc(0.5, 4, 2)));
    }

    [Fact]
    public void Nothing_is_said_beyond_twice_what_was_measured()
    {
        var best = ScalingFit.Rivals(Points(new ScalingModel.Amdahl(50, 0.1).At))[0];

        Assert.NotNull(best.At(64));
        Assert.Null(best.At(65));
    }

    [Theory]
    [MemberData(nameof(Truths))]
    public void The_intervals_of_its_numbers_hold_what_was_fitted_and_tell_how_sure_it_is(string name, Func<double, double> law)
    {
        var (quiet, noisy) = (First(0.01), First(0.1));

        Assert.All(quiet.Numbers, number => Assert.InRange(number.Value, number.Low, number.High));
        Assert.True(Width(quiet.Numbers[0]) < Width(noisy.Numbers[0]), $"{Width(quiet.Numbers[0])} < {Width(noisy.Numbers[0])}");

        (string Name, IReadOnlyList<FitParameter> Numbers) First(double noise)
        {
            var points = Points(law, noise);
            var fit = ScalingFit.Rivals(points).First(one => one.Model.Name == name);
            return (fit.Model.Name, ScalingFit.Intervals(fit.Model, points, 1));
        }

        static double Width(FitParameter number) => number.High - number.Low;
    }

    [Fact]
    public void Units_do_not_change_the_choice()
    {
        var points = Points(new ScalingModel.Repairman(0.060, 0.010, 2).At, noise: 0.02, seed: 3);

        var perSecond = ScalingFit.Rivals(points).Select(fit => fit.Model.Name).ToList();
        var perMinute = ScalingFit.Rivals([.. points.Select(point => point with { Throughput = point.Throughput * 60 })]).Select(fit => fit.Model.Name).ToList();

        Assert.Equal(perSecond[0], perMinute[0]);
    }

    [Fact]
    public void Too_few_points_are_refused() => Assert.Throws<ArgumentException>(() => ScalingFit.Rivals([new(1, 10), new(2, 20), new(3, 30), new(3, 30), new(3, 30)]));
}
