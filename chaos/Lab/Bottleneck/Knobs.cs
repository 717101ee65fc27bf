using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using Host = ChaosLab.Chaos.Running.Host;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>The knobs of a lab. Each dose is in kind: time in a lock is spent holding the lock, time on a processor burning it.</summary>
/// <param name="lab">The lab.</param>
/// <param name="hand">Gives doses.</param>
/// <param name="addSlotsAsync">Gives every instance so many slots more; disposing the answer takes them back.</param>
/// <param name="databases">The servers that are looked at, primary first.</param>
/// <param name="quota">A planted quota of processor time; null: there is none.</param>
/// <param name="quotaHost">Whose.</param>
internal sealed class Knobs(RunningLab lab, DoseHand hand, Func<int, CancellationToken, Task<IAsyncDisposable>> addSlotsAsync, IReadOnlyList<DatabaseView> databases, ProcessorQuota? quota, string quotaHost)
{
    /// <summary>When a dose ends by itself.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private const double Part = 0.45, Notch = 0.08, QuotaNotch = 1.25;
    private static readonly TimeSpan LeastHold = TimeSpan.FromMilliseconds(1.5), LeastBurn = TimeSpan.FromMilliseconds(0.4), Most = TimeSpan.FromMilliseconds(100);

    /// <summary>Every knob, with doses that fit the times of an undisturbed reading.</summary>
    public IReadOnlyList<Knob> For(Reading baseline)
    {
        var knobs = new List<Knob>();
        foreach (var (kind, word, at) in ((ComponentKind, string, string)[])
            [(ComponentKind.Path, "delay", "path"), (ComponentKind.Processor, "burn", "processor"), (ComponentKind.Lock, "hold", "lock"), (ComponentKind.Connection, "hold", "connection"),
             (ComponentKind.Database, "burn", "database"), (ComponentKind.Row, "hold", "row")])
        {
            if (!baseline.Of(kind).Any()) continue;
            var instance = Lone(baseline, kind);
            var length = Size(baseline.SecondsOf(kind, instance), word == "burn" ? LeastBurn : LeastHold);
            knobs.Add(new Knob(kind, instance, true, stop => hand.GiveAsync(new Dose(Hosts(instance), word, at, length, 0), Longest, stop)));
        }

        foreach (var (kind, at) in ((ComponentKind, string)[])[(ComponentKind.Slots, "slots"), (ComponentKind.Connection, "connection"), (ComponentKind.Lock, "lock"), (ComponentKind.Row, "row")])
        {
            var instance = kind == ComponentKind.Slots ? "" : Lone(baseline, kind);
            // What is not there, or never full, cannot matter by being larger: measuring that would only measure noise.
            // Who waits at half empty slots waits for the balancer itself.
            if (baseline.Of(kind, instance).All(resource => resource.Utilisation < 0.5 && (kind == ComponentKind.Slots || resource.Waiting < 0.3))) continue;
            knobs.Add(new Knob(kind, instance, false, stop => AddAsync(baseline, kind, at, instance, stop)));
        }

        if (quota is not null) knobs.Add(new Knob(databases.Any(database => database.Host.Name == quotaHost) ? ComponentKind.Database : ComponentKind.Processor, quotaHost, false, _ => Task.FromResult<IAsyncDisposable>(new MoreProcessor(quota, QuotaNotch))));
        return knobs;
    }

    /// <summary>One notch more of a resource, as relief.</summary>
    /// <exception cref="LabRefusedException">There is no notch of it here.</exception>
    public Task<IAsyncDisposable> RelieveAsync(Reading baseline, ComponentKind kind, string instance, CancellationToken stop) => kind switch
    {
        ComponentKind.Processor or ComponentKind.Database => quota is not null
            ? Task.FromResult<IAsyncDisposable>(new MoreProcessor(quota, QuotaNotch))
            : throw new LabRefusedException("more processor time than the machine has cannot be given here"),
        ComponentKind.Slots => AddAsync(baseline, kind, "slots", "", stop),
        ComponentKind.Connection => AddAsync(baseline, kind, "connection", instance, stop),
        ComponentKind.Row => AddAsync(baseline, kind, "row", instance, stop),
        _ => AddAsync(baseline, kind, "lock", instance, stop),
    };

