using ChaosLab.Load.Measuring;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Tests.Measuring;

public class HistogramTests
{
    private static readonly double[] Qs = [0, 1, 25, 50, 75, 90, 95, 99, 99.9, 100];

    private static long[] Values(int seed, int count)
    {
        var random = new SeededRandom((ulong)seed);
        return [.. Enumerable.Range(0, count).Select(_ => (long)Math.Exp(random.NextDouble() * 42))]; // 1 ns to 50 years
    }

    private static Histogram Of(IEnumerable<long> values)
    {
        var histogram = new Histogram();
        foreach (var value in values)
            histogram.Record(value);
        return histogram;
    }

    [Fact]
    public void Every_value_lies_in_its_bucket_and_the_bucket_is_narrow()
    {
        foreach (var value in Values(1, 20_000).Concat([0, 1, 127, 128, 129, 255, 256, 257, long.MaxValue - 1, long.MaxValue]))
        {
            var (lowest, highest) = Histogram.RangeOf(Histogram.IndexOf(value));
            Assert.InRange(value, lowest, highest);
            Assert.True(highest - lowest <= value / 128.0, $"{value} lies in {lowest}–{highest}");
        }
    }

    [Fact]
    public void Buckets_have_no_gaps_and_no_overlaps()
    {
        for (var index = 0; index < 128 * 50; index++)
            Assert.Equal(Histogram.RangeOf(index).Highest + 1, Histogram.RangeOf(index + 1).Lowest);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 10)]
    [InlineData(3, 999)]
    [InlineData(4, 50_000)]
    public void Percentiles_are_within_0_4_percent_of_the_exact_ones(int seed, int count)
    {
        var values = Values(seed, count);
        var histogram = Of(values);

        Array.Sort(values);
        foreach (var q in Qs)
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(q / 100 * count) - 1)];
            Assert.InRange(histogram.Percentile(q), Math.Floor(exact * (1 - 1 / 256.0)), Math.Ceiling(exact * (1 + 1 / 256.0)));
        }
    }

    [Fact]
    public void Merging_equals_recording_everything_in_one()
    {
        var (a, b) = (Values(1, 5_000), Values(2, 300));
        var merged = Of(a);
        merged.Add(Of(b));

        var one = Of(a.Concat(b));
        Assert.Equal(one.Buckets(), merged.Buckets());
        Assert.Equal((one.Count, one.Min, one.Max), (merged.Count, merged.Min, merged.Max));
        Assert.Equal(one.Mean, merged.Mean, one.Mean * 1e-9);
        Assert.Equal(one.StdDev, merged.StdDev, one.StdDev * 1e-6);
    }

    [Fact]
    public void The_order_of_merging_does_not_matter()
    {
        var parts = Enumerable.Range(1, 5).Select(seed => Values(seed, 400)).ToArray();
        var (forward, backward) = (new Histogram(), new Histogram());
        foreach (var part in parts)
            forward.Add(Of(part));
        foreach (var part in parts.Reverse())
            backward.Add(Of(part));

        Assert.Equal(forward.Buckets(), backward.Buckets());
    }

    [Fact]
    public void The_sparse_form_loses_nothing_and_is_small()
    {
        var histogram = Of(Enumerable.Range(0, 300).Select(i => 1_000_000L + i * 7_000));
        var sparse = new SparseHistogram(histogram);
        var back = new Histogram();
        sparse.AddTo(back);

        Assert.Equal(histogram.Buckets(), back.Buckets());
        Assert.Equal((histogram.Count, histogram.Min, histogram.Max, histogram.Mean), (back.Count, back.Min, back.Max, back.Mean));
        Assert.InRange(sparse.SizeBytes, 1, 600);
    }

    [Fact]
    public void Seconds_keep_stragglers_where_they_belong()
    {
        var series = new SecondSeries();
        int[] seconds = [0, 1, 2, 3, 4, 5, 6, 7, 0, 3, 9, 0];
        foreach (var second in seconds)
            series.Record(second, 1_000 * (second + 1));

        var merged = new SortedDictionary<int, Histogram>();
        series.AddTo(merged);
        Assert.Equal(seconds.GroupBy(s => s).OrderBy(g => g.Key).Select(g => (g.Key, (long)g.Count())), merged.Select(m => (m.Key, m.Value.Count)));
        Assert.All(merged, m => Assert.Equal(1_000 * (m.Key + 1), m.Value.Max));
    }

    [Fact]
    public void An_empty_histogram_says_zero()
    {
        var histogram = new Histogram();

        Assert.Equal((0, 0, 0, 0, 0.0), (histogram.Count, histogram.Min, histogram.Max, histogram.Percentile(99), histogram.Mean));
    }

    [Fact]
    public void Clearing_forgets_everything()
    {
        var histogram = Of([1, 1_000_000]);
        histogram.Clear();
        histogram.Record(5);

        Assert.Equal((1, 5, 5, 5), (histogram.Count, histogram.Min, histogram.Max, histogram.Percentile(50)));
    }
}
