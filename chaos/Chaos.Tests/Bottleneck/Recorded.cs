using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

/// <summary>Readings made by exact mean value analysis from known demands: the oracle that rules are held against.</summary>
internal static class Recorded
{
    public const int Users = 12;

    /// <summary>A system on SQLite.</summary>
    public static VerdictInputs Inputs(double path, double @lock, int connections, double connection, double hidden = 0, double lateness = 0, double machine = 0.5, double share = 0.8, double wobble = 0.02) =>
        Inputs([new("lock", @lock, 1), new("connection", connection, connections), new("path", path, 0), .. hidden > 0 ? (StationDemand[])[new("hidden", hidden, 1)] : []], null, lateness, machine, share, wobble);

    /// <summary>A system on PostgreSQL with ample connections: look-ups need a server of <paramref name="cores"/> for so long, and then the row.</summary>
    public static VerdictInputs OnPostgres(DatabaseSight sight, double path, double database, double cores, double row) =>
        Inputs([new("lock", 0.001, 1), new("connection", 0.002, 0), new("path", path, 0), new("database", database / cores, 1), .. row > 0 ? (StationDemand[])[new("row", row, 1)] : []], (sight, cores), 0, 0.5, 0.8, 0.02);

    private static VerdictInputs Inputs(StationDemand[] stations, (DatabaseSight Sight, double Cores)? database, double lateness, double machine, double share, double wobble)
    {
        var solved = MeanValueAnalysis.Solve(stations, Users, 0);
        var x = solved.Throughput;
        var inDatabase = database is null ? 0 : Queue("database");
        var own = x * Find("connection").Seconds;
        var baseline = new Reading(Users, x, Users * (1 - lateness) / x, 0, 3,
        [
            new Resource(ComponentKind.Slots, "", 128, Users, 0, x, Users),
            new Resource(ComponentKind.Path, "app1", 0, x * Find("path").Seconds, 0, x),
            new Resource(ComponentKind.Processor, "app1", 2, 0.05, 0, x),
            new Resource(ComponentKind.Lock, "app1", 1, x * Find("lock").Seconds, Queue("lock") - (x * Find("lock").Seconds), x),
            database is null
                ? new Resource(ComponentKind.Connection, "app1", Find("connection").Servers, own, Queue("connection") - own, x)
                : new Resource(ComponentKind.Connection, "app1", 32, own + inDatabase, 0, x, inDatabase),
            .. database is var (sight, cores)
                ? (Resource[])[new(ComponentKind.Database, sight.Server, cores, x * Find("database").Seconds * cores, inDatabase - (x * Find("database").Seconds * cores), x)] : [],
            .. Has("row") ? (Resource[])[new(ComponentKind.Row, "", 1, x * Find("row").Seconds, Queue("row") - (x * Find("row").Seconds), x)] : [],
        ], lateness, 0.1, 0.4, machine, 0);
        return new VerdictInputs(Users, baseline, [],
        [
            Component(ComponentKind.Path, "path", false),
            Component(ComponentKind.Lock, "lock", true),
            Component(ComponentKind.Connection, "connection", database is null),
            .. database is null ? (Component[])[] : [Component(ComponentKind.Database, "database", true) with { Instance = database.Value.Sight.Server, Sight = database.Value.Sight }],
            .. Has("row") ? (Component[])[Component(ComponentKind.Row, "row", true) with { Sight = database!.Value.Sight }] : [],
        ], machine, share, 0);

        Component Component(ComponentKind kind, string station, bool isLimited)
        {
            var resource = baseline.Of(kind).First();
            return new(kind, "", resource.Capacity, resource.Utilisation, resource.Waiting, resource.Own / x, resource.Score,
                new Elasticity(Derive(Index(station)), wobble, 3, 1.4), isLimited ? new Elasticity(Extend(Index(station), kind == ComponentKind.Database), wobble, 3, 1.4) : null);
        }

        bool Has(string name) => stations.Any(station => station.Name == name);

        int Index(string name) => Array.FindIndex(stations, station => station.Name == name);

        StationDemand Find(string name) => stations[Index(name)];

        double Queue(string name) => solved.Queues[Index(name)];

        double Derive(int k) => Math.Log(With(k, stations[k] with { Seconds = stations[k].Seconds * 1.01 }) / x) / Math.Log(1.01);

        // More of a processor is a faster one; more of anything else is one more.
        double Extend(int k, bool isProcessor) => isProcessor
            ? -Derive(k)
            : Math.Log(With(k, stations[k] with { Servers = stations[k].Servers + 1 }) / x) / Math.Log((stations[k].Servers + 1.0) / stations[k].Servers);

        double With(int k, StationDemand changed) => MeanValueAnalysis.Solve([.. stations.Select((station, n) => n == k ? changed : station)], Users, 0).Throughput;
    }
}
