using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class MeanValueAnalysisTests
{
    private static readonly StationDemand[] Three = [new("lock", 0.004, 1), new("pool", 0.020, 2), new("path", 0.030, 0)];

    [Fact]
    public void One_user_never_waits()
    {
        var solved = MeanValueAnalysis.Solve(Three, 1, 0.010);

        Assert.Equal(1 / 0.064, solved.Throughput, 1e-9);
        Assert.Equal(0.054, solved.ResponseSeconds, 1e-12);
    }

    [Fact]
    public void Two_users_at_one_server_are_as_in_the_textbook()
    {
        // D = 1, Z = 0, a second station of 1: N = 2 gives R = 1.5 at each, X = 2/3.
        var solved = MeanValueAnalysis.Solve([new("a", 1, 1), new("b", 1, 1)], 2, 0);

        Assert.Equal(2.0 / 3, solved.Throughput, 1e-12);
        Assert.Equal([1, 1], solved.Queues.Select(queue => Math.Round(queue, 9)));
    }

    [Fact]
    public void Two_servers_follow_the_birth_and_death_process()
    {
        // M/M/2//3 with think 2 and service 1: p ∝ 1, 1.5, 0.75, 0.1875; X = (p1 + 2·p2 + 2·p3) / S.
        double[] p = [1, 1.5, 0.75, 0.1875];
        var expected = (p[1] + (2 * p[2]) + (2 * p[3])) / p.Sum();

        Assert.Equal(expected, MeanValueAnalysis.Solve([new("server", 1, 2)], 3, 2).Throughput, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void Throughput_stays_below_every_bound_and_Little_holds(int users)
    {
        var solved = MeanValueAnalysis.Solve(Three, users, 0.010);

        Assert.True(solved.Throughput <= Bounds.Throughput(Three, users, 0.010) * (1 + 1e-9));
        Assert.Equal(users, solved.Queues.Sum() + (solved.Throughput * 0.010), 1e-6);
    }

    [Fact]
    public void The_elasticities_of_all_times_add_up_to_minus_one()
    {
        const double think = 0.010, step = 1e-5;
        const int users = 12;

        var sum = Enumerable.Range(0, Three.Length + 1).Sum(k => (Ln(k, 1 + step) - Ln(k, 1 - step)) / (Math.Log(1 + step) - Math.Log(1 - step)));

        Assert.Equal(-1, sum, 1e-4);

        // Stations 0, 1, 2 and then the thinking.
        double Ln(int k, double factor) => Math.Log(MeanValueAnalysis.Solve(
            [.. Three.Select((station, number) => number == k ? station with { Seconds = station.Seconds * factor } : station)], users, k == Three.Length ? think * factor : think).Throughput);
    }

    [Fact]
    public void Twice_every_time_is_half_the_throughput()
    {
        var once = MeanValueAnalysis.Solve(Three, 9, 0.010).Throughput;
        var twice = MeanValueAnalysis.Solve([.. Three.Select(station => station with { Seconds = station.Seconds * 2 })], 9, 0.020).Throughput;

        Assert.Equal(once / 2, twice, 1e-9);
    }

    [Fact]
    public void The_order_of_the_stations_does_not_matter() =>
        Assert.Equal(MeanValueAnalysis.Solve(Three, 9, 0.010).Throughput, MeanValueAnalysis.Solve([.. Three.Reverse()], 9, 0.010).Throughput, 1e-9);

    [Fact]
    public void Bounds_are_their_formulas()
    {
        // min m/D: lock 1/0.004 = 250, pool 2/0.020 = 100; ΣD + Z = 0.064.
        Assert.Equal(100, Bounds.Capacity(Three), 1e-9);
        Assert.Equal(6.4, Bounds.SaturationPoint(Three, 0.010), 1e-9);
        Assert.Equal(3 / 0.064, Bounds.Throughput(Three, 3, 0.010), 1e-9);
        Assert.Equal(100, Bounds.Throughput(Three, 30, 0.010), 1e-9);
        Assert.True(double.IsPositiveInfinity(Bounds.Capacity([Three[2]])));
    }
}
