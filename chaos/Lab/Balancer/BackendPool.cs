namespace ChaosLab.Lab.Balancer;

/// <summary>What became of the wish for a place in an instance.</summary>
internal enum Grant
{
    /// <summary>There is one; <see cref="BackendPool.Release"/> gives it back.</summary>
    Given,

    /// <summary>No instance (other than those already tried) is up.</summary>
    NoneUp,

    /// <summary>Every instance is full and so is the queue.</summary>
    QueueFull,

    /// <summary>No place became free in time.</summary>
    QueueTimeout,
}

/// <summary>Places in instances: round robin over those that are up, a limit for each, and a bounded queue in front.</summary>
internal sealed class BackendPool
{
    private readonly Lock gate = new();
    private readonly BalancerOptions options;
    private readonly TimeProvider time;
    private readonly LinkedList<Waiter> waiters = new();
    private readonly SlotDoses doses;
    private int next;
    private long changed;
    private double waitSeconds;

    public BackendPool(BalancerOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        changed = time.GetTimestamp();
        doses = new SlotDoses(time);
        Backends = [.. options.Backends.Select((address, index) => new Backend(address, index)
        {
            Up = !options.HealthChecks,
            LastChange = time.GetUtcNow(),
        })];
    }

    /// <summary>Every instance, in the order of the settings.</summary>
    public IReadOnlyList<Backend> Backends { get; }

    /// <summary>Most requests at work in one instance.</summary>
    public int PlacesPerBackend => options.MaxConcurrentPerBackend;

    /// <summary>Requests refused because the queue was full or the wait in it too long.</summary>
    public long QueueRefusals { get; private set; }

    /// <summary>Changes of the number of places, each with its end.</summary>
    public SlotDoses Doses => doses;

    /// <summary>Requests at work in one instance at the same time, as of now.</summary>
    public int Slots => Math.Max(1, options.MaxConcurrentPerBackend + doses.Extra);

    /// <summary>The integral of the number of waiting requests, in s: its difference over a time is the exact mean of that time.</summary>
    public double WaitSeconds
    {
        get
        {
            lock (gate)
            {
                Advance();
                return waitSeconds;
            }
        }
    }

    /// <summary>Requests waiting now.</summary>
    public int Queued
    {
        get { lock (gate) return waiters.Count; }
    }

    /// <summary>Whether at least one instance takes requests.</summary>
    public bool AnyUp
    {
        get { lock (gate) return Backends.Any(backend => backend is { Up: true, Draining: false }); }
    }

    /// <summary>Called under no lock whenever an instance changed its state.</summary>
    public Action<Backend, string>? Changed { get; set; }

    /// <summary>Takes a place in an instance that is not among <paramref name="tried"/>, or waits for one.</summary>
    public ValueTask<(Grant Grant, Backend? Backend)> TakeAsync(ulong tried)
    {
        LinkedListNode<Waiter> place;
        lock (gate)
        {
            Advance();
            if (Pick(tried, out var anyUp) is { } backend) return new((Grant.Given, backend));
            if (!anyUp) return new((Grant.NoneUp, null));
            if (waiters.Count >= options.QueueCapacity)
            {
                QueueRefusals++;
                return new((Grant.QueueFull, null));
            }

            place = waiters.AddLast(new Waiter(tried));
        }

        return WaitAsync(place);
    }

    /// <summary>Gives a place back.</summary>
    public void Release(Backend backend, bool failed, bool refused = false)
    {
        lock (gate)
        {
            Advance();
            backend.Active--;
            backend.Completions++;
            if (failed) backend.Failures++;
            if (refused) backend.Refused++;
            if (waiters.Count > 0) ServeWaiters();
        }
    }

    /// <summary>A connection was refused: down at once, until a probe says otherwise.</summary>
    public void Eject(Backend backend)
    {
        if (options.PassiveEject && options.HealthChecks) SetUp(backend, up: false, "connection refused");
    }

    /// <summary>Counts one probe.</summary>
    /// <param name="backend">The instance asked.</param>
    /// <param name="ready">Yes, no, or null when there was no answer.</param>
    /// <param name="says">What was seen, for the log.</param>
    public void Probed(Backend backend, bool? ready, string says)
    {
        bool enough;
        lock (gate)
        {
            backend.Streak = ready == true ? Math.Max(backend.Streak, 0) + 1 : Math.Min(backend.Streak, 0) - 1;
            // An instance that itself says "not ready" is believed at once: it is about to stop.
            enough = ready switch
            {
                true => backend.Streak >= options.Rise,
                false => true,
                null => -backend.Streak >= options.Fall,
            };
        }

        if (enough) SetUp(backend, ready == true, says);
    }

    /// <summary>Takes an instance out, or back in.</summary>
    public void SetDraining(Backend backend, bool draining)
    {
        lock (gate)
        {
            if (backend.Draining == draining) return;
            backend.Draining = draining;
            backend.LastChange = time.GetUtcNow();
            ServeWaiters();
        }

        Changed?.Invoke(backend, draining ? "taken out" : "taken back");
    }

    private void SetUp(Backend backend, bool up, string says)
    {
        lock (gate)
        {
            if (backend.Up == up) return;
            backend.Up = up;
            if (!up) backend.WentDown++;
            backend.LastChange = time.GetUtcNow();
            ServeWaiters();
        }

        Changed?.Invoke(backend, says);
    }

    private Backend? Pick(ulong tried, out bool anyUp)
    {
        anyUp = false;
        for (var n = 0; n < Backends.Count; n++)
        {
            var backend = Backends[(next + n) % Backends.Count];
            if (!backend.Up || backend.Draining || (tried & backend.Bit) != 0) continue;
            anyUp = true;
            if (backend.Active >= Slots) continue;
            next = (next + n + 1) % Backends.Count;
            backend.Active++;
            backend.Requests++;
            if (tried != 0) backend.Retries++;
            return backend;
        }

        return null;
    }

    // Called under the lock before any number changes.
    private void Advance()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(changed, now).TotalSeconds;
        changed = now;
        waitSeconds += waiters.Count * seconds;
        foreach (var backend in Backends) backend.BusySeconds += backend.Active * seconds;
    }

    private void ServeWaiters()
    {
        Advance();
        for (var place = waiters.First; place is not null;)
        {
            var following = place.Next;
            var backend = Pick(place.Value.Tried, out var anyUp);
            if (backend is not null || !anyUp)
            {
                waiters.Remove(place);
                place.Value.Answer.SetResult((backend is null ? Grant.NoneUp : Grant.Given, backend));
            }
            else if (place.Value.Tried == 0)
            {
                // Whoever may go anywhere finds no room: nobody behind does either.
                return;
            }

            place = following;
        }
    }

    private async ValueTask<(Grant, Backend?)> WaitAsync(LinkedListNode<Waiter> place)
    {
        var answer = place.Value.Answer.Task;
        try
        {
            return await answer.WaitAsync(options.QueueTimeout, time);
        }
        catch (TimeoutException)
        {
            lock (gate)
            {
                if (place.List is not null)
                {
                    Advance();
                    waiters.Remove(place);
                    QueueRefusals++;
                    return (Grant.QueueTimeout, null);
                }
            }

            // Served in the very moment the patience ended.
            return await answer;
        }
    }

    private sealed class Waiter(ulong tried)
    {
        public ulong Tried => tried;

        public TaskCompletionSource<(Grant, Backend?)> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
