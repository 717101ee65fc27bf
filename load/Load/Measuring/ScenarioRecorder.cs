namespace ChaosLab.Load.Measuring;

/// <summary>Takes the figures of a scenario from many threads: one stripe per core, merged when somebody asks.</summary>
internal sealed class ScenarioRecorder
{
    private sealed class Stripe
    {
        public Lock Gate { get; } = new();
        public Tally Whole { get; } = new();
        public Dictionary<string, Tally> Steps { get; } = [];
        public Histogram Lateness { get; } = new();
        public Histogram Waiting { get; } = new();
    }

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Math.Min(8, Environment.ProcessorCount)).Select(_ => new Stripe())];
    private readonly Lock _orderGate = new();
    private readonly List<string> _stepOrder = [];

    /// <summary>Notes a start: how late the generator was and how long the arrival waited for a free copy.</summary>
    public void RecordStart(long latenessNs, long waitedNs)
    {
        var stripe = Mine;
        lock (stripe.Gate)
        {
            stripe.Lateness.Record(latenessNs);
            stripe.Waiting.Record(waitedNs);
        }
    }

    public void RecordIteration(long intendedNs, long startedNs, long endedNs, in Outcome outcome, long stepBytes)
    {
        var stripe = Mine;
        lock (stripe.Gate)
            (outcome.IsError ? stripe.Whole.Fail : stripe.Whole.Ok).Record(intendedNs, startedNs, endedNs, outcome.Code, outcome.Message, outcome.Bytes + stepBytes);
    }

    public void RecordStep(string step, long intendedNs, long startedNs, long endedNs, in Outcome outcome)
    {
        var stripe = Mine;
        lock (stripe.Gate)
        {
            if (!stripe.Steps.TryGetValue(step, out var tally))
            {
                stripe.Steps[step] = tally = new Tally();
                Remember(step);
            }
            (outcome.IsError ? tally.Fail : tally.Ok).Record(intendedNs, startedNs, endedNs, outcome.Code, outcome.Message, outcome.Bytes);
        }
    }

    /// <summary>Everything so far.</summary>
    public RecordedFigures Merge()
    {
        var (whole, lateness, waiting) = (new Tally(), new Histogram(), new Histogram());
        List<(string Name, Tally Tally)> steps;
        lock (_orderGate)
            steps = [.. _stepOrder.Select(name => (name, new Tally()))];
        foreach (var stripe in _stripes)
        {
            lock (stripe.Gate)
            {
                whole.Add(stripe.Whole);
                lateness.Add(stripe.Lateness);
                waiting.Add(stripe.Waiting);
                foreach (var (name, tally) in steps)
                    if (stripe.Steps.TryGetValue(name, out var part))
                        tally.Add(part);
            }
        }
        return new RecordedFigures(whole, steps, lateness, waiting);
    }

    /// <summary>Response times of iterations by second of intended start, successes and failures apart.</summary>
    public List<(int Second, Histogram Times, bool IsOk)> Seconds()
    {
        var (ok, fail) = (new SortedDictionary<int, Histogram>(), new SortedDictionary<int, Histogram>());
        foreach (var stripe in _stripes)
        {
            lock (stripe.Gate)
            {
                stripe.Whole.Ok.Seconds.AddTo(ok);
                stripe.Whole.Fail.Seconds.AddTo(fail);
            }
        }
        return [.. ok.Select(s => (s.Key, s.Value, true)), .. fail.Select(s => (s.Key, s.Value, false))];
    }

    private Stripe Mine => _stripes[Thread.GetCurrentProcessorId() % _stripes.Length];

    private void Remember(string step)
    {
        lock (_orderGate)
            if (!_stepOrder.Contains(step))
                _stepOrder.Add(step);
    }
}

internal sealed record RecordedFigures(Tally Whole, List<(string Name, Tally Tally)> Steps, Histogram Lateness, Histogram Waiting);
