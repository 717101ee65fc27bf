namespace ChaosLab.Chaos.Bottleneck;

/// <summary>What one request asks of one resource.</summary>
/// <param name="Name">The resource.</param>
/// <param name="Seconds">Service demand D = U·m/X, in s, ≥ 0.</param>
/// <param name="Servers">How many requests it serves at once, m; 0 = as many as come (pure delay).</param>
public sealed record StationDemand(string Name, double Seconds, int Servers);

/// <summary>Bounds of throughput that follow from demands alone (asymptotic bounds; Denning and Buzen, Computing Surveys 10(3), 1978).</summary>
public static class Bounds
{
    /// <summary>X ≤ min(N / (ΣD + Z), min m/D): the throughput that no schedule can exceed, in 1/s.</summary>
    /// <param name="demands">Every resource.</param>
    /// <param name="users">Users in the closed loop, ≥ 1.</param>
    /// <param name="think">Time a user spends elsewhere, in s.</param>
    public static double Throughput(IReadOnlyList<StationDemand> demands, double users, double think) =>
        Math.Min(users / (demands.Sum(demand => demand.Seconds) + think), Capacity(demands));

    /// <summary>min m/D over the resources that have a limit, in 1/s; infinite when none has. Also the most an open load can bring.</summary>
    public static double Capacity(IReadOnlyList<StationDemand> demands) => demands.Select(CapacityOf).DefaultIfEmpty(double.PositiveInfinity).Min();

    /// <summary>m/D of one resource, in 1/s.</summary>
    public static double CapacityOf(StationDemand demand) => demand.Servers == 0 || demand.Seconds <= 0 ? double.PositiveInfinity : demand.Servers / demand.Seconds;

    /// <summary>N* = (ΣD + Z) / max(D/m): the users at which the two bounds meet.</summary>
    public static double SaturationPoint(IReadOnlyList<StationDemand> demands, double think) => (demands.Sum(demand => demand.Seconds) + think) * Capacity(demands);
}
