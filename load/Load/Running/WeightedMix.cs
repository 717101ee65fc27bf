using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Running;

/// <summary>Which scenario of a mix an arrival belongs to: drawn from the arrival's number, so it can be repeated.</summary>
internal sealed class WeightedMix(int seed, IReadOnlyList<int> weights)
{
    private readonly SeededRandom _random = new(0);
    private readonly long _total = weights.Sum(w => (long)w);

    public int MemberOf(long arrival)
    {
        if (weights.Count == 1)
            return 0;
        lock (_random)
        {
            _random.Reseed(SeededRandom.Seed(seed, arrival, 0x6D6978));
            var at = _random.NextInt64(_total);
            var member = 0;
            while ((at -= weights[member]) >= 0)
                member++;
            return member;
        }
    }
}
