using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Running;

/// <summary>Copies that loop. Their number follows the plan once a second; a copy that is no longer wanted finishes its
/// iteration. Nothing is late here: a copy starts when the one before lets it, which is why this model hides stalls.</summary>
internal sealed class ClosedLane(Plan plan, IReadOnlyList<ScenarioRun> members, WeightedMix mix, int seed) : Lane
{
    private const long AdjustEveryNs = 1_000_000_000, LongestStartDelayNs = 1_000_000_000;
    private readonly Lock _gate = new();
    private readonly List<Looper> _loopers = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SeededRandom _startDelay = new(SeededRandom.Seed(seed, 0x636C6F73));
    private long _nextAdjustNs, _iterations;
    private long _endedNs = long.MaxValue;
    private volatile int _wanted;
    private int _running;
    private bool _closed;

    public override long Release(long nowNs)
    {
        if (plan.At(nowNs) is not { } phase || members.All(m => m.Stopping) || IterationsDone)
        {
            _wanted = 0;
            _endedNs = Math.Min(_endedNs, nowNs);
            return long.MaxValue;
        }
        if (nowNs >= _nextAdjustNs)
        {
            _wanted = phase.CopiesAt(nowNs);
            AddCopies(nowNs);
            _nextAdjustNs = Math.Min(phase.EndNs, (nowNs / AdjustEveryNs + 1) * AdjustEveryNs);
        }
        var next = _nextAdjustNs;
        foreach (var looper in _loopers)
        {
            if (looper.StartNs > nowNs)
                next = Math.Min(next, looper.StartNs);
            else if (looper.StartNs >= 0)
                Start(looper);
        }
        return plan.ClosedIterations is null ? next : Math.Min(next, nowNs + 5_000_000);
    }

    public override long EndedNs => _endedNs;

    public override Task CloseAsync(bool drop)
    {
        _wanted = 0;
        lock (_gate)
        {
            _closed = true;
            if (_running == 0)
                _idle.TrySetResult();
        }
        return _idle.Task;
    }

    public override void Abandon()
    {
        foreach (var looper in _loopers)
            foreach (var copy in looper.Copies)
                copy?.Abandon();
    }

    public override LoadSimulationStats LoadAt(long nowNs) => LoadNames.At(plan, nowNs);

    public override ArrivalCounts CountsOf(ScenarioRun run)
    {
        lock (_gate)
            return new ArrivalCounts(0, 0, 0, _running, 0);
    }

    private bool IterationsDone => plan.ClosedIterations is { } limit && Interlocked.Read(ref _iterations) >= limit;

    private void AddCopies(long nowNs)
    {
        for (var number = 0; number < _wanted; number++)
        {
            if (number == _loopers.Count)
                _loopers.Add(new Looper(number, members.Count));
            var looper = _loopers[number];
            if (!looper.Running && looper.StartNs < 0)
                looper.StartNs = nowNs + _startDelay.NextInt64(LongestStartDelayNs); // so that copies do not march in step
        }
    }

    private void Start(Looper looper)
    {
        looper.StartNs = -1;
        if (looper.Number >= _wanted)
            return;
        lock (_gate)
            _running++;
        looper.Running = true;
        ThreadPool.UnsafeQueueUserWorkItem(static x => _ = x.Lane.LoopAsync(x.Looper), (Lane: this, Looper: looper), preferLocal: false);
    }

    private async Task LoopAsync(Looper looper)
    {
        var clock = members[0].Stage.Clock;
        var yieldedNs = clock.NowNs;
        while (looper.Number < _wanted)
        {
            var iteration = Interlocked.Increment(ref _iterations) - 1;
            if (plan.ClosedIterations is { } limit && iteration >= limit)
                break;
            var member = mix.MemberOf(iteration);
            if (members[member].Stopping)
                break;
            var nowNs = clock.NowNs;
            if (nowNs - yieldedNs > 1_000_000) // user code that never waits must not keep a pool thread to itself
            {
                await Task.Yield();
                yieldedNs = nowNs = clock.NowNs;
            }
            var copy = looper.Copies[member] ??= new ScenarioCopy(members[member], looper.Number);
            await copy.IterateAsync(iteration, nowNs, nowNs).ConfigureAwait(false);
        }
        looper.Running = false;
        lock (_gate)
            if (--_running == 0 && _closed)
                _idle.TrySetResult();
    }

    private sealed class Looper(int number, int members)
    {
        private volatile bool _running;
        public int Number => number;
        public ScenarioCopy?[] Copies { get; } = new ScenarioCopy?[members];
        public bool Running { get => _running; set => _running = value; }
        /// <summary>When it is to start; negative when it is not waiting to.</summary>
        public long StartNs { get; set; } = -1;
    }
}
