using System.Numerics;

namespace ChaosLab.Load.Schedules;

/// <summary>When the arrivals of one stretch of open load are due: arithmetic on the arrival's number, no clock and no
/// running sum. Times are in ns from the start of the stretch.</summary>
public abstract class Arrivals
{
    /// <summary>How many there are, 0 or more.</summary>
    public abstract long Count { get; }
    /// <summary>Intended start of arrival <paramref name="k"/> (0 to Count − 1), never falling with k.</summary>
    public abstract long Due(long k);

    /// <summary>floor(a · b ÷ c) without overflow.</summary>
    internal static long Scale(long a, long b, long c) => (long)((Int128)a * b / c);
}

/// <summary>A fixed rate: arrival k is due at k ÷ rate.</summary>
public sealed class ConstantArrivals(int rate, long intervalNs, long count) : Arrivals
{
    /// <inheritdoc/>
    public override long Count => count;
    /// <inheritdoc/>
    public override long Due(long k) => Scale(k, intervalNs, rate);

    /// <summary>All that are due before the end of the stretch.</summary>
    public static ConstantArrivals During(int rate, long intervalNs, long durationNs) =>
        new(rate, intervalNs, (long)(((Int128)rate * durationNs + intervalNs - 1) / intervalNs));
}

/// <summary>A rate that moves linearly from r0 to r1 per second: arrival k is due at 2k ÷ (r0 + √(r0² + 2ak)) with
/// a = (r1 − r0) ÷ T, the root of r0·t + a·t²/2 = k in the form that stays exact for a → 0 and for ramps down.</summary>
public sealed class RampArrivals : Arrivals
{
    private readonly double _from, _slope;
    private readonly long _durationNs;

    /// <summary>From one rate to another, each so many per its interval.</summary>
    public RampArrivals(int fromRate, long fromIntervalNs, int toRate, long toIntervalNs, long durationNs)
    {
        _from = fromRate * 1e9 / fromIntervalNs;
        _slope = (toRate * 1e9 / toIntervalNs - _from) / (durationNs / 1e9);
        _durationNs = durationNs;
        // floor((r0 + r1) · T ÷ 2), exactly.
        var twice = (BigInteger)fromRate * toIntervalNs + (BigInteger)toRate * fromIntervalNs;
        Count = (long)(twice * durationNs / (2 * (BigInteger)fromIntervalNs * toIntervalNs));
    }

    /// <inheritdoc/>
    public override long Count { get; }

    /// <inheritdoc/>
    public override long Due(long k)
    {
        if (k == 0)
            return 0;
        var root = Math.Sqrt(Math.Max(0, _from * _from + 2 * _slope * k));
        return Math.Min(_durationNs, (long)(2 * k / (_from + root) * 1e9));
    }
}

/// <summary>Each interval draws its own rate from [min, max], both included, and spreads it evenly.</summary>
public sealed class RandomRateArrivals : Arrivals
{
    private readonly long _intervalNs;
    private readonly long[] _before; // arrivals before interval i; one longer than there are intervals

    /// <summary>The last interval is cut where the stretch ends.</summary>
    public RandomRateArrivals(int minRate, int maxRate, long intervalNs, long durationNs, ulong seed)
    {
        _intervalNs = intervalNs;
        var intervals = (int)((durationNs + intervalNs - 1) / intervalNs);
        _before = new long[intervals + 1];
        Rates = new int[intervals];
        var random = new SeededRandom(0);
        for (var i = 0; i < intervals; i++)
        {
            random.Reseed(seed + (ulong)i * 0x9E3779B97F4A7C15);
            Rates[i] = (int)random.NextInt64(minRate, (long)maxRate + 1);
            var length = Math.Min(intervalNs, durationNs - i * intervalNs);
            _before[i + 1] = _before[i] + (long)(((Int128)Rates[i] * length + intervalNs - 1) / intervalNs);
        }
    }

    /// <summary>The rate drawn for each interval.</summary>
    internal int[] Rates { get; }
    /// <inheritdoc/>
    public override long Count => _before[^1];

    /// <inheritdoc/>
    public override long Due(long k)
    {
        var interval = Slots.Holding(_before, k);
        return interval * _intervalNs + Scale(k - _before[interval], _intervalNs, Rates[interval]);
    }
}

/// <summary>A Poisson process: each second draws how many arrive and then where, so any arrival can be computed without
/// the ones before and rounding never adds up.</summary>
public sealed class PoissonArrivals : Arrivals
{
    private const long SlotNs = 1_000_000_000;
    private readonly long[] _before;
    private readonly long _durationNs;
    private readonly ulong _seed;
    private volatile Positions? _last;

    /// <summary><paramref name="rate"/> per interval on average.</summary>
    public PoissonArrivals(int rate, long intervalNs, long durationNs, ulong seed)
    {
        (_durationNs, _seed) = (durationNs, seed);
        var slots = (int)((durationNs + SlotNs - 1) / SlotNs);
        _before = new long[slots + 1];
        for (var slot = 0; slot < slots; slot++)
            _before[slot + 1] = _before[slot] + Draw(ChanceOf(slot), (double)rate * LengthOf(slot) / intervalNs);
    }

    /// <inheritdoc/>
    public override long Count => _before[^1];

    /// <inheritdoc/>
    public override long Due(long k)
    {
        var slot = Slots.Holding(_before, k);
        var positions = _last;
        if (positions is null || positions.Slot != slot)
            _last = positions = PositionsIn(slot);
        return positions.Ns[k - _before[slot]];
    }

    private sealed record Positions(int Slot, long[] Ns);

    // Given the number, the positions of a Poisson process are independent and uniform.
    private Positions PositionsIn(int slot)
    {
        var chance = ChanceOf(~slot);
        var ns = new long[_before[slot + 1] - _before[slot]];
        for (var i = 0; i < ns.Length; i++)
            ns[i] = slot * SlotNs + chance.NextInt64(LengthOf(slot));
        Array.Sort(ns);
        return new Positions(slot, ns);
    }

    private long LengthOf(int slot) => Math.Min(SlotNs, _durationNs - slot * SlotNs);
    private SeededRandom ChanceOf(int item) => new(_seed + (ulong)(long)item * 0xD1B54A32D192ED03);

    // Multiplication method in slices: the sum of independent Poisson counts is Poisson, and e^−30 is far from underflow.
    private static long Draw(SeededRandom chance, double mean)
    {
        long count = 0;
        for (; mean > 0; mean -= 30)
        {
            var (limit, product) = (Math.Exp(-Math.Min(mean, 30)), chance.NextDouble());
            for (; product > limit; product *= chance.NextDouble())
                count++;
        }
        return count;
    }
}

internal static class Slots
{
    /// <summary>The slot that holds item k, given how many items come before each slot.</summary>
    public static int Holding(long[] before, long k)
    {
        var (low, high) = (0, before.Length - 2);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (before[middle] <= k)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
