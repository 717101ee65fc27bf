namespace ChaosLab.Chaos.Tests;

/// <summary>Waiting in tests: for a condition, with a generous limit, never for a time.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                Assert.Fail($"waited {Limit.TotalSeconds:0} s in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public static Task<T> Done<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);

    public static Task Done(Task task) => task.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);
}

/// <summary>A folder of one test, removed afterwards.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("chaoslab-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
