namespace ChaosLab.Chaos.Bottleneck;

/// <summary>
/// Exact mean value analysis of a closed network with one class of users, stations of one or several servers, and delays
/// (Reiser and Lavenberg, Journal of the ACM 27(2), 1980; for several servers with marginal probabilities).
/// </summary>
public static class MeanValueAnalysis
{
    /// <summary>Solves the network.</summary>
    /// <param name="demands">The stations.</param>
    /// <param name="users">Users, ≥ 1.</param>
    /// <param name="think">Time outside of every station, in s.</param>
    public static NetworkSolution Solve(IReadOnlyList<StationDemand> demands, int users, double think)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(users, 1);
        // probability[k][j]: that j users are at station k, with the population of the step before.
        var probability = demands.Select(_ => new double[users + 1]).ToArray();
        foreach (var row in probability) row[0] = 1;
        var (throughput, residence) = (0.0, new double[demands.Count]);
        for (var population = 1; population <= users; population++)
        {
            for (var k = 0; k < demands.Count; k++) residence[k] = Residence(demands[k], probability[k], population);
            throughput = population / (think + residence.Sum());
            for (var k = 0; k < demands.Count; k++) Advance(demands[k], probability[k], population, throughput);
        }

        return new(throughput, [.. residence.Select(seconds => throughput * seconds)], users / throughput - think);
    }

    private static double Residence(StationDemand station, double[] probability, int population)
    {
        if (station.Servers == 0) return station.Seconds;
        var sum = 0.0;
        for (var j = 1; j <= population; j++) sum += (double)j / Math.Min(j, station.Servers) * probability[j - 1];
        return station.Seconds * sum;
    }

    private static void Advance(StationDemand station, double[] probability, int population, double throughput)
    {
        if (station.Servers == 0) return;
        var rest = 1.0;
        for (var j = population; j >= 1; j--)
        {
            probability[j] = throughput * station.Seconds / Math.Min(j, station.Servers) * probability[j - 1];
            rest -= probability[j];
        }

        // Rounding near saturation; a probability is never negative.
        probability[0] = Math.Max(0, rest);
    }
}

/// <summary>A solved network.</summary>
/// <param name="Throughput">In 1/s.</param>
/// <param name="Queues">Mean number of users at each station, in the order of the demands.</param>
/// <param name="ResponseSeconds">Time of a round without thinking.</param>
public sealed record NetworkSolution(double Throughput, IReadOnlyList<double> Queues, double ResponseSeconds);
