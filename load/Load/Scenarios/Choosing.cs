namespace ChaosLab.Load;

/// <summary>Ways to draw that visitors need.</summary>
public static class Choosing
{
    /// <summary>Rank of a Zipf law: 1 is the most popular of <paramref name="n"/>, rank r is drawn in proportion to r^−s.
    /// Rejection-inversion after Hörmann and Derflinger (1996): no table, a constant number of steps on average.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="n">Number of ranks, ≥ 1.</param>
    /// <param name="s">Exponent, &gt; 0; 1 is the usual law.</param>
    public static int Zipf(this Random random, int n, double s)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(s, 0);
        var (first, last) = (Area(1.5, s) - 1, Area(n + 0.5, s));
        var shortcut = 2 - AreaInverse(Area(2.5, s) - Math.Pow(2, -s), s);
        while (true)
        {
            var u = last + random.NextDouble() * (first - last);
            var x = AreaInverse(u, s);
            var rank = (int)Math.Clamp(x + 0.5, 1, n);
            if (rank - x <= shortcut || u >= Area(rank + 0.5, s) - Math.Pow(rank, -s))
                return rank;
        }
    }

    /// <summary>Draws an item in proportion to its weight.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="items">Items with weights ≥ 0, at least one above 0.</param>
    /// <exception cref="ArgumentException">No item has a weight above 0.</exception>
    public static T Choice<T>(this Random random, (T, int)[] items)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(items);
        var total = items.Sum(item => (long)item.Item2);
        if (total <= 0 || items.Any(item => item.Item2 < 0))
            throw new ArgumentException("Weights must be 0 or more, and one of them above 0.", nameof(items));
        var at = random.NextInt64(total);
        foreach (var (item, weight) in items)
            if ((at -= weight) < 0)
                return item;
        throw new System.Diagnostics.UnreachableException();
    }

    // Area under x^−s from 1, and its inverse; the expm1/log1p forms stay exact near s = 1.
    private static double Area(double x, double s)
    {
        var log = Math.Log(x);
        return Ratio((1 - s) * log, static y => Expm1(y)) * log;
    }

    private static double AreaInverse(double area, double s)
    {
        var t = Math.Max(-1, area * (1 - s));
        return Math.Exp(Ratio(t, static y => Log1p(y)) * area);
    }

    private static double Ratio(double y, Func<double, double> f) => Math.Abs(y) < 1e-12 ? 1 : f(y) / y;
    private static double Expm1(double y) => Math.Abs(y) < 1e-5 ? y + y * y / 2 + y * y * y / 6 : Math.Exp(y) - 1;
    private static double Log1p(double y) => Math.Abs(y) < 1e-5 ? y - y * y / 2 + y * y * y / 3 : Math.Log(1 + y);
}
