using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Metrics;

/// <summary>
/// What the machine and each service of a lab on it use, from /proc. Figures of the machine have the names of node-exporter, which
/// runs on hosts, so that the same dashboards serve both.
/// </summary>
/// <param name="lab">Id of an embedded lab; null: none.</param>
/// <param name="containers">Services of hosts that are containers of this machine; null: none.</param>
internal sealed class MachineFigures(string? lab, ContainerServices? containers)
{
    // USER_HZ: 100 on every Linux that .NET runs on.
    private const double Tick = 100;
    private static readonly string[] Modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

    /// <summary>Writes its lines; what cannot be read is left out.</summary>
    public void WriteTo(MetricsText text)
    {
        Processors(text);
        var memory = ProcessFigures.Lines("/proc/meminfo").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => ProcessFigures.Number(pair[1].Trim().Split(' ')[0]) * 1024);
        foreach (var name in (string[])["MemAvailable", "MemTotal"])
            if (memory.TryGetValue(name, out var bytes)) text.Single($"node_memory_{name}_bytes", "gauge", "From /proc/meminfo.", bytes);
        if (ProcessFigures.Lines("/proc/loadavg") is [var load, ..]) text.Single("node_load1", "gauge", "Load average of a minute.", ProcessFigures.Number(load.Split(' ')[0]));
        Pressure(text, "cpu", "some", "waiting");
        Pressure(text, "memory", "full", "stalled");
        Pressure(text, "io", "full", "stalled");
        if (lab is not null || containers is not null) Services(text);
    }

    private static void Processors(MetricsText text)
    {
        text.Family("node_cpu_seconds_total", "counter", "From /proc/stat.");
        foreach (var line in ProcessFigures.Lines("/proc/stat"))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length <= Modes.Length || !fields[0].StartsWith("cpu", StringComparison.Ordinal) || fields[0] == "cpu") continue;
            for (var n = 0; n < Modes.Length; n++) text.Line("node_cpu_seconds_total", ProcessFigures.Number(fields[n + 1]) / Tick, ("cpu", fields[0][3..]), ("mode", Modes[n]));
        }
    }

    private static void Pressure(MetricsText text, string resource, string kind, string word)
    {
        foreach (var line in ProcessFigures.Lines($"/proc/pressure/{resource}"))
        {
            if (line.StartsWith(kind + " ", StringComparison.Ordinal) && line.LastIndexOf("total=", StringComparison.Ordinal) is > 0 and var at)
                text.Single($"node_pressure_{resource}_{word}_seconds_total", "counter", "From /proc/pressure.", ProcessFigures.Number(line[(at + 6)..]) / 1e6);
        }
    }

    private void Services(MetricsText text)
    {
        var services = containers?.Read() ?? [.. MarkedProcesses.Find(lab!).Where(process => process.Host.Length > 0)
            .Select(process => (process.Host, Figures: ProcessFigures.Read(process.Sight.Pid))).Where(one => one.Figures is not null)
            .GroupBy(one => one.Host).OrderBy(host => host.Key, StringComparer.Ordinal)
            .Select(host => new ServiceUse(host.Key, host.Sum(one => one.Figures!.CpuSeconds), host.Sum(one => one.Figures!.MemoryBytes), host.Sum(one => one.Figures!.Threads)))];
        text.Family("lab_service_cpu_seconds_total", "counter", "Processor time of a service, user and system.");
        foreach (var one in services) text.Line("lab_service_cpu_seconds_total", one.CpuSeconds, ("host", one.Name));
        text.Family("lab_service_memory_bytes", "gauge", "Resident memory of a service.");
        foreach (var one in services) text.Line("lab_service_memory_bytes", one.MemoryBytes, ("host", one.Name));
        text.Family("lab_service_threads", "gauge", "Threads of a service.");
        foreach (var one in services) text.Line("lab_service_threads", one.Threads, ("host", one.Name));
    }
}
