namespace ChaosLab.Chaos.Bottleneck;

/// <summary>Predicts what one notch more of a resource will do, from one undisturbed reading.</summary>
public static class Relief
{
    /// <summary>Throughput with other capacities, in 1/s.</summary>
    /// <param name="reading">The undisturbed reading.</param>
    /// <param name="capacityOf">Capacity that each limited resource is going to have; processors with a quota in cores.</param>
    /// <param name="partOf">Part of its demand that each resource keeps, 0 to 1; null: all of it.</param>
    /// <remarks>
    /// Exact mean value analysis with the measured demands gives the ratio of new to old; the measured throughput is multiplied by it, so that
    /// what the model leaves out (times that are not exponential) cancels. Slots are a population limit: nobody beyond them is inside.
    /// </remarks>
    public static RelievedThroughput Predict(Reading reading, Func<Resource, double> capacityOf, Func<Resource, double>? partOf = null)
    {
        ArgumentNullException.ThrowIfNull(reading);
        partOf ??= static _ => 1;
        var before = Solve(reading, resource => resource.Capacity, static _ => 1);
        var after = Solve(reading, capacityOf, partOf);
        var next = Stations(reading)
            .Select(resource => (resource, Bound: resource.Busy * partOf(resource) <= 0 ? double.PositiveInfinity : reading.Throughput * capacityOf(resource) / (resource.Busy * partOf(resource))))
            .OrderBy(pair => pair.Bound).Select(pair => pair.resource.Name).FirstOrDefault() ?? "";
        return new(reading.Throughput * after / before, next);
    }

    private static double Solve(Reading reading, Func<Resource, double> capacityOf, Func<Resource, double> partOf)
    {
        var round = reading.Users / reading.Throughput;
        var stations = Stations(reading);
        var slots = reading.Of(ComponentKind.Slots).ToList();
        var think = Math.Max(0, round - (stations.Sum(station => station.Busy + station.Waiting) / reading.Throughput) - (slots.Sum(slot => slot.Waiting) / reading.Throughput));
        var population = slots.Count == 0 ? reading.Users : Math.Min(reading.Users, (int)Math.Round(slots.Sum(capacityOf)));
        return MeanValueAnalysis.Solve([.. stations.Select(station => Demand(station, reading.Throughput / partOf(station), capacityOf(station)))], Math.Max(1, population), think).Throughput;
    }

    // Connections that others wait for are one station with everything that is done while they are held. Else what is inside of them are
    // the stations, and the rest of the holding is a delay.
    private static List<Resource> Stations(Reading reading)
    {
        var isFull = reading.Of(ComponentKind.Connection).Any(connection => connection is { Inside: > 0, Waiting: >= 0.5 });
        return [.. reading.Resources.Where(resource => resource.Kind switch
        {
            ComponentKind.Lock or ComponentKind.Row => resource.Busy > 0,
            ComponentKind.Connection => isFull || resource.Inside <= 0,
            // A processor without a quota is shared by all: its time is a delay here.
            ComponentKind.Processor => resource.Capacity is > 0 and < 1,
            ComponentKind.Database => !isFull && resource.Capacity is > 0 and < 1 && resource.Completions > 0,
            _ => false,
        })];
    }

    // Less than a whole server is one that takes longer.
    private static StationDemand Demand(Resource station, double throughput, double capacity) => capacity >= 1
        ? new(station.Name, station.Busy / throughput, (int)Math.Round(capacity))
        : new(station.Name, station.Busy / throughput / capacity, 1);
}

/// <summary>A prediction.</summary>
/// <param name="Throughput">In 1/s.</param>
/// <param name="Next">The resource whose bound is then the nearest.</param>
public sealed record RelievedThroughput(double Throughput, string Next);
