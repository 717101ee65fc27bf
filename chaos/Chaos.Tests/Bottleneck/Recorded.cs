using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

/// <summary>Readings made by exact mean value analysis from known demands: the oracle that rules are held against.</summary>
internal static class Recorded
{
    public const int Users = 12;

    public static VerdictInputs Inputs(double path, double @lock, int connections, double connection, double hidden = 0, double lateness = 0, double machine = 0.5, double share = 0.8, double wobble = 0.02)
    {
        StationDemand[] stations = [new("lock", @lock, 1), new("connection", connection, connections), new("path", path, 0), .. hidden > 0 ? (StationDemand[])[new("hidden", hidden, 1)] : []];
        var solved = MeanValueAnalysis.Solve(stations, Users, 0);
        var x = solved.Throughput;
        var baseline = new Reading(Users, x, Users * (1 - lateness) / x, 0, 3,
        [
            new Resource(ComponentKind.Slots, "", 128, Users, 0, x),
            new Resource(ComponentKind.Path, "app1", 0, x * path, 0, x),
            new Resource(ComponentKind.Processor, "app1", 2, 0.05, 0, x),
            new Resource(ComponentKind.Lock, "app1", 1, x * @lock, solved.Queues[0] - (x * @lock), x),
            new Resource(ComponentKind.Connection, "app1", connections, x * connection, solved.Queues[1] - (x * connection), x),
        ], lateness, 0.1, 0.4, machine, 0);
        return new VerdictInputs(Users, baseline, [],
        [
            Component(ComponentKind.Path, path, Derive(2), null),
            Component(ComponentKind.Lock, @lock, Derive(0), Extend(0)),
            Component(ComponentKind.Connection, connection, Derive(1), Extend(1)),
        ], machine, share, 0);

        Component Component(ComponentKind kind, double seconds, double time, double? extent)
        {
            var resource = baseline.Of(kind).First();
            return new(kind, "", resource.Capacity, resource.Utilisation, resource.Waiting, seconds, resource.Score,
                new Elasticity(time, wobble, 3, 1.4), extent is { } more ? new Elasticity(more, wobble, 3, 1.4) : null);
        }

        double Derive(int k) => Math.Log(MeanValueAnalysis.Solve([.. stations.Select((station, n) => n == k ? station with { Seconds = station.Seconds * 1.01 } : station)], Users, 0).Throughput / x) / Math.Log(1.01);

        double Extend(int k) => Math.Log(MeanValueAnalysis.Solve([.. stations.Select((station, n) => n == k ? station with { Servers = station.Servers + 1 } : station)], Users, 0).Throughput / x) / Math.Log((stations[k].Servers + 1.0) / stations[k].Servers);
    }
}
