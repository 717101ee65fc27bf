namespace ChaosLab.Load.Measuring;

/// <summary>A histogram at rest: only the buckets that hold something, as variable-length numbers. A second of requests
/// takes 100 to 300 bytes so.</summary>
internal sealed class SparseHistogram
{
    private readonly byte[] _buckets;
    private readonly (double Sum, double SumOfSquares, long Min, long Max) _totals;
    private readonly long _count;

    public SparseHistogram(Histogram histogram)
    {
        using var bytes = new MemoryStream();
        var last = 0;
        foreach (var (index, count) in histogram.Buckets())
        {
            Write(bytes, index - last);
            Write(bytes, count);
            last = index;
        }
        (_buckets, _totals, _count) = (bytes.ToArray(), histogram.Totals, histogram.Count);
    }

    public int SizeBytes => _buckets.Length;

    /// <summary>Adds this one's counts to <paramref name="target"/>.</summary>
    public void AddTo(Histogram target)
    {
        var (at, index) = (0, 0);
        while (at < _buckets.Length)
        {
            index += (int)Read(ref at);
            target.Restore(index, Read(ref at));
        }
        target.RestoreTotals(_count, _totals.Sum, _totals.SumOfSquares, _totals.Min, _totals.Max);
    }

    private static void Write(MemoryStream bytes, long value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.WriteByte((byte)(value | 0x80));
        bytes.WriteByte((byte)value);
    }

    private long Read(ref int at)
    {
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = _buckets[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
