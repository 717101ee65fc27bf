using System.Diagnostics;

namespace ChaosLab.Shortener.Tests.Support;

/// <summary>Waits for things that come in their own time, with a limit so generous that only a defect reaches it.</summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task<T> Within<T>(this Task<T> task, string what) => Named(task.WaitAsync(Limit), what);

    public static async Task Within(this Task task, string what) => await Named(Wrap(task).WaitAsync(Limit), what);

    /// <summary>Asks again and again until the answer is yes.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition().Within(what))
        {
            if (watch.Elapsed > Limit) throw new TimeoutException($"{what}: not within {Limit}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public static Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    private static async Task<bool> Wrap(Task task)
    {
        await task;
        return true;
    }

    private static async Task<T> Named<T>(Task<T> task, string what)
    {
        try
        {
            return await task;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what}: not within {Limit}", e);
        }
    }
}
