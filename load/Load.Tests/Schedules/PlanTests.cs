using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Tests.Schedules;

public class PlanTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static Plan Of(params LoadSimulation[] simulations) => Plan.For("s", simulations, seed: 7);
    private static long[] Dues(Plan plan) => [.. Enumerable.Range(0, (int)plan.Count).Select(k => plan.Due(k))];

    [Theory]
    [InlineData(1, 1000, 3, new long[] { 0, 1000, 2000 })]
    [InlineData(4, 1000, 1, new long[] { 0, 250, 500, 750 })]
    [InlineData(3, 1000, 1, new long[] { 0, 333, 666 })]
    [InlineData(2, 500, 1, new long[] { 0, 250, 500, 750 })]
    [InlineData(1, 700, 2, new long[] { 0, 700, 1400 })]
    public void A_constant_rate_is_evenly_spread(int rate, int intervalMs, int seconds, long[] dueMs)
    {
        var plan = Of(Simulation.Inject(rate, TimeSpan.FromMilliseconds(intervalMs), TimeSpan.FromSeconds(seconds)));

        Assert.Equal(dueMs, Dues(plan).Select(ns => ns / 1_000_000));
    }

    [Fact]
    public void A_constant_rate_does_not_drift_in_a_week()
    {
        var plan = Of(Simulation.Inject(3, Second, TimeSpan.FromDays(7)));

        Assert.Equal(3L * 7 * 86_400, plan.Count);
        Assert.Equal((7L * 86_400 - 1) * 1_000_000_000, plan.Due(plan.Count - 3));
    }

    [Theory]
    [InlineData(0, 10, 10, 50)]
    [InlineData(10, 0, 10, 50)]
    [InlineData(10, 20, 4, 60)]
    [InlineData(10, 10, 3, 30)]
    [InlineData(0, 1, 1, 0)]
    public void A_ramp_holds_the_mean_rate_times_the_time(int from, int to, int seconds, long count)
    {
        var arrivals = new RampArrivals(from, 1_000_000_000, to, 1_000_000_000, seconds * 1_000_000_000L);

        Assert.Equal(count, arrivals.Count);
    }

    [Theory]
    [InlineData(0, 100, 10)]
    [InlineData(100, 0, 10)]
    [InlineData(50, 51, 10)]
    [InlineData(50, 50, 10)]
    [InlineData(1000, 3, 7)]
    public void A_ramp_puts_arrival_k_where_the_area_under_the_rate_is_k(int from, int to, int seconds)
    {
        var arrivals = new RampArrivals(from, 1_000_000_000, to, 1_000_000_000, seconds * 1_000_000_000L);
        var slope = (double)(to - from) / seconds;

        for (long k = 0; k < arrivals.Count; k++)
        {
            var t = arrivals.Due(k) / 1e9;
            Assert.Equal(k, from * t + slope * t * t / 2, 1e-3);
            Assert.InRange(arrivals.Due(k), 0, seconds * 1_000_000_000L);
        }
    }

    [Fact]
    public void A_ramp_starts_from_the_rate_before_it()
    {
        var plan = Of(Simulation.Inject(10, Second, Second), Simulation.RampingInject(30, Second, Second));

        Assert.Equal(10 + 20, plan.Count);
        Assert.Equal(1_000_000_000, plan.Due(10));
    }

    [Fact]
    public void Random_rates_include_both_bounds_and_nothing_else()
    {
        var arrivals = new RandomRateArrivals(2, 4, 1_000_000_000, 300_000_000_000, seed: 1);

        Assert.Equal([2, 3, 4], arrivals.Rates.Distinct().Order());
        Assert.Equal(arrivals.Rates.Sum(), arrivals.Count);
    }

    [Fact]
    public void Poisson_arrivals_have_the_mean_the_spread_and_the_gaps_of_a_poisson_process()
    {
        var arrivals = new PoissonArrivals(200, 1_000_000_000, 300_000_000_000, seed: 3);
        var dues = Enumerable.Range(0, (int)arrivals.Count).Select(k => arrivals.Due(k)).ToArray();

        var perSecond = Enumerable.Range(0, 300).Select(s => (double)dues.Count(d => d / 1_000_000_000 == s)).ToArray();
        var mean = perSecond.Average();
        var gaps = dues.Zip(dues.Skip(1), (a, b) => (double)(b - a)).ToArray();
        Assert.InRange(mean, 195, 205);
        Assert.InRange(perSecond.Average(x => (x - mean) * (x - mean)) / mean, 0.75, 1.25);
        // P(gap > mean) = 1/e
        Assert.InRange(gaps.Count(g => g > 5_000_000) / (double)gaps.Length, 0.35, 0.39);
    }

    [Fact]
    public void Any_poisson_arrival_can_be_asked_for_in_any_order()
    {
        var inOrder = new PoissonArrivals(50, 1_000_000_000, 20_000_000_000, seed: 3);
        var atRandom = new PoissonArrivals(50, 1_000_000_000, 20_000_000_000, seed: 3);
        var expected = Enumerable.Range(0, (int)inOrder.Count).Select(k => inOrder.Due(k)).ToArray();

        foreach (var k in Enumerable.Range(0, expected.Length).OrderBy(k => k * 7919 % expected.Length))
            Assert.Equal(expected[k], atRandom.Due(k));
    }

    public static TheoryData<LoadSimulation[]> Plans => new(
        [Simulation.Inject(7, Second, 3 * Second)],
        [Simulation.RampingInject(50, Second, 3 * Second), Simulation.Pause(Second), Simulation.Inject(20, Second, 2 * Second), Simulation.RampingInject(0, Second, 2 * Second)],
        [Simulation.InjectRandom(0, 9, Second, TimeSpan.FromSeconds(4.5))],
        [Simulation.InjectPoisson(40, Second, TimeSpan.FromSeconds(3.3)), Simulation.Pause(Second), Simulation.Pause(Second), Simulation.InjectPoisson(4, Second, 3 * Second)]);

    [Theory]
    [MemberData(nameof(Plans))]
    public void Arrivals_never_go_back_and_stay_in_their_plan(LoadSimulation[] simulations)
    {
        var plan = Of(simulations);
        var dues = Dues(plan);

        Assert.NotEmpty(dues);
        Assert.Equal(dues.Order(), dues);
        Assert.InRange(dues[^1], 0, plan.EndNs);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_warm_up_is_the_beginning_of_the_same_plan(LoadSimulation[] simulations)
    {
        var whole = Dues(Of(simulations));
        var cut = Plan.For("s", simulations, 7, TimeSpan.FromSeconds(1.5));

        Assert.Equal(whole.Where(d => d < 1_500_000_000), Dues(cut));
        Assert.Equal(1_500_000_000, cut.EndNs);
    }

    [Fact]
    public void A_pause_shifts_what_follows_and_is_not_busy_time()
    {
        var plan = Of(Simulation.Inject(1, Second, Second), Simulation.Pause(5 * Second), Simulation.Inject(1, Second, Second));

        Assert.Equal([0, 6_000_000_000], Dues(plan));
        Assert.Equal(2_000_000_000, plan.BusyNs);
        Assert.Equal(7_000_000_000, plan.EndNs);
    }

    [Fact]
    public void Iterations_end_a_plan_by_their_number()
    {
        var plan = Of(Simulation.IterationsForInject(10, Second, 25));

        Assert.Equal(25, plan.Count);
        Assert.Equal(2_400_000_000, plan.Due(24));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(500, 5)]
    [InlineData(1000, 10)]
    [InlineData(1500, 10)]
    [InlineData(2500, 6)]
    public void Copies_ramp_from_the_number_before(int atMs, int copies)
    {
        var plan = Of(Simulation.RampingConstant(10, Second), Simulation.KeepConstant(10, Second), Simulation.RampingConstant(2, Second));

        Assert.Equal(copies, plan.At(atMs * 1_000_000L)!.CopiesAt(atMs * 1_000_000L));
    }

    [Fact]
    public void The_hash_tells_plans_apart_and_repeats()
    {
        LoadSimulation[] load = [Simulation.InjectPoisson(40, Second, 3 * Second)];

        Assert.Equal(Plan.For("s", load, 1).Hash, Plan.For("s", load, 1).Hash);
        Assert.Equal(4, new[] { Plan.For("s", load, 1), Plan.For("s", load, 2), Plan.For("t", load, 1), Plan.For("s", [Simulation.InjectPoisson(41, Second, 3 * Second)], 1) }
            .Select(p => p.Hash).Distinct().Count());
    }

    [Fact]
    public void Two_scenarios_with_the_same_load_draw_different_arrivals()
    {
        LoadSimulation[] load = [Simulation.InjectPoisson(40, Second, 3 * Second)];

        Assert.NotEqual(Dues(Plan.For("a", load, 1)), Dues(Plan.For("b", load, 1)));
    }
}
