using ChaosLab.Load.Raw;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Proof;

/// <summary>The stall experiment.</summary>
/// <param name="Rate">Arrivals per second of each engine, 10–5,000; default 500.</param>
/// <param name="Duration">Length, 2 s or more; default 12 s.</param>
/// <param name="FreezeAt">When the target freezes; default a third of the duration.</param>
/// <param name="Freeze">How long; default an eighth of the duration (1.5 s of 12 s).</param>
public sealed record StallOptions(int Rate, TimeSpan Duration, TimeSpan FreezeAt, TimeSpan Freeze)
{
    /// <summary>The usual experiment scaled to a duration: 500/s, frozen for an eighth of the time after a third of it.</summary>
    public static StallOptions Lasting(TimeSpan duration) => new(500, duration, duration / 3, duration / 8);
}

/// <summary>What one way of measuring said.</summary>
/// <param name="Name">Which way.</param>
/// <param name="Percentiles">What it reported.</param>
/// <param name="Requests">From how many requests.</param>
/// <param name="ErrorP99">|reported − law| ÷ law at p99; 0.05 is 5 %.</param>
public sealed record StallMeasurement(string Name, StallPercentiles Percentiles, int Requests, double ErrorP99);

/// <summary>What the experiment showed.</summary>
/// <param name="Options">What was done.</param>
/// <param name="Law">The truth.</param>
/// <param name="Measured">What the open model said, one per engine.</param>
/// <param name="Naive">What a closed loop that paces itself would have reported of the same target at the same time.</param>
/// <param name="Run">The run behind it.</param>
public sealed record StallResult(StallOptions Options, StallPercentiles Law, IReadOnlyList<StallMeasurement> Measured, StallMeasurement Naive, LoadResult Run)
{
    /// <summary>Largest error that passes: 5 %.</summary>
    public const double AllowedError = 0.05;
    /// <summary>True when every engine's p99 is within 5 % of the law.</summary>
    public bool Passed => Measured.All(m => m.ErrorP99 <= AllowedError);
    /// <summary>True when the machine stood still so long that the law no longer tells all.</summary>
    public bool WasDisturbed => Run.Generator.LongestStall.TotalMilliseconds > AllowedError * Law.P99;
    /// <summary>Runs it took, 1 to 3.</summary>
    public int Attempts { get; init; } = 1;
}

/// <summary>Measures a built-in target of known latency law with the open model, and beside it as a naive closed loop would.</summary>
public static class StallExperiment
{
    private const string Code = "user code", Raw = "raw", Closed = "naive";
    private const int NaiveCopies = 10;

    /// <summary>Runs it; takes the duration and about two seconds. When the machine itself stood still for longer than the
    /// allowed error, which adds to what visitors truly waited but not to the law, it is repeated, twice at most.</summary>
    public static async Task<StallResult> RunAsync(StallOptions options, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await RunOnceAsync(options, stop).ConfigureAwait(false);
            if (result.Passed || !result.WasDisturbed || attempt == 3 || stop.IsCancellationRequested)
                return result with { Attempts = attempt };
        }
    }

    private static async Task<StallResult> RunOnceAsync(StallOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rate, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Rate, 5_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Duration, TimeSpan.FromSeconds(2));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.FreezeAt + options.Freeze, options.Duration);
        var time = TimeProvider.System;
        await using var target = new FreezingTarget(time);
        // Enough connections that nobody waits for one while the target is frozen, and some for the burst after it.
        var connections = (int)(options.Rate * options.Freeze.TotalSeconds) + 200;
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
        var load = Simulation.Inject(options.Rate, TimeSpan.FromSeconds(1), options.Duration);
        List<ScenarioProps> scenarios = [OpenCode(http, target.Address, load), NaiveLoop(http, target.Address, options, time)];
        if (OperatingSystem.IsLinux())
            scenarios.Add(Scenario.Declare(Raw, new RawRequests(target.Address, [new RawRequest("request", "GET", "/", 204)]) { Timeout = options.Freeze + TimeSpan.FromSeconds(10) })
                .WithLoadSimulations(load).WithWarmUpDuration(TimeSpan.FromSeconds(1)));
        var run = await LoadRunner.RegisterScenarios([.. scenarios])
            .WithoutReports()
            .WithMaxConnections(connections)
            .WithStartObserver(start => target.FreezeBetween(start + Ticks(options.FreezeAt, time), start + Ticks(options.FreezeAt + options.Freeze, time)))
            .RunAsync(stop).ConfigureAwait(false);
        var law = StallLaw.Of(Plan.For(Code, [load], run.Seed), options.FreezeAt, options.Freeze);
        var stats = run.Stats.ScenarioStats;
        return new StallResult(options, law, [.. stats.Where(s => s.ScenarioName != Closed).Select(s => Measured(s.ScenarioName, s.StepStats.Find("request"), law))],
            Measured(Closed, stats.Get(Closed).StepStats.Find("request"), law), run);
    }

    private static ScenarioProps OpenCode(HttpMessageInvoker http, Uri target, LoadSimulation load) =>
        Scenario.Create(Code, async context => await Step.Run("request", context, () => AskAsync(http, target)).ConfigureAwait(false))
            .WithLoadSimulations(load).WithWarmUpDuration(TimeSpan.FromSeconds(1));

    // As hey -q or a hand-written loop does it: a fixed number of workers, each waits its turn, asks, and times only the asking.
    private static ScenarioProps NaiveLoop(HttpMessageInvoker http, Uri target, StallOptions options, TimeProvider time)
    {
        var pause = TimeSpan.FromSeconds((double)NaiveCopies / options.Rate);
        return Scenario.Create(Closed, async context =>
        {
            var started = time.GetTimestamp();
            var response = await Step.Run("request", context, () => AskAsync(http, target)).ConfigureAwait(false);
            var left = pause - time.GetElapsedTime(started);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, time, context.ScenarioCancellationToken).ConfigureAwait(false);
            return response;
        }).WithLoadSimulations(Simulation.KeepConstant(NaiveCopies, options.Duration)).WithoutWarmUp();
    }

    private static async Task<Response<object>> AskAsync(HttpMessageInvoker http, Uri target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        using var response = await http.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
        return (int)response.StatusCode == 204 ? Response.Ok("204") : Response.Fail("unexpected");
    }

    private static StallMeasurement Measured(string name, StepStats? step, StallPercentiles law)
    {
        if (step is null)
            return new StallMeasurement(name, new StallPercentiles(0, 0, 0, 0, 0), 0, 1);
        var all = new Histogram();
        all.Add(step.Ok.Latency.Histogram);
        all.Add(step.Fail.Latency.Histogram);
        var percentiles = StallPercentiles.Of(new LatencyStats { Histogram = all });
        return new StallMeasurement(name, percentiles, (int)all.Count, Math.Abs(percentiles.P99 - law.P99) / law.P99);
    }

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
