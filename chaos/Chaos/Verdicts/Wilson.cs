namespace ChaosLab.Chaos.Verdicts;

/// <summary>Interval of a share that behaves at 0 % and 100 %, unlike the normal approximation (Wilson, JASA 22, 1927).</summary>
public static class Wilson
{
    private const double Z = 1.959964; // 95 %, two-sided

    /// <summary>95 % interval of a share; 0 to 1 when there is no trial.</summary>
    /// <param name="hits">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">0 or more.</param>
    public static (double Low, double High) Interval(long hits, long trials)
    {
        if (trials == 0)
            return (0, 1);
        var share = (double)hits / trials;
        var spread = Z * Z / trials;
        var middle = (share + spread / 2) / (1 + spread);
        var half = Z * Math.Sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread);
        return (hits == 0 ? 0 : Math.Max(0, middle - half), hits == trials ? 1 : Math.Min(1, middle + half));
    }
}
