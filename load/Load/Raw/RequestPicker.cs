using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Raw;

/// <summary>Which declared request an arrival sends: a function of seed and arrival number.</summary>
internal sealed class RequestPicker(RawRequests requests, int seed)
{
    private const int TableBits = 16;

    // Drawing from a Zipf law takes logarithms; a table of draws takes one look.
    private readonly ushort[]? _table = requests.Choice == RawChoice.Zipf ? Draw(requests.Requests.Count, seed) : null;

    public int Pick(long arrival) => _table is null
        ? (int)(arrival % requests.Requests.Count)
        : _table[SeededRandom.Seed(seed, arrival) >> (64 - TableBits)];

    private static ushort[] Draw(int count, int seed)
    {
        var random = new SeededRandom(SeededRandom.Seed(seed, 0x7A697066));
        return [.. Enumerable.Range(0, 1 << TableBits).Select(_ => (ushort)(random.Zipf(Math.Min(count, ushort.MaxValue), 1.0) - 1))];
    }
}
