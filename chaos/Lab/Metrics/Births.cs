namespace ChaosLab.Lab.Metrics;

/// <summary>
/// Which lines of counters and histograms have been written before. Prometheus takes the first value that it sees of a series for its
/// beginning: a counter that is born at its first event, with its full value, hides that burst from <c>rate()</c> and <c>increase()</c>.
/// So a line that comes after the first scrape is 0 when it is first written, and true from the next scrape on. What is there at the
/// first scrape is told as it is, for every counter of a process begins at 0. Of several readers only the one that comes first sees the
/// 0; to the others the series is born with its value, as it was to all of them before. Not for several threads.
/// </summary>
internal sealed class Births
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private int scrapes;

    /// <summary>Another scrape begins.</summary>
    public void Begin() => scrapes++;

    /// <summary>Whether a line comes later than the first scrape and was never written.</summary>
    /// <param name="series">Name and labels as they are written.</param>
    public bool IsBirth(string series) => known.Add(series) && scrapes > 1;
}
