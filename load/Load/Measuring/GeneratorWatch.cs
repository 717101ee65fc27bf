using System.Diagnostics;
using System.Globalization;
using ChaosLab.Load.Running;

namespace ChaosLab.Load.Measuring;

/// <summary>A thread that wants to wake every 10 ms: how much it oversleeps tells how long this process (or the whole
/// machine) stood still. On the side it reads CPU, GC, the thread pool and the kernel's run-queue figures.</summary>
internal sealed class GeneratorWatch
{
    private const long StepNs = 10_000_000;
    private readonly Thread _thread;
    private readonly RunQueueWait _runQueue = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpuBefore = Environment.CpuUsage.TotalTime;
    private volatile bool _stop;
    private TimeSpan _longestPause, _pauseSeen = GC.GetTotalPauseDuration();
    private long _longestStallNs, _longestQueue;

    public GeneratorWatch()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "load-watch", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public GeneratorHealth Finish()
    {
        _stop = true;
        _thread.Join();
        _runQueue.Read();
        var wall = Stopwatch.GetElapsedTime(_started).TotalSeconds * Environment.ProcessorCount;
        var cpu = (Environment.CpuUsage.TotalTime - _cpuBefore).TotalSeconds;
        return new GeneratorHealth(cpu, cpu / wall, _longestPause, _runQueue.WaitedSeconds / wall, _longestQueue, TimeSpan.FromTicks(_longestStallNs / 100));
    }

    private void Watch()
    {
        KernelWait.SharpenThisThread();
        for (var step = 1; !_stop; step++)
        {
            var before = Stopwatch.GetTimestamp();
            KernelWait.Sleep(StepNs);
            _longestStallNs = Math.Max(_longestStallNs, (long)(Stopwatch.GetElapsedTime(before).TotalNanoseconds - StepNs));
            _longestQueue = Math.Max(_longestQueue, ThreadPool.PendingWorkItemCount);
            // The total is exact and cheap; two collections within 10 ms count as one, on the safe side.
            var pauses = GC.GetTotalPauseDuration();
            if (pauses - _pauseSeen > _longestPause)
                _longestPause = pauses - _pauseSeen;
            _pauseSeen = pauses;
            if (step % 50 == 0)
                _runQueue.Read();
        }
    }
}

/// <summary>Sums what Linux says in <c>schedstat</c> of every thread: field 2 is the time in ns it was runnable but had no
/// core. Threads come and go, so growth is summed per thread.</summary>
internal sealed class RunQueueWait
{
    private readonly Dictionary<string, long> _seen = [];
    private long _waitedNs;

    public RunQueueWait()
    {
        Read();
        _waitedNs = 0; // what was before does not count
    }

    public double WaitedSeconds => _waitedNs / 1e9;

    public void Read()
    {
        if (!Directory.Exists("/proc/self/task"))
            return;
        foreach (var thread in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                var fields = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ');
                var waited = long.Parse(fields[1], CultureInfo.InvariantCulture);
                _waitedNs += waited - _seen.GetValueOrDefault(thread);
                _seen[thread] = waited;
            }
            catch (IOException)
            {
                // the thread has ended since it was listed
            }
        }
    }
}
