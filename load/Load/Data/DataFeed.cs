using ChaosLab.Load.Schedules;

namespace ChaosLab.Load;

/// <summary>Hands out items to copies of a scenario. Thread-safe.</summary>
/// <typeparam name="T">Kind of item.</typeparam>
public sealed class DataFeed<T>
{
    private readonly Func<T[], ScenarioInfo, T> _next;

    internal DataFeed(IEnumerable<T> items, Func<T[], ScenarioInfo, T> next)
    {
        Items = [.. items];
        if (Items.Length == 0)
            throw new ArgumentException("A feed needs at least one item.", nameof(items));
        _next = next;
    }

    /// <summary>All items.</summary>
    public T[] Items { get; }
    /// <summary>The next one for this copy.</summary>
    public T GetNextItem(ScenarioInfo scenarioInfo) => _next(Items, scenarioInfo);
}

/// <summary>Makes feeds.</summary>
public static class DataFeed
{
    /// <summary>Each copy always gets the same item.</summary>
    public static DataFeed<T> Constant<T>(IEnumerable<T> items) => new(items, static (all, info) => all[info.InstanceNumber % all.Length]);

    /// <summary>One after the other, over all copies, from the start again at the end.</summary>
    public static DataFeed<T> Circular<T>(IEnumerable<T> items)
    {
        var next = -1L;
        return new DataFeed<T>(items, (all, _) => all[(int)(Interlocked.Increment(ref next) % all.Length)]);
    }

    /// <summary>Any item, each as likely as the others.</summary>
    /// <param name="items">At least one.</param>
    /// <param name="seed">Same seed, same draws.</param>
    public static DataFeed<T> Random<T>(IEnumerable<T> items, int seed = 1)
    {
        var draw = -1L;
        return new DataFeed<T>(items, (all, _) => all[(int)(SeededRandom.Seed(seed, Interlocked.Increment(ref draw)) % (ulong)all.Length)]);
    }
}
