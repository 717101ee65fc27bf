namespace ChaosLab.Load;

/// <summary>Every finished request of a run, in the order of their ends. Thread-safe. Bounded: what comes after the
/// capacity is counted, not kept (the histograms still hold it).</summary>
public sealed class SampleLog
{
    private const int ChunkLength = 4096;
    private readonly Lock _gate = new();
    private readonly List<Sample[]> _chunks = [];
    private readonly int _capacity;
    private int _count;

    /// <summary>An empty log for at most <paramref name="capacity"/> samples (≥ 0, about 100 bytes each).</summary>
    public SampleLog(int capacity = 2_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _capacity = capacity;
    }

    /// <summary>Samples kept.</summary>
    public int Count { get { lock (_gate) return _count; } }
    /// <summary>Samples that came after the log was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Appends a sample.</summary>
    public void Add(in Sample sample)
    {
        lock (_gate)
        {
            if (_count == _capacity)
            {
                Dropped++;
                return;
            }
            if (_count == _chunks.Count * ChunkLength)
                _chunks.Add(new Sample[Math.Min(ChunkLength, _capacity - _count)]);
            _chunks[_count / ChunkLength][_count % ChunkLength] = sample;
            _count++;
        }
    }

    /// <summary>A copy of what is there now.</summary>
    public IReadOnlyList<Sample> ToList()
    {
        lock (_gate)
        {
            var all = new Sample[_count];
            for (var at = 0; at < _count; at += ChunkLength)
                Array.Copy(_chunks[at / ChunkLength], 0, all, at, Math.Min(ChunkLength, _count - at));
            return all;
        }
    }
}
