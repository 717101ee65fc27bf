namespace ChaosLab.Chaos.Experiments;

/// <summary>One setting an experiment may change in the lab, already as the service reads it.</summary>
/// <param name="Name">As written in the file, such as <c>break-duration</c>.</param>
/// <param name="Role">Role whose services read it: <c>app</c> or <c>lb</c>.</param>
/// <param name="Variable">Environment variable, such as <c>Breaker__BreakDuration</c>.</param>
/// <param name="Value">Its value in the service's own notation, such as <c>00:00:02</c>.</param>
public sealed record LabSetting(string Name, string Role, string Variable, string Value);

/// <summary>The settings that experiments may change, and no others: an experiment must not switch its own safeguards off.</summary>
internal static class LabSettings
{
    private static readonly (string Name, string Role, string Variable)[] Durations =
    [
        ("attempt-timeout", "app", "Store__AttemptTimeout"),
        ("store-deadline", "app", "Store__Deadline"),
        ("break-duration", "app", "Breaker__BreakDuration"),
        ("sampling-duration", "app", "Breaker__SamplingDuration"),
        ("cache-time-to-live", "app", "Cache__TimeToLive"),
        ("drain-delay", "app", "Shutdown__DrainDelay"),
        ("health-interval", "lb", "Balancer__HealthInterval"),
        ("balancer-attempt-timeout", "lb", "Balancer__AttemptTimeout"),
    ];

    private static readonly (string Name, string Role, string Variable)[] Counts =
    [
        ("minimum-throughput", "app", "Breaker__MinimumThroughput"),
        ("cache-capacity", "app", "Cache__Capacity"),
        ("max-concurrent-per-backend", "lb", "Balancer__MaxConcurrentPerBackend"),
    ];

    public static IReadOnlyList<LabSetting> Read(Section section)
    {
        var settings = new List<LabSetting>();
        foreach (var (name, role, variable) in Durations)
            if (section.Duration(name, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)) is { } duration)
                settings.Add(new LabSetting(name, role, variable, duration.ToString("c")));
        foreach (var (name, role, variable) in Counts)
            if (section.Whole(name, 1, 1_000_000) is { } number)
                settings.Add(new LabSetting(name, role, variable, $"{number}"));
        section.Done();
        return settings;
    }
}
