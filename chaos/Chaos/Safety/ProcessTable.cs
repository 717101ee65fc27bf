using System.Globalization;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Safety;

/// <summary>Reads /proc/pid/stat.</summary>
internal static class ProcessTable
{
    /// <summary>The process as it is now; null when there is none of that pid.</summary>
    public static ProcessSight? Read(int pid) => Fields(pid) is { } fields
        ? new ProcessSight(pid, long.Parse(fields[19], CultureInfo.InvariantCulture), State(fields))
        : null;

    /// <summary>Whether exactly this process still runs, and not another that got its pid.</summary>
    public static bool Lives(int pid, long startTicks) => Read(pid) is { } sight && sight.StartTicks == startTicks && sight.State is not ('Z' or 'X');

    /// <summary>The process, its parent, and so on to the first.</summary>
    public static IReadOnlySet<int> AncestorsOf(int pid)
    {
        var ancestors = new HashSet<int>();
        for (var next = pid; next > 0 && ancestors.Add(next);)
            next = Fields(next) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
        return ancestors;
    }

    // A process whose first thread has ended and whose others have not is shown as a zombie, but its files and locks are still held.
    private static char State(string[] fields) => fields[0][0] == 'Z' && int.Parse(fields[17], CultureInfo.InvariantCulture) > 1 ? 'R' : fields[0][0];

    // The fields after the command name, which stands in parentheses and may itself contain some: [0] is field 3, the state.
    private static string[]? Fields(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null; // it ended between listing and reading
        }
    }
}