    /// <summary>What helps a part of a database besides more of it; disposing the answer takes it back.</summary>
    /// <exception cref="LabRefusedException">It cannot be done here.</exception>
    public async Task<IAsyncDisposable> CureAsync(Component component, CancellationToken stop)
    {
        switch (component)
        {
            case { Diagnosis.Cure: Cure.Index, Sight: { Scanned: { } scanned, Heaviest: { } heaviest } } when Cures.ColumnOf(heaviest.Text) is { } column:
                // A private database goes with its lab; one that stays would keep the index of a runner that was killed.
                if (lab is HostsLab) throw new LabRefusedException($"no index is made in a database that stays. Try it yourself: CREATE INDEX ON {scanned.Table}({column})");
                var database = databases.First(one => one.Host.Name == component.Instance);
                await database.ExecuteAsync($"CREATE INDEX {Cures.IndexName} ON {scanned.Table}({column})", stop);
                return new Cures.Index(database);
            case { Diagnosis.Cure: Cure.ReadPrimary }:
                return await hand.GiveAsync(new Dose(Hosts(""), "capacity", "standby", TimeSpan.Zero, -1), Longest, stop);
            default:
                throw new LabRefusedException($"no cure is known for {component.Says}");
        }
    }

    /// <summary>Capacity of one resource after the relief.</summary>
    public double Relieved(Reading baseline, ComponentKind kind, string instance, Resource resource)
    {
        if (resource.Kind != kind || (instance.Length > 0 && resource.Instance != instance)) return resource.Capacity;
        return kind switch
        {
            ComponentKind.Processor or ComponentKind.Database => resource.Capacity * QuotaNotch,
            ComponentKind.Slots => resource.Capacity + (Add(baseline, kind, instance) * lab.OfRole("app").Count),
            _ => resource.Capacity + Add(baseline, kind, instance),
        };
    }

    /// <summary>The one instance whose resource is under pressure while that of the others is not; empty when they are alike.</summary>
    private static string Lone(Reading reading, ComponentKind kind)
    {
        // Servers of a database are no equals: the one that is asked.
        if (kind == ComponentKind.Database) return reading.Of(kind).MaxBy(resource => resource.Completions)!.Instance;
        var byScore = reading.Of(kind).OrderByDescending(resource => resource.Score).ToList();
        return byScore.Count > 1 && byScore[0].Score > 0.4 && byScore[1].Score < byScore[0].Score / 4 ? byScore[0].Instance : "";
    }

    private IReadOnlyList<Host> Hosts(string instance) => [.. lab.OfRole("app").Where(host => instance.Length == 0 || host.Name == instance || databases.Any(database => database.Host.Name == instance))];

    private Task<IAsyncDisposable> AddAsync(Reading baseline, ComponentKind kind, string at, string instance, CancellationToken stop) =>
        kind == ComponentKind.Slots
            ? addSlotsAsync(Add(baseline, kind, instance), stop)
            : hand.GiveAsync(new Dose(Hosts(instance), "capacity", at, TimeSpan.Zero, Add(baseline, kind, instance)), Longest, stop);

    // One, or as many as it takes to change it by a measurable part.
    private int Add(Reading baseline, ComponentKind kind, string instance)
    {
        var each = baseline.CapacityOf(kind, instance) / Math.Max(1, kind == ComponentKind.Slots ? lab.OfRole("app").Count : baseline.Of(kind, instance).Count());
        return Math.Max(1, (int)Math.Ceiling(each * Notch));
    }

    private static TimeSpan Size(double seconds, TimeSpan least)
    {
        var length = TimeSpan.FromSeconds(seconds * Part);
        return length < least ? least : length > Most ? Most : length;
    }

    private sealed class MoreProcessor : IAsyncDisposable
    {
        private readonly ProcessorQuota quota;
        private readonly double before;

        public MoreProcessor(ProcessorQuota quota, double factor)
        {
            (this.quota, before) = (quota, quota.Cores);
            quota.Set(before * factor);
        }

        public ValueTask DisposeAsync()
        {
            quota.Set(before);
            return ValueTask.CompletedTask;
        }
    }
}
