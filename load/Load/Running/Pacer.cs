namespace ChaosLab.Load.Running;

/// <summary>One thread that waits in the kernel and releases everything that is due each time it wakes.</summary>
internal static class Pacer
{
    /// <summary>Drives the lanes to the end of their loads, or to the stop.</summary>
    public static Task DriveAsync(Stage stage, IReadOnlyList<Lane> lanes, Action? firstRelease)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Drive(stage, lanes, firstRelease);
                done.SetResult();
            }
            catch (Exception e) // a thread must not die silently: whoever waits for the run gets it
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "load-pacer", Priority = ThreadPriority.AboveNormal };
        thread.Start();
        return done.Task;
    }

    private static void Drive(Stage stage, IReadOnlyList<Lane> lanes, Action? firstRelease)
    {
        KernelWait.SharpenThisThread();
        while (stage.Clock.NowNs < 0 && !stage.Stopping)
            stage.Clock.WaitTowards(0);
        firstRelease?.Invoke();
        while (!stage.Stopping)
        {
            var nowNs = stage.Clock.NowNs;
            var next = long.MaxValue;
            foreach (var lane in lanes)
                next = Math.Min(next, lane.Release(nowNs));
            if (next == long.MaxValue)
                return;
            stage.Clock.WaitTowards(next);
        }
    }
}
