using ChaosLab.Shortener.Faults;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Faults;

public class FaultTests
{
    private static FaultOrder Order(FaultKind kind = FaultKind.Error, double rate = 1, string? operation = null, int seed = 7, int? first = null, int seconds = 60) =>
        new(kind, rate, operation is null ? [] : [operation], null, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), seed, TimeSpan.FromSeconds(seconds), first, null);

    private static FaultMessage Message(string? kind = "error", double? rate = null, string[]? operations = null, string? exception = null, string? delay = null,
        string? jitter = null, string? outcome = null, string? timeToLive = "00:00:30", int? first = null) =>
        new(kind, rate, operations, exception, delay, jitter, outcome, null, timeToLive, first, null);

    [Fact]
    public void The_same_seed_hurts_the_same_calls()
    {
        var time = new FakeTimeProvider();
        List<bool> Decisions(int seed)
        {
            var fault = new Fault("x", Order(rate: 0.3, seed: seed), time);
            return [.. Enumerable.Range(0, 1000).Select(_ => fault.Decide())];
        }

        Assert.Equal(Decisions(7), Decisions(7));
        Assert.NotEqual(Decisions(7), Decisions(8));
    }

    [Fact]
    public void Concurrency_does_not_change_how_many_are_hurt()
    {
        var time = new FakeTimeProvider();
        var alone = new Fault("a", Order(rate: 0.3), time);
        var together = new Fault("b", Order(rate: 0.3), time);

        for (var i = 0; i < 10_000; i++) alone.Decide();
        Parallel.For(0, 10_000, _ => together.Decide());

        Assert.Equal(alone.Evidence, together.Evidence);
        // Binomial(10000, 0.3): six standard deviations are 275.
        Assert.InRange(alone.Evidence.Intended, 2725, 3275);
    }

    [Fact]
    public void Draws_are_even_and_streams_differ()
    {
        var draws = Enumerable.Range(1, 100_000).Select(n => SeededDecision.Draw(1, 0, n)).ToList();

        Assert.InRange(draws.Average(), 0.494, 0.506); // six standard deviations of the mean are 0.0055
        Assert.All(draws, draw => Assert.InRange(draw, 0, 0.9999999999999999));
        Assert.NotEqual(SeededDecision.Draw(1, 0, 5), SeededDecision.Draw(1, 1, 5));
    }

    [Fact]
    public void Rate_0_hurts_nobody_and_rate_1_everybody()
    {
        var time = new FakeTimeProvider();
        Fault none = new("a", Order(rate: 0), time), all = new("b", Order(rate: 1), time);

        Assert.DoesNotContain(true, Enumerable.Range(0, 1000).Select(_ => none.Decide()));
        Assert.DoesNotContain(false, Enumerable.Range(0, 1000).Select(_ => all.Decide()));
    }

    [Fact]
    public void Only_the_first_k_calls_are_hurt()
    {
        var fault = new Fault("x", Order(first: 3), new FakeTimeProvider());

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => fault.Decide()));
        Assert.Equal((5, 3), (fault.Evidence.Executions, fault.Evidence.Intended));
    }

    [Fact]
    public void A_dose_stays_within_its_jitter_and_varies()
    {
        var fault = new Fault("x", Order(FaultKind.Latency), new FakeTimeProvider());

        var doses = Enumerable.Range(0, 200).Select(_ => { fault.Decide(); return fault.Dose().TotalMilliseconds; }).ToList();

        Assert.All(doses, dose => Assert.InRange(dose, 80, 120));
        Assert.True(doses.Max() - doses.Min() > 20);
    }

    [Fact]
    public void A_fault_ends_by_itself_and_is_remembered_for_ten_minutes()
    {
        var time = new FakeTimeProvider();
        var faults = new FaultList(time);
        var fault = faults.Add(Order(seconds: 30))!;

        time.Advance(TimeSpan.FromSeconds(29.9));
        var before = faults.Choose(FaultKind.Error, "link.get");
        time.Advance(TimeSpan.FromSeconds(0.1));
        var after = faults.Choose(FaultKind.Error, "link.get");

        Assert.Same(fault, before);
        Assert.Null(after);
        Assert.False(faults.Find(fault.Id)!.IsActive);
        time.Advance(TimeSpan.FromMinutes(9.9));
        Assert.NotNull(faults.Find(fault.Id));
        time.Advance(TimeSpan.FromMinutes(0.2));
        Assert.Null(faults.Find(fault.Id));
    }

    [Fact]
    public void Removing_a_fault_twice_or_an_unknown_one_is_harmless()
    {
        var faults = new FaultList(new FakeTimeProvider());
        var fault = faults.Add(Order())!;

        faults.Remove(fault.Id);
        faults.Remove(fault.Id);
        faults.Remove("nobody");

        Assert.Null(faults.Choose(FaultKind.Error, "link.get"));
        Assert.False(faults.MayHave(FaultKind.Error));
    }

    [Fact]
    public void A_fault_hurts_only_its_operations()
    {
        var faults = new FaultList(new FakeTimeProvider());
        var fault = faults.Add(Order(operation: "link.insert"))!;

        Assert.Null(faults.Choose(FaultKind.Error, "link.get"));
        Assert.Same(fault, faults.Choose(FaultKind.Error, "link.insert"));
        Assert.Equal(1, fault.Evidence.Executions);
    }

    [Fact]
    public void An_outcome_for_all_operations_spares_those_that_cannot_answer_so()
    {
        var faults = new FaultList(new FakeTimeProvider());
        faults.Add(Order(FaultKind.Outcome));

        Assert.NotNull(faults.Choose(FaultKind.Outcome, "link.get"));
        Assert.Null(faults.Choose(FaultKind.Outcome, "link.insert"));
        Assert.Null(faults.Choose(FaultKind.Outcome, "clicks.add"));
    }

    [Fact]
    public void The_number_of_active_faults_is_bounded()
    {
        var faults = new FaultList(new FakeTimeProvider());

        for (var i = 0; i < FaultList.MostActive; i++) Assert.NotNull(faults.Add(Order()));

        Assert.Null(faults.Add(Order()));
    }

    public static TheoryData<FaultMessage, string> BadMessages => new()
    {
        { Message(kind: "explode"), "kind" },
        { Message(kind: null), "kind" },
        { Message(kind: "1"), "kind" },
        { Message(rate: 7), "rate" },
        { Message(rate: -0.1), "rate" },
        { Message(rate: double.NaN), "rate" },
        { Message(operations: ["link.fly"]), "operations" },
        { Message(kind: "outcome", operations: ["link.insert"]), "operations" },
        { Message(kind: "readiness", operations: ["link.get"]), "operations" },
        { Message(exception: "panic"), "exception" },
        { Message(kind: "cpu", delay: "00:00:00.010", exception: "io"), "exception" },
        { Message(kind: "outcome", outcome: "found"), "outcome" },
        { Message(outcome: "not-found"), "outcome" },
        { Message(kind: "latency"), "delay" },
        { Message(kind: "latency", delay: "00:00:00.0005"), "delay" },
        { Message(kind: "latency", delay: "00:11:00"), "delay" },
        { Message(kind: "latency", delay: "500"), "delay" },
        { Message(delay: "00:00:01"), "delay" },
        { Message(kind: "latency", delay: "00:00:01", jitter: "00:00:02"), "jitter" },
        { Message(timeToLive: null), "timeToLive" },
        { Message(timeToLive: "00:00:00"), "timeToLive" },
        { Message(timeToLive: "00:10:01"), "timeToLive" },
        { Message(first: 0), "first" },
    };

    [Theory]
    [MemberData(nameof(BadMessages))]
    public void A_bad_order_is_refused_by_field(FaultMessage message, string field)
    {
        message.Check(out var problems);

        Assert.Contains(problems, problem => problem.Key == field);
    }

    [Fact]
    public void All_problems_of_an_order_are_told_at_once()
    {
        Message(kind: "explode", rate: 2, timeToLive: null, first: 0).Check(out var problems);

        Assert.Equal(["kind", "rate", "timeToLive", "first"], problems.Select(problem => problem.Key));
    }

    [Fact]
    public void A_full_order_is_taken_as_it_is()
    {
        var order = Message(kind: "latency", rate: 0.25, operations: ["link.get", "clicks.add"], delay: "00:00:00.500", jitter: "00:00:00.010", timeToLive: "00:10:00", first: 9).Check(out var problems);

        Assert.Empty(problems);
        Assert.Equal((FaultKind.Latency, 0.25, 500.0, 10.0, 600.0, 9), (order.Kind, order.Rate, order.Delay.TotalMilliseconds, order.Jitter.TotalMilliseconds, order.TimeToLive.TotalSeconds, order.First));
        Assert.Equal(["link.get", "clicks.add"], order.Operations);
    }
}
