using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Stores;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace ChaosLab.Shortener.Tests.Resilience;

/// <summary>The measured pitfalls of breakers, each on the pipeline as it is built for production, on a manual clock; beside some, the wrong variant that fails.</summary>
public class PipelinePitfallTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultList _faults;
    private int _measured;

    public PipelinePitfallTests() => _faults = new(_time);

    private StorePipeline Build(params (string, string)[] variables) =>
        new("store-read", Parts.Read(variables), new StoreChaos(_faults, _time, (_, _) => _measured++), _time);

    private static ValueTask<object?> Hang(object? _, CancellationToken stop) => new(Wait(stop));

    private static async Task<object?> Wait(CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        return null;
    }

    private static Task<Outcome<object?>> CallAsync(StorePipeline pipeline, Exception? failure = null, string operation = "link.get") =>
        pipeline.ExecuteAsync<Exception?>(operation, static (failure, _) => failure is null ? new("fine") : ValueTask.FromException<object?>(failure), failure).AsTask().Within("a call");

    private static async Task OpenAsync(StorePipeline pipeline)
    {
        for (var i = 0; i < 10; i++) await CallAsync(pipeline, new IOException());
        Assert.Equal("open", pipeline.Watch.State);
    }

    // Lets the fake clock run until the call is over; each step is far shorter than any timeout.
    private async Task<Outcome<object?>> RunAsync(ValueTask<Outcome<object?>> call)
    {
        var task = call.AsTask();
        await Patience.Until(() =>
        {
            if (!task.IsCompleted) _time.Advance(TimeSpan.FromMilliseconds(50));
            return task.IsCompleted;
        }, "the call's end on the manual clock");
        return await task;
    }

    [Fact]
    public async Task Pitfall_1_a_hanging_store_opens_the_breaker()
    {
        var pipeline = Build();

        var outcomes = new List<Outcome<object?>>();
        for (var i = 0; i < 10; i++) outcomes.Add(await RunAsync(pipeline.ExecuteAsync<object?>("link.get", Hang, null)));

        Assert.All(outcomes, outcome => Assert.IsType<TimeoutRejectedException>(outcome.Exception));
        Assert.Equal("open", pipeline.Watch.State);
        Assert.Equal((10, 10, 1), (pipeline.Watch.Report.Timeouts, pipeline.Watch.Report.Failures, pipeline.Watch.Report.Opened));
    }

    [Fact]
    public async Task Pitfall_1_with_the_timeout_outside_the_breaker_never_opens_and_the_lint_says_so()
    {
        var state = new CircuitBreakerStateProvider();
        var wrong = new ResiliencePipelineBuilder<object?> { TimeProvider = _time }
            .AddTimeout(TimeSpan.FromSeconds(0.5))
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<object?> { Name = "b", MinimumThroughput = 2, FailureRatio = 0.5, StateProvider = state, ShouldHandle = Handle })
            .Build();

        for (var i = 0; i < 12; i++)
        {
            var call = wrong.ExecuteAsync(static async stop => await Wait(stop)).AsTask();
            await Patience.Until(() =>
            {
                if (!call.IsCompleted) _time.Advance(TimeSpan.FromMilliseconds(50));
                return call.IsCompleted;
            }, "the timeout");
            await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        }

        Assert.Equal(CircuitState.Closed, state.CircuitState);
        Assert.Contains(PipelineLint.Problems(wrong), problem => problem.Contains("no attempt timeout inside the breaker", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("io")]
    [InlineData("timeout")]
    [InlineData("store")]
    public async Task Pitfall_3_every_failure_of_the_store_counts(string kind)
    {
        var pipeline = Build();
        Exception failure = kind switch { "io" => new IOException(), "timeout" => new TimeoutException(), _ => new StoreException("x", mayHaveWritten: false) };

        for (var i = 0; i < 10; i++) await CallAsync(pipeline, failure);

        Assert.Equal("open", pipeline.Watch.State);
        Assert.Equal(failure.GetType().Name, pipeline.Watch.Report.LastFailure);
    }

    [Fact]
    public async Task Pitfall_4_ten_failures_are_enough_and_nine_are_not()
    {
        var pipeline = Build();

        for (var i = 0; i < 9; i++) await CallAsync(pipeline, new IOException());
        var before = pipeline.Watch.State;
        await CallAsync(pipeline, new IOException());

        Assert.Equal("closed", before);
        Assert.Equal("open", pipeline.Watch.State);
    }

    [Fact]
    public async Task Pitfall_5_a_hanging_probe_does_not_close_the_breaker()
    {
        var pipeline = Build();
        await OpenAsync(pipeline);
        _time.Advance(TimeSpan.FromSeconds(5));

        var probe = await RunAsync(pipeline.ExecuteAsync<object?>("link.get", Hang, null));

        Assert.IsType<TimeoutRejectedException>(probe.Exception);
        Assert.Equal("open", pipeline.Watch.State);
        Assert.Equal((2, 1, 0), (pipeline.Watch.Report.Opened, pipeline.Watch.Report.HalfOpened, pipeline.Watch.Report.Closed));
    }

    [Fact]
    public async Task Pitfall_6_no_call_survives_long_enough_to_close_a_later_break()
    {
        var pipeline = Build();
        var survivor = pipeline.ExecuteAsync<object?>("link.get", Hang, null).AsTask();
        await OpenAsync(pipeline);

        _time.Advance(TimeSpan.FromSeconds(0.6)); // longer than an attempt, far shorter than a break
        var outcome = await survivor.Within("the survivor");

        Assert.IsType<TimeoutRejectedException>(outcome.Exception);
        Assert.Equal("open", pipeline.Watch.State);
    }

    [Fact]
    public async Task Pitfall_7_while_a_probe_runs_others_are_rejected_and_told_to_wait_at_least_a_second()
    {
        await using var parts = await Parts.StartAsync();
        var link = parts.Link();
        for (var i = 0; i < 10; i++) await parts.Pipelines.Read.ExecuteAsync<object?>("link.get", static (_, _) => throw new IOException(), null);
        parts.Time.Advance(TimeSpan.FromSeconds(6));
        parts.Store.Finds.Close();
        var probe = parts.Resilient.GetAsync(link.Code);
        await Patience.Until(() => parts.Store.Finds.Calls == 1, "the probe");

        var rejected = await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Resilient.GetAsync(link.Code).Within("the rejection"));

        Assert.IsType<BrokenCircuitException>(rejected.InnerException);
        Assert.True(rejected.RetryAfter >= TimeSpan.FromSeconds(1), $"{rejected.RetryAfter}");
        parts.Store.Finds.Open();
        await probe.Within("the probe");
        Assert.Equal("closed", parts.Pipelines.Read.Watch.State);
    }

    [Fact]
    public async Task Pitfall_8_the_state_is_as_of_the_last_call()
    {
        var pipeline = Build();
        await OpenAsync(pipeline);

        _time.Advance(TimeSpan.FromMinutes(5));
        var quiet = pipeline.Watch.State;
        await CallAsync(pipeline);

        Assert.Equal("open", quiet);
        Assert.Equal("closed", pipeline.Watch.State);
        Assert.Equal((1, 1, 1), (pipeline.Watch.Report.Opened, pipeline.Watch.Report.HalfOpened, pipeline.Watch.Report.Closed));
    }

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.Latency)]
    public async Task Pitfall_9_injected_faults_open_the_breaker_as_real_ones_do(FaultKind kind)
    {
        var pipeline = Build();
        _faults.Add(Parts.Order(kind, delay: TimeSpan.FromMinutes(1)));

        for (var i = 0; i < 10; i++) await RunAsync(pipeline.ExecuteAsync<object?>("link.get", static (_, _) => new("fine"), null));

        Assert.Equal("open", pipeline.Watch.State);
    }

    [Fact]
    public async Task Pitfall_10_a_delay_cut_off_is_intended_but_not_completed()
    {
        var pipeline = Build();
        var cut = _faults.Add(Parts.Order(FaultKind.Latency, delay: TimeSpan.FromSeconds(30), first: 1))!;
        var whole = _faults.Add(Parts.Order(FaultKind.Latency, delay: TimeSpan.FromMilliseconds(100)))!;

        await RunAsync(pipeline.ExecuteAsync<object?>("link.get", static (_, _) => new("fine"), null));
        var second = await RunAsync(pipeline.ExecuteAsync<object?>("link.get", static (_, _) => new("fine"), null));

        Assert.Equal((1, 0), (cut.Evidence.Intended, cut.Evidence.Completed));
        Assert.Equal((1, 1), (whole.Evidence.Intended, whole.Evidence.Completed));
        Assert.InRange(whole.Evidence.DoseMeanSeconds, 0.1, 0.3);
        Assert.Equal("fine", second.Result);
        Assert.Equal(1, _measured);
    }

    [Fact]
    public async Task Pitfall_11_two_runs_with_one_seed_hurt_the_same_calls()
    {
        async Task<string> RunOnceAsync(int seed)
        {
            var faults = new FaultList(_time);
            var pipeline = new StorePipeline("p", Parts.Read(("Breaker__Enabled", "false")), new StoreChaos(faults, _time, (_, _) => { }), _time);
            faults.Add(Parts.Order(FaultKind.Error, rate: 0.5, seed: seed));
            var calls = new char[200];
            for (var i = 0; i < calls.Length; i++) calls[i] = (await CallAsync(pipeline)).Exception is null ? '.' : 'x';
            return new(calls);
        }

        Assert.Equal(await RunOnceAsync(1), await RunOnceAsync(1));
        Assert.NotEqual(await RunOnceAsync(1), await RunOnceAsync(2));
    }

    [Fact]
    public async Task Pitfall_14_rates_compose_and_the_evidence_shows_the_effective_one()
    {
        var pipeline = Build(("Breaker__Enabled", "false"));
        var error = _faults.Add(Parts.Order(FaultKind.Error, rate: 0.5))!;
        var outcome = _faults.Add(Parts.Order(FaultKind.Outcome, rate: 0.5))!;

        for (var i = 0; i < 1000; i++) await CallAsync(pipeline);

        Assert.Equal(1000, error.Evidence.Executions);
        Assert.Equal(1000 - error.Evidence.Intended, outcome.Evidence.Executions); // only the calls that were not failed before
    }

    [Fact]
    public async Task An_injected_outcome_says_that_there_is_no_such_link()
    {
        var pipeline = Build();
        _faults.Add(Parts.Order(FaultKind.Outcome));

        Assert.Null((await CallAsync(pipeline)).Result);
        Assert.Equal("fine", (await CallAsync(pipeline, operation: "link.insert")).Result);
    }

    [Theory]
    [InlineData("unavailable", typeof(StoreException))]
    [InlineData("timeout", typeof(TimeoutException))]
    [InlineData("io", typeof(IOException))]
    public async Task An_injected_error_is_of_the_kind_that_was_ordered(string kind, Type type)
    {
        var pipeline = Build();
        _faults.Add(Parts.Order(FaultKind.Error, exception: kind));

        Assert.IsType(type, (await CallAsync(pipeline)).Exception);
    }

    [Fact]
    public async Task A_fault_stops_biting_when_its_time_is_up()
    {
        var pipeline = Build();
        _faults.Add(Parts.Order(FaultKind.Error, life: TimeSpan.FromSeconds(2)));

        var during = await CallAsync(pipeline);
        _time.Advance(TimeSpan.FromSeconds(2));
        var after = await CallAsync(pipeline);

        Assert.NotNull(during.Exception);
        Assert.Equal("fine", after.Result);
    }

    [Fact]
    public async Task Without_the_breaker_every_call_goes_through()
    {
        var pipeline = Build(("Breaker__Enabled", "false"));

        for (var i = 0; i < 50; i++) await CallAsync(pipeline, new IOException());

        Assert.Equal(("closed", false, 50L, 0L), (pipeline.Watch.Report.State, pipeline.Watch.Report.Enabled, pipeline.Watch.Report.Failures, pipeline.Watch.Report.Rejected));
    }

    [Fact]
    public async Task Without_timeouts_a_slow_call_is_waited_for()
    {
        var pipeline = Build(("Timeout__Enabled", "false"));
        _faults.Add(Parts.Order(FaultKind.Latency, delay: TimeSpan.FromMinutes(2)));

        var call = pipeline.ExecuteAsync<object?>("link.get", static (_, _) => new("fine"), null).AsTask();
        _time.Advance(TimeSpan.FromMinutes(1));
        var isDone = call.IsCompleted;
        _time.Advance(TimeSpan.FromMinutes(1.1));

        Assert.False(isDone);
        Assert.Equal("fine", (await call.Within("the call")).Result);
    }

    private static ValueTask<bool> Handle(CircuitBreakerPredicateArguments<object?> call) => new(call.Outcome.Exception is not (null or OperationCanceledException));
}
