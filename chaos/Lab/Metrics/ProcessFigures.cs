using System.Globalization;

namespace ChaosLab.Lab.Metrics;

/// <summary>What one process uses, from /proc/PID/stat (proc_pid_stat(5)).</summary>
/// <param name="CpuSeconds">User and system.</param>
/// <param name="MemoryBytes">Resident.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Started">When it began, in ticks since boot: tells two processes of one number apart.</param>
internal sealed record ProcessFigures(double CpuSeconds, double MemoryBytes, double Threads, string Started)
{
    // USER_HZ: 100 on every Linux that .NET runs on.
    private const double Tick = 100;
    private const double Page = 4096;

    /// <summary>Reads it; null when it has ended.</summary>
    public static ProcessFigures? Read(int pid)
    {
        if (Lines($"/proc/{pid}/stat") is not [var line, ..]) return null;
        // The fields after the command's name, which may itself contain spaces: field n of the manual is [n - 3].
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length <= 21 ? null : new ProcessFigures((Number(fields[11]) + Number(fields[12])) / Tick, Number(fields[21]) * Page, Number(fields[17]), fields[19]);
    }

    /// <summary>Lines of a file of /proc; none when it is not there.</summary>
    public static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return []; // a kernel without it, or a process that just ended
        }
    }

    /// <summary>A number of /proc; NaN when it is none.</summary>
    public static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
