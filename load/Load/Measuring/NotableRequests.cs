namespace ChaosLab.Load;

/// <summary>The few requests of a step that are worth following through traces and logs.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Step">Name of the step.</param>
/// <param name="Slowest">The good ones with the longest response times, longest first.</param>
/// <param name="Failed">Failed ones, in the order they were due. When there are many, the first of each status code come first
/// to be listed: a thousand time-outs do not hide the one wrong answer.</param>
public sealed record NotableRequests(string Scenario, string Step, IReadOnlyList<Sample> Slowest, IReadOnlyList<Sample> Failed)
{
    /// <summary>One entry per step, in one pass over the samples.</summary>
    /// <param name="samples">Samples of a run.</param>
    /// <param name="most">Length of each list at most, ≥ 1.</param>
    public static IReadOnlyList<NotableRequests> Of(IEnumerable<Sample> samples, int most = 10)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var steps = new Dictionary<(string, string), Collected>();
        foreach (var sample in samples)
        {
            if (!steps.TryGetValue((sample.Scenario, sample.Step), out var step))
                steps[(sample.Scenario, sample.Step)] = step = new Collected(most);
            step.Take(sample);
        }
        return [.. steps.Select(step => new NotableRequests(step.Key.Item1, step.Key.Item2, step.Value.Slowest(), step.Value.Failed()))];
    }

    private sealed class Collected(int most)
    {
        private readonly PriorityQueue<Sample, TimeSpan> _slowest = new(most + 1);
        private readonly Dictionary<string, List<Sample>> _failed = [];

        public void Take(in Sample sample)
        {
            if (!sample.IsOk)
            {
                if (!_failed.TryGetValue(sample.StatusCode, out var alike))
                    _failed[sample.StatusCode] = alike = [];
                if (alike.Count < most)
                    alike.Add(sample);
                return;
            }
            if (_slowest.Count == most && _slowest.TryPeek(out _, out var shortest) && shortest >= sample.ResponseTime)
                return;
            _slowest.Enqueue(sample, sample.ResponseTime);
            if (_slowest.Count > most)
                _slowest.Dequeue();
        }

        public IReadOnlyList<Sample> Slowest() => [.. _slowest.UnorderedItems.Select(item => item.Element).OrderByDescending(sample => sample.ResponseTime)];

        public IReadOnlyList<Sample> Failed() => [.. _failed.Values.SelectMany(alike => alike.Select((sample, turn) => (sample, turn)))
            .OrderBy(one => one.turn).ThenBy(one => one.sample.Intended).Take(most).Select(one => one.sample).OrderBy(sample => sample.Intended)];
    }
}
