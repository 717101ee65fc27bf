using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Running;

/// <summary>Arrivals of a plan, whatever became of the earlier ones.</summary>
internal sealed class OpenLane(Plan plan, IReadOnlyList<CopyPool> pools, WeightedMix mix) : Lane
{
    private long _next;

    public override long Release(long nowNs)
    {
        if (pools.All(pool => pool.Run.Stopping))
            return long.MaxValue;
        while (_next < plan.Count)
        {
            var dueNs = plan.Due(_next);
            if (dueNs > nowNs)
                return dueNs;
            var pool = pools[mix.MemberOf(_next)];
            if (!pool.Run.Stopping)
                pool.Arrive(_next, dueNs, nowNs);
            _next++;
            nowNs = Math.Max(nowNs, pool.Run.Stage.Clock.NowNs);
        }
        return plan.EndNs > nowNs ? plan.EndNs : long.MaxValue;
    }

    public override Task CloseAsync(bool drop) => Task.WhenAll(pools.Select(pool => pool.CloseAsync(drop)));

    public override void Abandon()
    {
        foreach (var pool in pools)
            pool.Abandon();
    }

    public override LoadSimulationStats LoadAt(long nowNs) => LoadNames.At(plan, nowNs);

    public override ArrivalCounts CountsOf(ScenarioRun run) =>
        pools.First(pool => pool.Run == run).Counts;
}
