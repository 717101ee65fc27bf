using ChaosLab.Load;

namespace ChaosLab.Chaos.Running;

/// <summary>Takes every finished request from the load engine, knows when the load began, and guards the error budget.</summary>
internal sealed class SampleTap(TimeProvider time, int? budget, Action onBudgetSpent)
{
    private readonly SampleLog _log = new();
    private readonly TaskCompletionSource<long> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _requests, _failures;
    private int _spent;

    /// <summary>Timestamp of the first arrival after warm-up.</summary>
    public Task<long> Started => _started.Task;

    /// <summary>Time since then; null before.</summary>
    public TimeSpan? Offset => _started.Task.IsCompletedSuccessfully ? time.GetElapsedTime(_started.Task.Result) : null;

    public long Requests => Interlocked.Read(ref _requests);

    public long Failures => Interlocked.Read(ref _failures);

    public void OnStart(long timestamp) => _started.TrySetResult(timestamp);

    public void OnSample(Sample sample)
    {
        _log.Add(sample);
        Interlocked.Increment(ref _requests);
        if (!sample.IsOk && Interlocked.Increment(ref _failures) >= budget && Interlocked.Exchange(ref _spent, 1) == 0)
            onBudgetSpent();
    }

    /// <summary>What has finished so far, ordered by intended start.</summary>
    public IReadOnlyList<Sample> Read() => [.. _log.ToList().OrderBy(sample => sample.Intended)];
}
