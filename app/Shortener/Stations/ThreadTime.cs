using System.Runtime.InteropServices;

namespace ChaosLab.Shortener.Stations;

/// <summary>Processor time of the calling thread (clock_gettime(2), CLOCK_THREAD_CPUTIME_ID; Linux only).</summary>
internal static partial class ThreadTime
{
    private const int OfThread = 3;

    /// <summary>Processor time used so far.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (Read(OfThread, out var now) != 0) throw new InvalidOperationException($"clock_gettime: errno {Marshal.GetLastPInvokeError()}");
            return TimeSpan.FromTicks((now.Seconds * TimeSpan.TicksPerSecond) + (now.Nanoseconds / TimeSpan.NanosecondsPerTick));
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int Read(int clock, out Timespec now);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds, Nanoseconds;
    }
}
