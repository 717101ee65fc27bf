using ChaosLab.Chaos.Running;
using ChaosLab.Lab.Logs;

namespace ChaosLab.Lab.Desk;

/// <summary>Puts every call of the desk beside the fault that it came of.</summary>
internal static class Drills
{
    // The short window of a budget is a minute, so a call may come that long after the fault is gone.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1);

    /// <summary>The record of a campaign, oldest call first.</summary>
    /// <param name="incidents">What the desk was called for.</param>
    /// <param name="faults">Every fault that was injected, host by host.</param>
    public static IReadOnlyList<IncidentResult> Of(IReadOnlyList<Incident> incidents, IReadOnlyList<FaultWindow> faults)
    {
        // One fault on several hosts is one cause.
        var causes = faults.GroupBy(one => (one.Experiment, Number: one.Id.Split('-')[0])).Select(hosts => new Cause(
            hosts.Key.Experiment, $"{hosts.First().Kind} ({string.Join(", ", hosts.Select(one => one.Id))})", new Window(hosts.Min(one => one.When.From), hosts.Max(one => one.When.To)))).ToList();
        return [.. incidents.OrderBy(one => one.Triggered).Select(one => Record(one, CauseOf(one.Triggered, causes)))];
    }

    private sealed record Cause(string Experiment, string Fault, Window When);

    // A fault that is in comes before one that is over: of the former the one that began last, of the latter the one that ended last.
    private static Cause? CauseOf(DateTimeOffset called, List<Cause> causes) => causes
        .Where(one => one.When.From <= called && called <= one.When.To + Aftermath)
        .MaxBy(one => called <= one.When.To ? (true, one.When.From) : (false, one.When.To));

    private static IncidentResult Record(Incident one, Cause? cause) => new(
        one.Alert, one.Service, one.Severity, one.Summary, one.Triggered,
        cause?.Experiment ?? "", cause is null ? "" : cause.Fault + (one.Triggered > cause.When.To ? ", after its undo" : ""),
        one.Triggered - cause?.When.From, one.Acknowledged - one.Triggered, one.Resolved - one.Triggered);
}
