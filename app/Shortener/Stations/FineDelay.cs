namespace ChaosLab.Shortener.Stations;

/// <summary>
/// A delay that is right to a tenth of a millisecond. The timers of .NET work in whole milliseconds and are late by one or more; a dose
/// of a few milliseconds would be half as much again. The kernel's sleep on a thread of the pool costs a thread, so only the rest is slept.
/// </summary>
internal static class FineDelay
{
    private static readonly TimeSpan TimersAreLateBy = TimeSpan.FromMilliseconds(2);

    /// <summary>Waits.</summary>
    /// <param name="length">How long; nothing at all when not above 0.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it.</param>
    public static async ValueTask WaitAsync(TimeSpan length, TimeProvider time, CancellationToken stop)
    {
        if (length <= TimeSpan.Zero) return;
        var began = time.GetTimestamp();
        if (length > TimersAreLateBy + TimersAreLateBy) await Task.Delay(length - TimersAreLateBy, time, stop);
        var rest = length - time.GetElapsedTime(began);
        if (rest > TimeSpan.Zero) Thread.Sleep(rest);
    }
}
