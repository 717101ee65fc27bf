namespace ChaosLab.Shortener.Faults;

/// <summary>Chance as a pure function of seed and index, so that concurrency cannot reorder it and a run can be replayed.</summary>
public static class SeededDecision
{
    /// <summary>The <paramref name="index"/>-th draw of a stream, by SplitMix64 (Steele, Lea, Flood 2014).</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">Draws for different purposes come from different streams.</param>
    /// <param name="index">Which draw.</param>
    /// <returns>A number from 0 up to, but not including, 1.</returns>
    public static double Draw(int seed, int stream, long index)
    {
        var z = Mix(Mix(((ulong)(uint)seed << 8) + (ulong)stream) + (ulong)index * 0x9E3779B97F4A7C15);
        return (z >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
