using System.Globalization;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Reads users, stations and processors over one stretch of time.</summary>
/// <param name="lab">The lab.</param>
/// <param name="bench">Hosts that were made ready; null: an embedded lab, whose balancer counts for itself.</param>
/// <param name="databases">The servers that are looked at, primary first.</param>
/// <param name="tap">What the users saw.</param>
/// <param name="crowd">How many they are.</param>
/// <param name="coresOf">Cores that a host may use.</param>
/// <param name="time">The clock.</param>
internal sealed class Gauge(RunningLab lab, HostBench? bench, IReadOnlyList<DatabaseView> databases, UserTap tap, Crowd crowd, Func<string, double> coresOf, TimeProvider time) : IDisposable
{
    // The instances' words for the servers, primary first.
    private static readonly string[] Stations = ["primary", "standby"];
    private readonly List<StationView> views = [.. lab.Hosts.Where(host => host.Role == "app" || (host.Role == "lb" && bench is null)).Select(host => new StationView(host))];

    /// <summary>Looks for so long.</summary>
    public async Task<Reading> ReadAsync(TimeSpan length, CancellationToken stop)
    {
        var first = await SnapAsync(stop);
        await Task.Delay(length, time, stop);
        var last = await SnapAsync(stop);
        var (count, response, failures) = tap.Between(first.At, last.At, time);
        var seconds = time.GetElapsedTime(first.At, last.At).TotalSeconds;
        var throughput = count / seconds;
        var users = crowd.Wanted;
        var cpu = (last.GeneratorCpu - first.GeneratorCpu) / seconds;
        var resources = Resources(first, last, Math.Min(users, throughput * response));
        // Who is at the balancer is not in the generator, also while no answer comes: answers that ended tell nothing of a service that stalls.
        var away = Math.Max(throughput * response, resources[0].Busy + resources[0].Waiting);
        return new Reading(
            users, throughput, response, failures, seconds, resources,
            Math.Clamp(1 - (away / users), 0, 1),
            cpu, cpu + (bench is not null
                ? (last.HostsCpu - first.HostsCpu) / seconds
                : last.Sights.Zip(first.Sights, (after, before) => (after.CpuSeconds - before.CpuSeconds) / (after.AtSeconds - before.AtSeconds)).Sum() + databases.Select((_, server) => Cores(first, last, server)).Sum()),
            last.Machine.Total == first.Machine.Total ? 0 : 1 - ((double)(last.Machine.Idle - first.Machine.Idle) / (last.Machine.Total - first.Machine.Total)),
            last.Breakers - first.Breakers);
    }

    public void Dispose()
    {
        foreach (var view in views) view.Dispose();
    }

