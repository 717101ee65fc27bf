using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearRegression;
using MathNet.Numerics.Optimization;

namespace ChaosLab.Chaos.Bottleneck;

/// <summary>Fits the rival laws of scaling to measured points and chooses by AICc.</summary>
public static class ScalingFit
{
    private const int Steps = 500, Resamples = 200;

    /// <summary>Fits every rival; the best comes first.</summary>
    /// <param name="points">At least 6 points with at least 4 different N. Errors count relative to the throughput: repeats scatter in proportion to it.</param>
    public static IReadOnlyList<FittedModel> Rivals(IReadOnlyList<ScalingPoint> points)
    {
        if (points.Count < 6 || points.Select(point => point.Users).Distinct().Count() < 4)
            throw new ArgumentException("a scaling curve needs at least 6 points at 4 different numbers of users", nameof(points));
        return [.. ((ScalingModel[])[Universal(points), Amdahl(points), HardLimit(points), Repairman(points)]).Select(model => Judge(model, points)).OrderBy(fit => fit.Aicc)];
    }

    /// <summary>
    /// Each number of a law with the middle 90 % of what it would have been: the law is fitted again to 200 resamples of the repeats, each within
    /// its own N (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13: percentile intervals).
    /// </summary>
    /// <param name="law">The law as fitted to the points.</param>
    /// <param name="points">What it was fitted to.</param>
    /// <param name="seed">Seed of the resamples.</param>
    public static IReadOnlyList<FitParameter> Intervals(ScalingModel law, IReadOnlyList<ScalingPoint> points, int seed)
    {
        ArgumentNullException.ThrowIfNull(law);
        var random = new Random(seed);
        var groups = points.GroupBy(point => point.Users).Select(group => group.ToArray()).ToList();
        var again = Enumerable.Range(0, Resamples)
            .Select(_ => Again(law, [.. groups.SelectMany(group => group.Select(_ => group[random.Next(group.Length)]))]).Numbers).ToList();
        return [.. law.Numbers.Select((number, n) =>
        {
            var sorted = again.Select(numbers => numbers[n].Value).Order().ToList();
            return new FitParameter(number.Name, number.Value, sorted[(int)(0.05 * Resamples)], sorted[(int)(0.95 * Resamples) - 1]);
        })];
    }

    /// <summary>AICc = n·ln(RSS/n) + 2p + 2p(p+1)/(n−p−1), p counting the variance of the error (Burnham and Anderson, Model Selection, 2002, section 7.7.6).</summary>
    /// <param name="residualSquares">Sum of squared residuals, above 0.</param>
    /// <param name="points">n; more than p + 1.</param>
    /// <param name="parameters">Free parameters without the variance.</param>
    public static double Aicc(double residualSquares, int points, int parameters)
    {
        var p = parameters + 1;
        return points <= p + 1
            ? double.PositiveInfinity
            : (points * Math.Log(Math.Max(residualSquares, 1e-12) / points)) + (2 * p) + (2.0 * p * (p + 1) / (points - p - 1));
    }

    /// <summary>
    /// The universal law by weighted least squares (Levenberg–Marquardt, all three ≥ 0). Start: N/X = a + b(N−1) + cN(N−1), so λ = 1/a, σ = b/a, κ = c/a.
    /// </summary>
    public static ScalingModel.Universal Universal(IReadOnlyList<ScalingPoint> points)
    {
        var start = MultipleRegression.QR(
            points.Select(point => (double[])[point.Users - 1, point.Users * (point.Users - 1)]).ToArray(), points.Select(point => point.Users / point.Throughput).ToArray(), intercept: true);
        var a = Math.Max(start[0], 1e-9);
        var fitted = Minimize(points, [1 / a, Math.Max(start[1] / a, 1e-4), Math.Max(start[2] / a, 1e-6)], p => new ScalingModel.Universal(p[0], p[1], p[2]));
        return new(fitted[0], fitted[1], fitted[2]);
    }

    private static ScalingModel.Amdahl Amdahl(IReadOnlyList<ScalingPoint> points)
    {
        var start = SimpleRegression.Fit(points.Select(point => point.Users - 1).ToArray(), points.Select(point => point.Users / point.Throughput).ToArray());
        var a = Math.Max(start.A, 1e-9);
        var fitted = Minimize(points, [1 / a, Math.Max(start.B / a, 1e-4)], p => new ScalingModel.Amdahl(p[0], p[1]));
        return new(fitted[0], fitted[1]);
    }

