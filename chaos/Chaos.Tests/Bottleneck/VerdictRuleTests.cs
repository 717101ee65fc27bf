using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class VerdictRuleTests
{
    [Fact]
    public void A_planted_pool_is_named()
    {
        var verdict = VerdictRules.Decide(Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020));

        Assert.Equal("pool", verdict.Word);
        Assert.NotEqual("low", verdict.Confidence);
        Assert.Contains(verdict.Because, line => line.Contains("requests wait", StringComparison.Ordinal));
    }

    [Fact]
    public void A_planted_lock_is_named() => Assert.Equal("lock", VerdictRules.Decide(Recorded.Inputs(path: 0.005, @lock: 0.011, connections: 8, connection: 0.006)).Word);

    [Fact]
    public void With_nothing_planted_nothing_is_named() => Assert.Equal("nothing", VerdictRules.Decide(Recorded.Inputs(path: 0.060, @lock: 0.0005, connections: 10, connection: 0.006)).Word);

    [Fact]
    public void What_nobody_dosed_shows_by_the_missing_control() => Assert.Equal("unmodelled", VerdictRules.Decide(Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 10, connection: 0.006, hidden: 0.015)).Word);

    [Fact]
    public void Slots_are_named_by_their_queue_and_their_capacity_although_no_time_is_near_one()
    {
        var inputs = Recorded.Inputs(path: 0.010, @lock: 0.001, connections: 10, connection: 0.008);
        var slots = new Component(ComponentKind.Slots, "", 4, 0.99, 8, 0.02, 0.86, null, new Elasticity(0.95, 0.1, 3, 1.5));

        var verdict = VerdictRules.Decide(inputs with { Components = [.. inputs.Components.Select(component => component with { Time = new Elasticity(-0.45, 0.05, 3, 1.4), Waiting = 0 }), slots] });

        Assert.Equal("slots", verdict.Word);
    }

    [Fact]
    public void A_generator_in_the_way_is_told_before_anything_else()
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020, lateness: 0.5) with { Laws = ["whatever"] };

        Assert.Equal("generator", VerdictRules.Decide(inputs).Word);
    }

    [Fact]
    public void Numbers_that_contradict_each_other_stop_everything() =>
        Assert.Equal("instrumentation", VerdictRules.Decide(Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020) with { Laws = ["forced flow"] }).Word);

    [Fact]
    public void A_starved_machine_is_no_verdict_but_a_clear_queue_on_it_is()
    {
        var clear = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020, machine: 1, share: 0.2);
        var nothing = Recorded.Inputs(path: 0.060, @lock: 0.0005, connections: 10, connection: 0.006, machine: 1, share: 0.2);

        Assert.Equal(("pool", "medium"), (VerdictRules.Decide(clear).Word, VerdictRules.Decide(clear).Confidence));
        Assert.Equal("inconclusive", VerdictRules.Decide(nothing).Word);
    }

    [Fact]
    public void A_queue_without_control_names_nobody()
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020);
        var powerless = inputs with { Components = [.. inputs.Components.Select(component => component with { Time = new Elasticity(0, 0.5, 3, 1.4), Extent = null })] };

        Assert.Equal("inconclusive", VerdictRules.Decide(powerless).Word);
    }

    [Theory]
    [InlineData(0.02, "pool")]
    [InlineData(0.4, "inconclusive")]
    public void A_bottleneck_that_is_idle_now_and_then_must_be_proven_both_ways(double error, string word)
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020, wobble: error);
        var idle = inputs with { Components = [.. inputs.Components.Select(component => component.Kind == ComponentKind.Connection ? component with { Utilisation = 0.75 } : component)] };

        Assert.Equal(word, VerdictRules.Decide(idle).Word);
    }

    [Fact]
    public void One_block_alone_names_nobody()
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020);
        var once = inputs with { Components = [.. inputs.Components.Select(component => component with { Time = Once(component.Time), Extent = Once(component.Extent) })] };

        Assert.Equal("inconclusive", VerdictRules.Decide(once).Word);

        static Elasticity? Once(Elasticity? of) => of is null ? null : of with { StandardError = double.PositiveInfinity, Blocks = 1 };
    }

    [Fact]
    public void That_more_does_not_help_must_have_been_seen()
    {
        var inputs = Recorded.Inputs(path: 0.060, @lock: 0.0005, connections: 10, connection: 0.006);
        var perhaps = inputs with { Components = [.. inputs.Components.Select(component => component.Kind == ComponentKind.Connection ? component with { Extent = new Elasticity(0.2, 0.5, 3, 1.1) } : component)] };

        Assert.Equal("nothing", VerdictRules.Decide(inputs).Word);
        Assert.Equal("inconclusive", VerdictRules.Decide(perhaps).Word);
        Assert.Equal("inconclusive", VerdictRules.Decide(inputs with { Unmeasured = [new UnmeasuredKnob("capacity of connection", false)] }).Word);
    }

    [Fact]
    public void Times_that_add_up_to_far_too_much_are_no_proof_of_nothing()
    {
        var inputs = Recorded.Inputs(path: 0.060, @lock: 0.0005, connections: 10, connection: 0.006);
        var noisy = inputs with { Components = [.. inputs.Components.Select(component => component.Kind == ComponentKind.Path ? component with { Time = new Elasticity(-1.9, 0.05, 3, 1.4) } : component)] };

        Assert.Equal("inconclusive", VerdictRules.Decide(noisy).Word);
    }

    [Fact]
    public void A_service_that_answers_nobody_is_not_called_a_slow_generator()
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020);

        var verdict = VerdictRules.Decide(inputs with { Baseline = inputs.Baseline with { Throughput = 0, Latenesses = 1 } });

        Assert.Equal("inconclusive", verdict.Word);
        Assert.Contains(verdict.Because, line => line.Contains("stalls", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.98, 0.9, 1.2, 1.9, "generator")]
    [InlineData(0.98, 0.9, 0.5, 1.9, "pool")]
    [InlineData(0.60, 0.9, 1.2, 1.9, "pool")]
    [InlineData(0.98, 0.15, 0.16, 0.3, "pool")] // somebody else fills the machine
    public void A_generator_that_takes_most_of_a_machine_full_of_this_lab_is_the_limit(double busy, double share, double cores, double lab, string word)
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020, machine: busy, share: share);

        Assert.Equal(word, VerdictRules.Decide(inputs with { Baseline = inputs.Baseline with { GeneratorCores = cores, LabCores = lab } }).Word);
    }

    [Fact]
    public void Several_readings_are_one_mean()
    {
        var one = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020).Baseline;
        var other = one with { Throughput = one.Throughput * 3, Failures = 2, Resources = [.. one.Resources.Select(resource => resource with { Busy = resource.Busy * 3 })] };

        var mean = Reading.Mean([one, other]);

        Assert.Equal((one.Throughput * 2, 2, 6.0), (mean.Throughput, mean.Failures, mean.Seconds));
        Assert.Equal(one.Of(ComponentKind.Lock).First().Busy * 2, mean.Of(ComponentKind.Lock).First().Busy, 1e-9);
    }

    [Fact]
    public void Laws_hold_on_a_consistent_reading_and_break_on_a_miscount()
    {
        var reading = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020).Baseline;

        Assert.Empty(OperationalLaws.Broken(reading));
        var miscounted = reading with { Resources = [.. reading.Resources.Select(resource => resource.Kind == ComponentKind.Lock ? resource with { Completions = resource.Completions * 0.7 } : resource)] };
        Assert.Contains(OperationalLaws.Broken(miscounted), line => line.Contains("forced flow at lock", StringComparison.Ordinal));
        Assert.Contains(OperationalLaws.Broken(reading with { ResponseSeconds = reading.ResponseSeconds * 1.5 }), line => line.Contains("Little", StringComparison.Ordinal));
        // Seen on hosts: an instance that was just started compiles what it runs, for none of its requests.
        Assert.Empty(OperationalLaws.Broken(reading with { Resources = [.. reading.Resources.Select(resource => resource.Kind == ComponentKind.Processor ? resource with { Busy = 1.5 } : resource)] }));
    }

    [Fact]
    public void Relief_of_the_bottleneck_helps_and_relief_of_anything_else_does_not()
    {
        var reading = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020).Baseline;

        var pool = Relief.Predict(reading, resource => resource.Capacity + (resource.Kind == ComponentKind.Connection ? 1 : 0));
        var @lock = Relief.Predict(reading, resource => resource.Capacity + (resource.Kind == ComponentKind.Lock ? 1 : 0));

        Assert.InRange(pool.Throughput / reading.Throughput, 1.4, 1.5);
        Assert.InRange(@lock.Throughput / reading.Throughput, 0.99, 1.01);
        Assert.Equal("connection@app1", pool.Next);
    }
}
