using System.Globalization;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Metrics;

/// <summary>
/// What the machine and each process of an embedded lab use, from /proc. Figures of the machine have the names of node-exporter, which
/// runs on hosts, so that the same dashboards serve both.
/// </summary>
internal sealed class MachineFigures(string? lab)
{
    // USER_HZ: 100 on every Linux that .NET runs on.
    private const double Tick = 100;
    private const double Page = 4096;
    private static readonly string[] Modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

    /// <summary>Writes its lines; what cannot be read is left out.</summary>
    public void WriteTo(MetricsText text)
    {
        Processors(text);
        var memory = Lines("/proc/meminfo").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => Number(pair[1].Trim().Split(' ')[0]) * 1024);
        foreach (var name in (string[])["MemAvailable", "MemTotal"])
            if (memory.TryGetValue(name, out var bytes)) text.Single($"node_memory_{name}_bytes", "gauge", "From /proc/meminfo.", bytes);
        if (Lines("/proc/loadavg") is [var load, ..]) text.Single("node_load1", "gauge", "Load average of a minute.", Number(load.Split(' ')[0]));
        Pressure(text, "cpu", "some", "waiting");
        Pressure(text, "memory", "full", "stalled");
        Pressure(text, "io", "full", "stalled");
        if (lab is not null) Services(text, lab);
    }

    private static void Processors(MetricsText text)
    {
        text.Family("node_cpu_seconds_total", "counter", "From /proc/stat.");
        foreach (var line in Lines("/proc/stat"))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length <= Modes.Length || !fields[0].StartsWith("cpu", StringComparison.Ordinal) || fields[0] == "cpu") continue;
            for (var n = 0; n < Modes.Length; n++) text.Line("node_cpu_seconds_total", Number(fields[n + 1]) / Tick, ("cpu", fields[0][3..]), ("mode", Modes[n]));
        }
    }

    private static void Pressure(MetricsText text, string resource, string kind, string word)
    {
        foreach (var line in Lines($"/proc/pressure/{resource}"))
        {
            if (line.StartsWith(kind + " ", StringComparison.Ordinal) && line.LastIndexOf("total=", StringComparison.Ordinal) is > 0 and var at)
                text.Single($"node_pressure_{resource}_{word}_seconds_total", "counter", "From /proc/pressure.", Number(line[(at + 6)..]) / 1e6);
        }
    }

    private static void Services(MetricsText text, string lab)
    {
        var services = MarkedProcesses.Find(lab).Where(process => process.Host.Length > 0)
            .Select(process => (process.Host, Fields: Stat(process.Sight.Pid))).Where(one => one.Fields.Length > 21)
            .GroupBy(one => one.Host).OrderBy(host => host.Key, StringComparer.Ordinal)
            .Select(host => (host.Key, Cpu: host.Sum(one => Number(one.Fields[11]) + Number(one.Fields[12])) / Tick, Memory: host.Sum(one => Number(one.Fields[21])) * Page,
                Threads: host.Sum(one => Number(one.Fields[17])))).ToList();
        text.Family("lab_service_cpu_seconds_total", "counter", "Processor time of a service, user and system.");
        foreach (var one in services) text.Line("lab_service_cpu_seconds_total", one.Cpu, ("host", one.Key));
        text.Family("lab_service_memory_bytes", "gauge", "Resident memory of a service.");
        foreach (var one in services) text.Line("lab_service_memory_bytes", one.Memory, ("host", one.Key));
        text.Family("lab_service_threads", "gauge", "Threads of a service.");
        foreach (var one in services) text.Line("lab_service_threads", one.Threads, ("host", one.Key));
    }

    // The fields after the command's name, which may itself contain spaces: [11] and [12] are utime and stime (proc(5)).
    private static string[] Stat(int pid) => Lines($"/proc/{pid}/stat") is [var line, ..] ? line[(line.LastIndexOf(')') + 2)..].Split(' ') : [];

    private static string[] Lines(string file)
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

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