    private List<Resource> Resources(Snap first, Snap last, double onTheirWay)
    {
        var resources = new List<Resource>();
        var balancer = bench is null ? Between(first, last, lab.OfRole("lb")[0].Name) : static _ => null;
        var instances = lab.OfRole("app").Select(app => Between(first, last, app.Name)("instance") ?? new Means(0, 0, 0, 0)).ToList();
        // HAProxy tells its queue as it is just now, and no sums. But whoever is on the way and in no instance is at the balancer (Little).
        var inside = instances.Sum(instance => instance.Busy);
        var line = balancer("slots") ?? new Means(bench?.Slots ?? 0, inside, Math.Max(0, onTheirWay - inside), instances.Sum(instance => instance.Completions));
        resources.Add(new Resource(ComponentKind.Slots, "", line.Capacity, line.Busy, line.Waiting, line.Completions, line.Busy));
        List<Means> rows = [];
        var lookUps = databases.Select(_ => new Means(0, 0, 0, 0)).ToList();
        foreach (var app in lab.OfRole("app"))
        {
            var station = Between(first, last, app.Name);
            var known = 0.0;
            foreach (var (kind, name) in ((ComponentKind, string)[])[(ComponentKind.Path, "path"), (ComponentKind.Lock, "lock"), (ComponentKind.Connection, "connection")])
            {
                if (station(name) is not { } means) continue;
                // Whoever holds a connection is at a server of the database for most of the time.
                var within = kind != ComponentKind.Connection ? 0 : databases.Select((_, server) => station(Stations[server])?.Busy ?? 0).Sum();
                resources.Add(new Resource(kind, app.Name, means.Capacity, means.Busy, means.Waiting, means.Completions, within));
                known += means.Busy + means.Waiting;
            }

            for (var server = 0; server < databases.Count; server++)
                if (station(Stations[server]) is { } means) lookUps[server] = new(0, lookUps[server].Busy + means.Busy, 0, lookUps[server].Completions + means.Completions);
            if (station("row") is { Capacity: > 0 } row)
            {
                rows.Add(row);
                known += row.Busy + row.Waiting;
            }

            var (before, after) = (first.Of(app.Name), last.Of(app.Name));
            var busy = (after.CpuSeconds - before.CpuSeconds) / (after.AtSeconds - before.AtSeconds);
            // Who is in the instance, but at no station, is at the processor or waits for it (the protocol's own time included).
            var waiting = (balancer("slots@" + app.Name) ?? station("instance"))!.Busy - known - busy;
            resources.Add(new Resource(ComponentKind.Processor, app.Name, coresOf(app.Name), busy, Math.Max(0, waiting), station("path")?.Completions ?? 0));
        }

        foreach (var (database, server) in databases.Select((database, server) => (database, server)))
        {
            // Who is in the server and not on its processor waits for it: how many are there the instances know exactly.
            var busy = Cores(first, last, server);
            resources.Add(new Resource(ComponentKind.Database, database.Host.Name, coresOf(database.Host.Name), busy, Math.Max(0, lookUps[server].Busy - busy), lookUps[server].Completions));
        }

        // One table for all instances.
        if (rows.Count > 0) resources.Add(new Resource(ComponentKind.Row, "", rows[0].Capacity, rows.Sum(row => row.Busy), rows.Sum(row => row.Waiting), rows.Sum(row => row.Completions)));
        return resources;
    }

    private double Cores(Snap first, Snap last, int server) =>
        last.Processors[server].Times.Sum(now => Math.Max(0, now.Value - first.Processors[server].Times.GetValueOrDefault(now.Key)))
            / time.GetElapsedTime(first.Processors[server].At, last.Processors[server].At).TotalSeconds;

    private static Func<string, Means?> Between(Snap first, Snap last, string host)
    {
        var (before, after) = (first.Of(host), last.Of(host));
        var seconds = after.AtSeconds - before.AtSeconds;
        return name => before.Find(name) is { } one && after.Find(name) is { } other
            ? new Means(other.Capacity, (other.BusySeconds - one.BusySeconds) / seconds, (other.WaitSeconds - one.WaitSeconds) / seconds, (other.Completions - one.Completions) / seconds)
            : null;
    }

    private async Task<Snap> SnapAsync(CancellationToken stop)
    {
        var before = time.GetTimestamp();
        var sights = await Task.WhenAll(views.Select(view => view.ReadAsync(stop)));
        var hosts = bench?.ReadSeconds() ?? 0;
        var processors = databases.Select(database => (time.GetTimestamp(), database.ReadProcessors())).ToList();
        var after = time.GetTimestamp();
        var breakers = await Task.WhenAll(views.Where(view => view.Host.Role == "app").Select(view => view.ReadBreakerEventsAsync(stop)));
        return new Snap(before + ((after - before) / 2), views.Select(view => view.Host.Name).ToList(), sights, Environment.CpuUsage.TotalTime.TotalSeconds, breakers.Sum(), ReadMachine(), processors, hosts);
    }

    // proc(5): user nice system idle iowait irq softirq steal, in ticks.
    private static (long Idle, long Total) ReadMachine()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToList();
        return (ticks[3] + ticks[4], ticks.Sum());
    }

    private sealed record Means(int Capacity, double Busy, double Waiting, double Completions);

    private sealed record Snap(long At, IReadOnlyList<string> Hosts, IReadOnlyList<StationSight> Sights, double GeneratorCpu, long Breakers, (long Idle, long Total) Machine,
        IReadOnlyList<(long At, IReadOnlyDictionary<int, double> Times)> Processors, double HostsCpu)
    {
        public StationSight Of(string host) => Sights[Hosts.ToList().IndexOf(host)];
    }
}