    // The corner lies between two numbers of users: on each side the best parameter is a mean, so that trying every split is exact.
    private static ScalingModel.HardLimit HardLimit(IReadOnlyList<ScalingPoint> points)
    {
        ScalingModel.HardLimit? best = null;
        foreach (var split in points.Select(point => point.Users).Distinct())
        {
            var (below, above) = (points.Where(point => point.Users <= split).ToList(), points.Where(point => point.Users > split).ToList());
            // Of relative errors: the weighted means with weights 1/X².
            var lambda = below.Sum(point => point.Users / point.Throughput) / below.Sum(point => point.Users / point.Throughput * (point.Users / point.Throughput));
            var ceiling = above.Count == 0 ? points.Max(point => point.Users) * lambda : above.Sum(point => 1 / point.Throughput) / above.Sum(point => 1 / (point.Throughput * point.Throughput));
            var model = new ScalingModel.HardLimit(lambda, ceiling);
            if (best is null || Squares(model, points) < Squares(best, points)) best = model;
        }

        return best!;
    }

    // The number of servers is whole: each is tried with the best times.
    private static ScalingModel.Repairman Repairman(IReadOnlyList<ScalingPoint> points)
    {
        ScalingModel.Repairman? best = null;
        var most = points.Max(point => point.Throughput);
        var one = points.OrderBy(point => point.Users).Take(3).Average(point => point.Users / point.Throughput);
        for (var servers = 1; servers <= 8; servers++)
        {
            var service = Math.Min(servers / most, one * 0.9);
            var model = Repairman(points, new ScalingModel.Repairman(Math.Max(one - service, one * 0.05), service, servers));
            if (best is null || Squares(model, points) < Squares(best, points)) best = model;
        }

        return best!;
    }

    private static ScalingModel.Repairman Repairman(IReadOnlyList<ScalingPoint> points, ScalingModel.Repairman start)
    {
        var fitted = Minimize(points, [start.Think, start.Service], p => new ScalingModel.Repairman(p[0], p[1], start.Servers), Steps / 10);
        return new(fitted[0], fitted[1], start.Servers);
    }

    private static ScalingModel Again(ScalingModel law, IReadOnlyList<ScalingPoint> points) => law switch
    {
        ScalingModel.Universal => Universal(points),
        ScalingModel.Amdahl => Amdahl(points),
        ScalingModel.HardLimit => HardLimit(points),
        ScalingModel.Repairman repairman => Repairman(points, repairman),
        _ => throw new ArgumentException($"{law.Name} is none of the rivals", nameof(law)),
    };

    // In the logarithms of the parameters: they are positive, of very different size, and so unbounded for the minimizer.
    private static double[] Minimize(IReadOnlyList<ScalingPoint> points, double[] start, Func<double[], ScalingModel> model, int steps = Steps)
    {
        var users = Vector<double>.Build.DenseOfEnumerable(points.Select(point => point.Users));
        var ones = Vector<double>.Build.Dense(points.Count, 1);
        var objective = ObjectiveFunction.NonlinearModel(
            (parameters, _) =>
            {
                var law = model([.. parameters.Select(logarithm => Math.Exp(logarithm))]);
                return Vector<double>.Build.DenseOfEnumerable(points.Select(point => law.At(point.Users) / point.Throughput));
            }, users, ones);
        var logarithms = Vector<double>.Build.DenseOfEnumerable(start.Select(value => Math.Log(value)));
        try
        {
            var found = new LevenbergMarquardtMinimizer(maximumIterations: steps).FindMinimum(objective, logarithms).MinimizingPoint;
            var fitted = found.Select(logarithm => Math.Exp(logarithm)).ToArray();
            if (fitted.All(double.IsFinite) && Squares(model(fitted), points) <= Squares(model(start), points)) return fitted;
        }
        catch (MathNet.Numerics.NonConvergenceException)
        {
            // A law that does not fit at all: its start values lose by their own residuals.
        }

        return start;
    }

    private static double Squares(ScalingModel model, IReadOnlyList<ScalingPoint> points) => points.Sum(point => Math.Pow((model.At(point.Users) / point.Throughput) - 1, 2));

    private static FittedModel Judge(ScalingModel model, IReadOnlyList<ScalingPoint> points)
    {
        var squares = Squares(model, points);
        return new(model, Aicc(squares, points.Count, model.Parameters), Math.Sqrt(squares / points.Count), points.Max(point => point.Users));
    }
}

/// <summary>A number of a fitted law.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Low">Lower end of the middle 90 % of the resamples.</param>
/// <param name="High">Upper end.</param>
public sealed record FitParameter(string Name, double Value, double Low, double High);

/// <summary>A law with its best parameters.</summary>
/// <param name="Model">The law.</param>
/// <param name="Aicc">Smaller is better; 2 is little, 10 is much.</param>
/// <param name="RelativeError">Root mean square of the relative residuals, 0 and more.</param>
/// <param name="LargestUsers">Largest N measured.</param>
public sealed record FittedModel(ScalingModel Model, double Aicc, double RelativeError, double LargestUsers)
{
    /// <summary>X(N) in 1/s; null beyond twice the largest N measured, where no fit may be quoted.</summary>
    public double? At(double users) => users > 2 * LargestUsers ? null : Model.At(users);
}
