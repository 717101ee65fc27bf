using System.Runtime.InteropServices;

namespace ChaosLab.Load.Running;

/// <summary>Waits in the kernel rather than on a timer: nanosleep is exact to some 10 µs, a timer only to 1 ms plus the
/// way through the thread pool, and spinning would take half a core from the target.</summary>
internal static partial class KernelWait
{
    private const int PrSetTimerSlack = 29;

    /// <summary>Asks for wake-ups within 1 µs instead of the usual 50 µs; for the calling thread only.</summary>
    public static void SharpenThisThread()
    {
        if (OperatingSystem.IsLinux())
            _ = SetProcessControl(PrSetTimerSlack, 1_000, 0, 0, 0); // a refusal only costs 50 µs
    }

    /// <summary>Sleeps this long; a signal may end it sooner, so callers look at the clock again.</summary>
    public static void Sleep(long ns)
    {
        if (ns <= 0)
            return;
        if (!OperatingSystem.IsLinux())
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(Math.Max(1, ns / 1_000_000)));
            return;
        }
        var time = new TimeSpec { Seconds = (nint)(ns / 1_000_000_000), Nanoseconds = (nint)(ns % 1_000_000_000) };
        _ = NanoSleep(ref time, 0);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    private static partial int NanoSleep(ref TimeSpec time, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int SetProcessControl(int option, nuint a, nuint b, nuint c, nuint d);
}
