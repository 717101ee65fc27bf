namespace ChaosLab.Load.Schedules;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): starts anew from any number at the cost of one assignment, so that each
/// arrival can have chance of its own without an object of its own. Not thread-safe.</summary>
public sealed class SeededRandom(ulong seed) : Random(0)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>Starts anew.</summary>
    public void Reseed(ulong seed) => _state = seed;

    /// <summary>A seed for item (a, b) of a run with the given seed.</summary>
    public static ulong Seed(int run, long a, long b = 0) =>
        Scramble(Scramble(Scramble((ulong)(uint)run + Golden) + (ulong)a + Golden) + (ulong)b + Golden);

    /// <summary>A stable number for a name.</summary>
    public static long NumberOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var hash = 14695981039346656037; // FNV-1a
        foreach (var c in name)
            hash = (hash ^ c) * 1099511628211;
        return (long)hash;
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();
    /// <inheritdoc/>
    public override double NextDouble() => (NextULong() >> 11) * (1.0 / (1UL << 53));
    /// <inheritdoc/>
    public override float NextSingle() => (NextULong() >> 40) * (1.0f / (1 << 24));
    /// <inheritdoc/>
    public override int Next() => (int)Below(int.MaxValue);
    /// <inheritdoc/>
    public override int Next(int maxValue) => Next(0, maxValue);
    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);
    /// <inheritdoc/>
    public override long NextInt64() => (long)Below(long.MaxValue);
    /// <inheritdoc/>
    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : minValue + (long)Below((ulong)(maxValue - minValue));
    }

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        for (; buffer.Length >= 8; buffer = buffer[8..])
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(buffer, NextULong());
        var last = NextULong();
        foreach (ref var b in buffer)
            (b, last) = ((byte)last, last >> 8);
    }

    private ulong NextULong() => Scramble(_state += Golden);

    // Multiply-shift: the bias is below bound ÷ 2^64.
    private ulong Below(ulong bound) => Math.BigMul(NextULong(), bound, out _);

    private static ulong Scramble(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
