using System.Threading.Tasks.Sources;

namespace ChaosLab.Load.Running;

/// <summary>An arrival on its way to a copy.</summary>
/// <param name="Number">Number in the plan.</param>
/// <param name="DueNs">Intended start.</param>
/// <param name="QueuedNs">When it had to queue, or the intended start when a copy was free.</param>
/// <param name="FreedNs">When a copy became free for it, or the intended start.</param>
internal readonly record struct Arrival(long Number, long DueNs, long QueuedNs, long FreedNs)
{
    public long WaitedNs => FreedNs - QueuedNs;
}

/// <summary>The copies of one open-model scenario: made when needed, reused when free, never more than the limit. What
/// arrives beyond it waits in line, its clock running since its intended start.</summary>
internal sealed class CopyPool(ScenarioRun run, int limit)
{
    private readonly Lock _gate = new();
    private readonly Stack<Worker> _free = new();
    private readonly List<Worker> _all = [];
    private readonly Queue<Arrival> _waiting = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _planned, _delivered, _undelivered;
    private bool _closed;

    public ScenarioRun Run => run;
    public ArrivalCounts Counts
    {
        get
        {
            lock (_gate)
                return new ArrivalCounts(_planned, _delivered, _undelivered, _all.Count - _free.Count, _waiting.Count);
        }
    }

    /// <summary>Takes an arrival that is due. Called by the pacer.</summary>
    public void Arrive(long number, long dueNs, long nowNs)
    {
        Worker worker;
        lock (_gate)
        {
            _planned++;
            if (nowNs - dueNs > run.Stage.MaxLatenessNs)
            {
                _undelivered++;
                return;
            }
            if (!_free.TryPop(out var free))
            {
                if (_all.Count == limit)
                {
                    _waiting.Enqueue(new Arrival(number, dueNs, nowNs, 0));
                    return;
                }
                _all.Add(free = new Worker(this, _all.Count));
            }
            worker = free;
            _delivered++;
        }
        worker.Begin(new Arrival(number, dueNs, dueNs, dueNs));
    }

    /// <summary>No more arrivals; the task ends when the last has finished. With <paramref name="drop"/> those in line
    /// are given up.</summary>
    public Task CloseAsync(bool drop)
    {
        lock (_gate)
        {
            _closed = true;
            if (drop)
            {
                _undelivered += _waiting.Count;
                _waiting.Clear();
            }
            EndIfIdle();
        }
        return _idle.Task;
    }

    /// <summary>Gives up on what still runs and lets the idle copies go.</summary>
    public void Abandon()
    {
        Worker[] all;
        lock (_gate)
        {
            all = [.. _all];
            while (_free.TryPop(out var free))
                free.Dismiss();
        }
        foreach (var worker in all)
            worker.Copy.Abandon();
    }

    private bool TryNext(Worker worker, out Arrival arrival)
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var waiting))
            {
                var nowNs = run.Stage.Clock.NowNs;
                if (run.Stopping || nowNs - waiting.DueNs > run.Stage.MaxLatenessNs)
                {
                    _undelivered++;
                    continue;
                }
                _delivered++;
                arrival = waiting with { FreedNs = nowNs };
                return true;
            }
            worker.Rest();
            _free.Push(worker);
            EndIfIdle();
            arrival = default;
            return false;
        }
    }

    private void EndIfIdle()
    {
        if (_closed && _waiting.Count == 0 && _free.Count == _all.Count)
            _idle.TrySetResult();
    }

    /// <summary>A copy that lives on between arrivals, so that an arrival costs no allocation.</summary>
    private sealed class Worker : IValueTaskSource<bool>
    {
        private readonly CopyPool _pool;
        private ManualResetValueTaskSourceCore<bool> _bell = new() { RunContinuationsAsynchronously = true };
        private Arrival _arrival;

        public Worker(CopyPool pool, int number)
        {
            (_pool, Copy) = (pool, new ScenarioCopy(pool.Run, number));
            _ = LiveAsync();
        }

        public ScenarioCopy Copy { get; }

        public void Begin(in Arrival arrival)
        {
            _arrival = arrival;
            _bell.SetResult(true);
        }

        public void Rest() => _bell.Reset();
        public void Dismiss() => _bell.SetResult(false);

        private async Task LiveAsync()
        {
            while (await new ValueTask<bool>(this, _bell.Version).ConfigureAwait(false))
            {
                do
                {
                    var arrival = _arrival;
                    var startedNs = _pool.Run.Stage.Clock.NowNs;
                    if (_pool.Run.Stage.Counts)
                        _pool.Run.Recorder.RecordStart(startedNs - arrival.DueNs - arrival.WaitedNs, arrival.WaitedNs);
                    await Copy.IterateAsync(arrival.Number, arrival.DueNs, startedNs).ConfigureAwait(false);
                }
                while (_pool.TryNext(this, out _arrival));
            }
        }

        bool IValueTaskSource<bool>.GetResult(short token) => _bell.GetResult(token);
        ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _bell.GetStatus(token);
        void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _bell.OnCompleted(continuation, state, token, flags);
    }
}
