namespace ChaosLab.Chaos.Bottleneck;

/// <summary>Predicts what one notch more of a resource will do, from one undisturbed reading.</summary>
public static class Relief
{
    /// <summary>Throughput with other capacities, in 1/s.</summary>
    /// <param name="reading">The undisturbed reading.</param>
    /// <param name="capacityOf">Capacity that each limited resource is going to have; processors with a quota in cores.</param>
    /// <remarks>
    /// Exact mean value analysis with the measured demands gives the ratio of new to old; the measured throughput is multiplied by it, so that
    /// what the model leaves out (times that are not exponential) cancels. Slots are a population limit: nobody beyond them is inside.
    /// </remarks>
    public static RelievedThroughput Predict(Reading reading, Func<Resource, double> capacityOf)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var before = Solve(reading, resource => resource.Capacity);
        var after = Solve(reading, capacityOf);
        var next = reading.Resources.Where(IsStation)
            .Select(resource => (resource, Bound: resource.Busy <= 0 ? double.PositiveInfinity : reading.Throughput * capacityOf(resource) / resource.Busy))
            .OrderBy(pair => pair.Bound).Select(pair => pair.resource.Name).FirstOrDefault() ?? "";
        return new(reading.Throughput * after / before, next);
    }

    private static double Solve(Reading reading, Func<Resource, double> capacityOf)
    {
        var round = reading.Users / reading.Throughput;
        var stations = reading.Resources.Where(IsStation).ToList();
        var slots = reading.Of(ComponentKind.Slots).ToList();
        var think = Math.Max(0, round - (stations.Sum(station => station.Busy + station.Waiting) / reading.Throughput) - (slots.Sum(slot => slot.Waiting) / reading.Throughput));
        var population = slots.Count == 0 ? reading.Users : Math.Min(reading.Users, (int)Math.Round(slots.Sum(capacityOf)));
        return MeanValueAnalysis.Solve([.. stations.Select(station => Demand(station, reading.Throughput, capacityOf(station)))], Math.Max(1, population), think).Throughput;
    }

    // A processor without a quota is shared by all: its time is a delay here.
    private static bool IsStation(Resource resource) =>
        resource.Kind is ComponentKind.Lock or ComponentKind.Connection || (resource.Kind == ComponentKind.Processor && resource.Capacity is > 0 and < 1);

    // Less than a whole server is one that takes longer.
    private static StationDemand Demand(Resource station, double throughput, double capacity) => capacity >= 1
        ? new(station.Name, station.Busy / throughput, (int)Math.Round(capacity))
        : new(station.Name, station.Busy / throughput / capacity, 1);
}

/// <summary>A prediction.</summary>
/// <param name="Throughput">In 1/s.</param>
/// <param name="Next">The resource whose bound is then the nearest.</param>
public sealed record RelievedThroughput(double Throughput, string Next);
