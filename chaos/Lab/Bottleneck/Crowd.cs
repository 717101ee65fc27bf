namespace ChaosLab.Lab.Bottleneck;

/// <summary>
/// How many users go round, changed from one moment to the next. The load engine keeps the largest number alive; those who are not
/// wanted stand here. Also the place where a planted slow generator does its work: before a request is sent, one user after the other.
/// </summary>
internal sealed class Crowd(TimeSpan slowness, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim serial = new(1);
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int wanted;

    /// <summary>Users who go round.</summary>
    public int Wanted
    {
        get => Volatile.Read(ref wanted);
        set
        {
            TaskCompletionSource before;
            lock (gate)
            {
                wanted = value;
                before = changed;
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            before.SetResult();
        }
    }

    /// <summary>Lets everybody go, so that the load can end.</summary>
    public void Disperse() => Wanted = int.MaxValue;

    /// <summary>Passed by each user before each request.</summary>
    public async ValueTask PassAsync(int user)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (user < wanted) break;
                change = changed.Task;
            }

            await change;
        }

        if (slowness <= TimeSpan.Zero || Wanted == int.MaxValue) return;
        await serial.WaitAsync();
        try
        {
            await Task.Delay(slowness, time);
        }
        finally
        {
            serial.Release();
        }
    }

    public void Dispose() => serial.Dispose();
}
