using System.Globalization;

namespace ChaosLab.Lab.Benchmarks;

/// <summary>Processor time of a process and all its descendants, from <c>/proc/PID/stat</c> (proc(5): fields 14 and 15, in ticks of 10 ms).</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of user and system time so far, living descendants included.</summary>
    public static double OfFamily(int pid)
    {
        var parents = new Dictionary<int, (int Parent, double Seconds)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } stat)
                parents[id] = stat;
        return parents.Where(entry => IsFamily(entry.Key)).Sum(entry => entry.Value.Seconds);

        bool IsFamily(int id)
        {
            for (var generation = 0; generation < 16 && id > 1; generation++)
            {
                if (id == pid) return true;
                if (!parents.TryGetValue(id, out var entry)) return false;
                id = entry.Parent;
            }
            return false;
        }
    }

    private static (int Parent, double Seconds)? Read(int pid)
    {
        string text;
        try { text = File.ReadAllText($"/proc/{pid}/stat"); }
        catch (IOException) { return null; } // ended meanwhile
        catch (UnauthorizedAccessException) { return null; }
        // The command's name stands in brackets and may hold blanks: count fields from the last bracket.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(1), (Number(11) + Number(12)) / TicksPerSecond);
        int Number(int index) => int.Parse(fields[index], CultureInfo.InvariantCulture);
    }
}
