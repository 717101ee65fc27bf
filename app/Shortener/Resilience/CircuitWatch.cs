using Polly.CircuitBreaker;

namespace ChaosLab.Shortener.Resilience;

/// <summary>What is known about one pipeline and its breaker: counters since the start, and the state as of the last call.</summary>
/// <param name="name">Name of the pipeline.</param>
/// <param name="isEnabled">False: the pipeline has no breaker.</param>
/// <param name="time">The clock.</param>
public sealed class CircuitWatch(string name, bool isEnabled, TimeProvider time)
{
    private long _since = time.GetTimestamp();
    private long _opened, _halfOpened, _closed, _rejected, _timeouts, _executions, _failures;
    private volatile string? _lastFailure;

    /// <summary>Name of the pipeline.</summary>
    public string Name => name;

    /// <summary>Polly's window into the breaker; belongs to one breaker.</summary>
    public CircuitBreakerStateProvider Provider { get; } = new();

    /// <summary>A call begins.</summary>
    public void Executing() => Interlocked.Increment(ref _executions);

    /// <summary>A call failed, for whatever reason but a rejection.</summary>
    public void Failed(Exception cause)
    {
        Interlocked.Increment(ref _failures);
        _lastFailure = cause.GetType().Name;
    }

    /// <summary>A call was rejected by the open circuit. Polly sends no event for it.</summary>
    public void Rejected() => Interlocked.Increment(ref _rejected);

    /// <summary>A timeout fired.</summary>
    public void TimedOut() => Interlocked.Increment(ref _timeouts);

    /// <summary>The circuit opened.</summary>
    public void Opened() => Turned(ref _opened);

    /// <summary>A probe is on its way.</summary>
    public void HalfOpened() => Turned(ref _halfOpened);

    /// <summary>The circuit closed.</summary>
    public void Closed() => Turned(ref _closed);

    /// <summary>The state in the words of metrics: closed, open, half_open or isolated.</summary>
    public string State => !isEnabled ? "closed" : Provider.CircuitState switch
    {
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half_open",
        CircuitState.Isolated => "isolated",
        _ => "closed",
    };

    /// <summary>Rejected calls so far.</summary>
    public long RejectedCount => Interlocked.Read(ref _rejected);

    /// <summary>Everything, for <c>GET /resilience</c>.</summary>
    public CircuitReport Report => new(
        name, isEnabled, State, time.GetElapsedTime(Interlocked.Read(ref _since)).TotalSeconds, _lastFailure,
        Interlocked.Read(ref _opened), Interlocked.Read(ref _halfOpened), Interlocked.Read(ref _closed), RejectedCount,
        Interlocked.Read(ref _timeouts), Interlocked.Read(ref _executions), Interlocked.Read(ref _failures));

    private void Turned(ref long counter)
    {
        Interlocked.Increment(ref counter);
        Interlocked.Exchange(ref _since, time.GetTimestamp());
    }
}

/// <summary>One pipeline in <c>GET /resilience</c>. Counters run since the start of the process.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Enabled">False: no breaker.</param>
/// <param name="State">closed, open, half_open or isolated, as of the last call.</param>
/// <param name="SecondsInState">Seconds since the last change, or since the start.</param>
/// <param name="LastFailure">Type of the last failure.</param>
/// <param name="Opened">Times it opened.</param>
/// <param name="HalfOpened">Times it let a probe through.</param>
/// <param name="Closed">Times it closed again.</param>
/// <param name="Rejected">Calls it rejected.</param>
/// <param name="Timeouts">Calls cut off by a timeout.</param>
/// <param name="Executions">Calls.</param>
/// <param name="Failures">Calls that failed other than by rejection.</param>
public sealed record CircuitReport(
    string Pipeline, bool Enabled, string State, double SecondsInState, string? LastFailure, long Opened, long HalfOpened, long Closed,
    long Rejected, long Timeouts, long Executions, long Failures);
