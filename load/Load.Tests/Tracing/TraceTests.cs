using System.Collections.Concurrent;
using System.Diagnostics;
using ChaosLab.Load.Raw;
using ChaosLab.Load.Running;
using Microsoft.AspNetCore.Http;

namespace ChaosLab.Load.Tests.Tracing;

public class TraceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_same_request_of_the_same_session_has_the_same_id_and_nothing_else_has()
    {
        var traces = new RequestTraces("a", ScenarioOperation.Bombing, 7, 1);
        var again = new RequestTraces("a", ScenarioOperation.Bombing, 7, 1);
        var others = new[] { new RequestTraces("b", ScenarioOperation.Bombing, 7, 1), new("a", ScenarioOperation.WarmUp, 7, 1), new("a", ScenarioOperation.Bombing, 8, 1) };

        Assert.Equal(traces.Of(1, 2, 3), again.Of(1, 2, 3));
        var ids = (from any in others.Prepend(traces) from salt in (long[])[10, 20] from arrival in Enumerable.Range(0, 50) from step in (int[])[1, 2] select any.Of(salt, arrival, step)).ToList();
        Assert.Equal(4 * 2 * 50 * 2, ids.Distinct().Count());
        // A sampler that keeps a share looks at one half only, and at any bit of it.
        foreach (var half in (Func<TraceId, ulong>[])[id => id.High, id => id.Low])
            foreach (var bit in (int[])[0, 31, 56, 63])
                Assert.InRange(ids.Count(id => (half(id) >> bit & 1) == 1), 320, 480);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.25, 200, 300)]
    [InlineData(1, 1000, 1000)]
    public void The_share_that_is_to_be_recorded_is_as_asked_for(double share, int least, int most)
    {
        var traces = new RequestTraces("a", ScenarioOperation.Bombing, 7, share);

        Assert.InRange(Enumerable.Range(0, 1000).Count(arrival => traces.IsSampled(traces.Of(1, arrival, 1))), least, most);
    }

    [Fact]
    public void The_header_is_what_dotnet_reads_as_a_parent()
    {
        var trace = new TraceId(0x1234, 0xAB);

        Assert.True(ActivityContext.TryParse(trace.Traceparent(isSampled: true), null, out var parent));
        Assert.Equal((trace.ToString(), "00000000000000ab", ActivityTraceFlags.Recorded), (parent.TraceId.ToString(), parent.SpanId.ToString(), parent.TraceFlags));
        Assert.EndsWith("-00", trace.Traceparent(isSampled: false), StringComparison.Ordinal);
        Assert.Equal("", default(TraceId).ToString());
    }

    [Fact]
    public async Task Each_step_of_an_iteration_carries_an_id_of_its_own_and_its_sample_names_it()
    {
        var seen = new ConcurrentDictionary<string, string>();
        await using var server = await Loopback.ServeAsync(Remember(seen));
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = server.Address };
        var result = await Runs.Quiet(Scenario.Create("s", async context =>
        {
            await Step.Run("one", context, () => Http.Send(client, Http.CreateRequest("GET", $"/one/{context.ArrivalNumber}").WithTrace(context)));
            await Step.Run("silent", context, () => Task.FromResult(Response.Ok()));
            return await Step.Run("two", context, () => Http.Send(client, Http.CreateRequest("GET", $"/two/{context.ArrivalNumber}").WithTrace(context)));
        }).WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(50, Second, 20))).WithTraceSampling(0).ToTheEndAsync();

        var samples = result.Samples.ToList();
        Assert.Equal(60, samples.Count);
        Assert.All(samples.Where(sample => sample.Step == "silent"), sample => Assert.True(sample is { Path: null, Trace.IsNone: true }));
        var sent = samples.Where(sample => sample.Step != "silent").ToList();
        Assert.Equal(40, sent.Select(sample => sample.Trace).Distinct().Count());
        Assert.All(sent, sample => Assert.Equal(sample.Trace.Traceparent(isSampled: false), seen[sample.Path!]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_raw_scenario_carries_ids_when_it_is_asked_to(bool traced)
    {
        var seen = new ConcurrentDictionary<string, string>();
        await using var server = await Loopback.ServeAsync(Remember(seen));
        var requests = new RawRequests(server.Address, [new RawRequest("get", "GET", "/x", 200) { Headers = [("X-N", "{arrival}")] }]) { Timeout = TimeSpan.FromSeconds(30), Traced = traced };

        var result = await Runs.Quiet(Scenario.Declare("raw", requests).WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(200, Second, 100))).ToTheEndAsync();

        var samples = result.Samples.ToList();
        Assert.All(samples, sample => Assert.Equal(("/x", true), (sample.Path, sample.IsOk)));
        Assert.Equal(traced ? samples.Select(sample => sample.Trace.Traceparent(isSampled: true)).Order() : Enumerable.Repeat("", 100), seen.Values.Order());
    }

    [Fact]
    public void A_trace_id_on_every_request_allocates_nothing_on_the_raw_path()
    {
        var traces = new RequestTraces("a", ScenarioOperation.Bombing, 7, 0.5);
        var request = new RenderedRequest(new RawRequest("get", "GET", "/{arrival}", 200), "localhost", isTraced: true);
        Render(0); // what the first call allocates is the runtime's own
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var arrival = 1; arrival <= 1000; arrival++) Render(arrival);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Render(int arrival)
        {
            request.Number(arrival);
            var trace = traces.Of(3, arrival, 1);
            request.Trace(trace, traces.IsSampled(trace));
        }
    }

    private static RequestDelegate Remember(ConcurrentDictionary<string, string> seen) => context =>
    {
        seen[context.Request.Headers.TryGetValue("X-N", out var number) ? number.ToString() : context.Request.Path.Value!] = context.Request.Headers.TraceParent.ToString();
        return Task.CompletedTask;
    };
}
