namespace ChaosLab.Load.Measuring;

/// <summary>A histogram for every second, by intended start. The last few are open for recording; older ones rest in
/// sparse form and are opened again for the rare straggler. Not thread-safe.</summary>
internal sealed class SecondSeries
{
    private const int OpenSeconds = 4;
    private readonly Dictionary<int, Histogram> _open = [];
    private readonly SortedDictionary<int, SparseHistogram> _resting = [];
    private readonly Stack<Histogram> _spare = new();

    public void Record(int second, long ns)
    {
        if (!_open.TryGetValue(second, out var histogram))
            histogram = Open(second);
        histogram.Record(ns);
    }

    /// <summary>Adds each second to the series of another.</summary>
    public void AddTo(SortedDictionary<int, Histogram> target)
    {
        foreach (var (second, resting) in _resting)
            resting.AddTo(Of(second));
        foreach (var (second, histogram) in _open)
            Of(second).Add(histogram);

        Histogram Of(int second)
        {
            if (!target.TryGetValue(second, out var into))
                target[second] = into = new Histogram();
            return into;
        }
    }

    private Histogram Open(int second)
    {
        if (_open.Count == OpenSeconds)
        {
            var oldest = _open.Keys.Min();
            var histogram = _open[oldest];
            _resting[oldest] = new SparseHistogram(histogram);
            _open.Remove(oldest);
            histogram.Clear();
            _spare.Push(histogram);
        }
        var opened = _spare.TryPop(out var spare) ? spare : new Histogram();
        if (_resting.Remove(second, out var resting))
            resting.AddTo(opened);
        return _open[second] = opened;
    }
}
