using System.Numerics;

namespace ChaosLab.Load;

/// <summary>Counts of durations in log-linear buckets: 128 per octave, so a value read back is at most 1/256 (0.39 %)
/// off. Merging adds counts and loses nothing. Not thread-safe.</summary>
public sealed class Histogram
{
    private const int SubBucketBits = 7, RowLength = 1 << SubBucketBits;
    // Row 0 holds 0–127 ns, row r ≥ 1 the octave from 64·2^r; made when first needed, a kilobyte each.
    private readonly long[]?[] _rows = new long[]?[64 - SubBucketBits];
    private double _sum, _sumOfSquares;
    private long _max, _min = long.MaxValue;

    /// <summary>Number of values, 0 or more.</summary>
    public long Count { get; private set; }
    /// <summary>Smallest value recorded; 0 when empty.</summary>
    public long Min => Count == 0 ? 0 : _min;
    /// <summary>Largest value recorded; 0 when empty.</summary>
    public long Max => _max;
    /// <summary>Mean of the values as recorded; 0 when empty.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;
    /// <summary>Population standard deviation; 0 when empty.</summary>
    public double StdDev => Count == 0 ? 0 : Math.Sqrt(Math.Max(0, _sumOfSquares / Count - Mean * Mean));

    /// <summary>Bucket of a value ≥ 0.</summary>
    public static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - SubBucketBits);
        return (shift << SubBucketBits) + (int)(value >> shift);
    }

    /// <summary>Smallest and largest value of a bucket.</summary>
    public static (long Lowest, long Highest) RangeOf(int index)
    {
        var shift = Math.Max(0, (index >> SubBucketBits) - 1);
        var lowest = (long)(index - (shift << SubBucketBits)) << shift;
        return (lowest, lowest + ((1L << shift) - 1));
    }

    /// <summary>Counts a value, in ns (or bytes); values below 0 count as 0.</summary>
    public void Record(long ns)
    {
        ns = Math.Max(0, ns);
        var index = IndexOf(ns);
        (_rows[index >> SubBucketBits] ??= new long[RowLength])[index & (RowLength - 1)]++;
        Count++;
        _sum += ns;
        _sumOfSquares += (double)ns * ns;
        _max = Math.Max(_max, ns);
        _min = Math.Min(_min, ns);
    }

    /// <summary>Adds the other's counts to this one's.</summary>
    public void Add(Histogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var row = 0; row < _rows.Length; row++)
        {
            if (other._rows[row] is not { } from)
                continue;
            var to = _rows[row] ??= new long[RowLength];
            for (var column = 0; column < RowLength; column++)
                to[column] += from[column];
        }
        Count += other.Count;
        _sum += other._sum;
        _sumOfSquares += other._sumOfSquares;
        _max = Math.Max(_max, other._max);
        _min = Math.Min(_min, other._min);
    }

    /// <summary>Smallest recorded value that at least <paramref name="q"/> percent of all values do not exceed, to within a
    /// bucket; 0 when empty.</summary>
    /// <param name="q">0 to 100.</param>
    public long Percentile(double q)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(q, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 100);
        if (Count == 0)
            return 0;
        var wanted = Math.Max(1, (long)Math.Ceiling(q / 100 * Count));
        long seen = 0;
        foreach (var (index, count) in Buckets())
        {
            if ((seen += count) < wanted)
                continue;
            var (lowest, highest) = RangeOf(index);
            return Math.Clamp(lowest + (highest - lowest) / 2, _min, _max);
        }
        return _max;
    }

    /// <summary>Number of values that are at most <paramref name="ns"/>, counting a bucket by its middle.</summary>
    public long CountUpTo(long ns)
    {
        long seen = 0;
        foreach (var (index, count) in Buckets())
        {
            var (lowest, highest) = RangeOf(index);
            if (lowest + (highest - lowest) / 2 > ns)
                break;
            seen += count;
        }
        return seen;
    }

    /// <summary>The buckets that hold something, smallest values first.</summary>
    public IEnumerable<(int Index, long Count)> Buckets()
    {
        for (var row = 0; row < _rows.Length; row++)
        {
            if (_rows[row] is not { } counts)
                continue;
            for (var column = 0; column < RowLength; column++)
                if (counts[column] != 0)
                    yield return ((row << SubBucketBits) + column, counts[column]);
        }
    }

    /// <summary>Forgets everything but keeps the memory.</summary>
    public void Clear()
    {
        foreach (var row in _rows)
            if (row is not null)
                Array.Clear(row);
        (Count, _sum, _sumOfSquares, _max, _min) = (0, 0, 0, 0, long.MaxValue);
    }

    // For the sparse form: what the buckets do not tell.
    internal (double Sum, double SumOfSquares, long Min, long Max) Totals => (_sum, _sumOfSquares, _min, _max);

    internal void Restore(int index, long count) =>
        (_rows[index >> SubBucketBits] ??= new long[RowLength])[index & (RowLength - 1)] += count;

    internal void RestoreTotals(long count, double sum, double sumOfSquares, long min, long max)
    {
        Count += count;
        _sum += sum;
        _sumOfSquares += sumOfSquares;
        _min = Math.Min(_min, min);
        _max = Math.Max(_max, max);
    }
}
