namespace ChaosLab.Chaos.Bottleneck;

/// <summary>The kinds of component that are looked at and dosed.</summary>
public enum ComponentKind
{
    /// <summary>Time that holds nothing.</summary>
    Path,

    /// <summary>Processor of an instance.</summary>
    Processor,

    /// <summary>The one lock of an instance.</summary>
    Lock,

    /// <summary>Connections to the store.</summary>
    Connection,

    /// <summary>Processor of a PostgreSQL server, as far as look-ups need it.</summary>
    Database,

    /// <summary>Rows that every look-up updates, one after the other.</summary>
    Row,

    /// <summary>Places that the balancer gives.</summary>
    Slots,
}

/// <summary>One resource over one stretch of time, as the operational laws see it.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Instance">The instance; empty for what all share.</param>
/// <param name="Capacity">m; 0 = no limit.</param>
/// <param name="Busy">Mean number in service, U·m.</param>
/// <param name="Waiting">Mean number waiting, W.</param>
/// <param name="Completions">Per second.</param>
/// <param name="Inside">How many of <paramref name="Busy"/> are at another resource meanwhile: who holds a connection is in the database, who holds a slot is anywhere.</param>
public sealed record Resource(ComponentKind Kind, string Instance, double Capacity, double Busy, double Waiting, double Completions, double Inside = 0)
{
    /// <summary>Name as it is shown, such as <c>connection@app1</c>.</summary>
    public string Name => Kind.ToString().ToLowerInvariant() + (Instance.Length > 0 ? "@" + Instance : "");

    /// <summary>U, 0 to about 1; 0 when there is no limit.</summary>
    public double Utilisation => Capacity <= 0 ? 0 : Busy / Capacity;

    /// <summary>Mean number in service here and nowhere else.</summary>
    public double Own => Math.Max(0, Busy - Inside);

    /// <summary>min(1, U)·(1 − exp(−W/m)): needs both use and a queue; 0 to 1.</summary>
    public double Score => Capacity <= 0 ? 0 : Math.Min(1, Utilisation) * (1 - Math.Exp(-Math.Max(0, Waiting) / Capacity));
}

/// <summary>Everything read over one stretch of time.</summary>
/// <param name="Users">Users of the closed loop.</param>
/// <param name="Throughput">What the users saw, in 1/s.</param>
/// <param name="ResponseSeconds">Mean time from sending to the answer, as the users saw it.</param>
/// <param name="Failures">Answers that were not right.</param>
/// <param name="Seconds">Length.</param>
/// <param name="Resources">Every resource.</param>
/// <param name="Latenesses">Time the users spent in the generator between answer and next request, as a share of their round, 0 to 1.</param>
/// <param name="GeneratorCores">Cores the generator used.</param>
/// <param name="LabCores">Cores that the lab's processes used.</param>
/// <param name="MachineBusy">Share of the machine's cores in use by anybody, 0 to 1.</param>
/// <param name="BreakerEvents">Timeouts, openings and rejections of the service's breakers.</param>
public sealed record Reading(
    int Users, double Throughput, double ResponseSeconds, long Failures, double Seconds, IReadOnlyList<Resource> Resources,
    double Latenesses, double GeneratorCores, double LabCores, double MachineBusy, long BreakerEvents)
{
    /// <summary>Several readings of the same undisturbed system as one: means, but sums of lengths and of mishaps. One look of seconds may meet a bad moment; all of them do not.</summary>
    /// <param name="readings">At least one, with the same users and resources.</param>
    public static Reading Mean(IReadOnlyList<Reading> readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        double Of(Func<Reading, double> value) => readings.Average(value);
        return new(
            readings[0].Users, Of(one => one.Throughput), Of(one => one.ResponseSeconds), readings.Sum(one => one.Failures), readings.Sum(one => one.Seconds),
            [.. readings[0].Resources.Select((resource, n) => resource with
            {
                Busy = Of(one => one.Resources[n].Busy),
                Waiting = Of(one => one.Resources[n].Waiting),
                Completions = Of(one => one.Resources[n].Completions),
                Inside = Of(one => one.Resources[n].Inside),
            })],
            Of(one => one.Latenesses), Of(one => one.GeneratorCores), Of(one => one.LabCores), Of(one => one.MachineBusy), readings.Sum(one => one.BreakerEvents));
    }

    /// <summary>The resources of a kind, or one of them.</summary>
    public IEnumerable<Resource> Of(ComponentKind kind, string instance = "") => Resources.Where(resource => resource.Kind == kind && (instance.Length == 0 || resource.Instance == instance));

    /// <summary>Mean time of a visit over the instances that is spent in the resource itself, in s.</summary>
    public double SecondsOf(ComponentKind kind, string instance = "")
    {
        var all = Of(kind, instance).ToList();
        var completions = all.Sum(resource => resource.Completions);
        return completions <= 0 ? 0 : all.Sum(resource => resource.Own) / completions;
    }

    /// <summary>Sum of the capacities.</summary>
    public double CapacityOf(ComponentKind kind, string instance = "") => Of(kind, instance).Sum(resource => resource.Capacity);
}
