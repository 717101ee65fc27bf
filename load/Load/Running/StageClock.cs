namespace ChaosLab.Load.Running;

/// <summary>Time since t = 0 of a stage, in ns, and a way to wait for it.</summary>
internal sealed class StageClock(TimeProvider time, long origin)
{
    // Long enough to cost nothing, short enough that a stop is seen at once.
    private const long LongestWaitNs = 20_000_000;

    private readonly long _frequency = time.TimestampFrequency;

    /// <summary>Timestamp of t = 0.</summary>
    public long Origin { get; } = origin;

    public long NowNs => NsOf(time.GetTimestamp());

    // Asked several times a request; where a tick is a nanosecond (Linux) no 128-bit division is needed.
    public long NsOf(long timestamp) => _frequency == 1_000_000_000
        ? timestamp - Origin
        : (long)((Int128)(timestamp - Origin) * 1_000_000_000 / _frequency);

    public static TimeSpan Span(long ns) => TimeSpan.FromTicks(ns / TimeSpan.NanosecondsPerTick);

    /// <summary>Waits until about <paramref name="ns"/>, or less: callers look at the clock again.</summary>
    public void WaitTowards(long ns)
    {
        var left = Math.Min(ns - NowNs, LongestWaitNs);
        if (left <= 0)
            return;
        if (time == TimeProvider.System)
        {
            KernelWait.Sleep(left);
            return;
        }
        // A provider of its own time (as in tests) must be waited for on its own timers; the real limit lets a stop through.
        using var rung = new ManualResetEventSlim();
        using var timer = time.CreateTimer(static bell => ((ManualResetEventSlim)bell!).Set(), rung, TimeSpan.FromTicks(Math.Max(1, left / TimeSpan.NanosecondsPerTick)), Timeout.InfiniteTimeSpan);
        rung.Wait(20);
    }
}
