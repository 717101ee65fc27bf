using System.Net;
using ChaosLab.Load;
using ChaosLab.Load.Raw;

namespace ChaosLab.Lab.Benchmarks;

/// <summary>
/// What one request costs our load engine in processor time, next to wrk on the same target (nginx answering 302): closed model,
/// the same number of connections, one thread of control each.
/// </summary>
internal static class EngineBenchmark
{
    public static async Task<IReadOnlyList<Standing>> RunAsync(int rounds, TimeSpan length, int connections, Action<string> progress, CancellationToken stop)
    {
        await using var target = await RedirectServers.NginxAsync(stop);
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, MaxConnectionsPerServer = connections, ActivityHeadersPropagator = null,
        };
        using var client = new HttpMessageInvoker(handler);
        var contestants = new List<Contestant>
        {
            new("wrk", async (during, token) =>
            {
                var (requests, seconds, cpu) = await Wrk.RunAsync(target.Link, connections, during, token);
                return new Figures(requests / seconds, cpu * 1e6 / requests);
            }),
            new("raw engine", (during, token) => MeasureAsync(
                Scenario.Declare("raw", new RawRequests(target.Link, [new RawRequest("redirect", "GET", target.Link.AbsolutePath, 302)])), connections, during, token)),
            new("user code engine", (during, token) => MeasureAsync(
                Scenario.Create("user-code", async context =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, target.Link);
                    using var answer = await client.SendAsync(request, context.ScenarioCancellationToken);
                    return answer.StatusCode == HttpStatusCode.Found ? Response.Ok("302") : Response.Fail("wrong");
                }), connections, during, token)),
        };
        foreach (var contestant in contestants) await contestant.Run(Rounds.WarmUp, stop); // uncounted
        return await Rounds.RunAsync(contestants, rounds, length, progress, stop);
    }

    private static async Task<Figures> MeasureAsync(ScenarioProps scenario, int connections, TimeSpan length, CancellationToken stop)
    {
        var before = Environment.CpuUsage.TotalTime;
        var result = await LoadRunner
            .RegisterScenarios(scenario.WithoutWarmUp().WithLoadSimulations(Simulation.KeepConstant(connections, length)))
            .WithMaxConnections(connections).WithoutReports().WithSampleCapacity(0).DisplayConsoleMetrics(false)
            .RunAsync(stop);
        var cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        if (result.Stats.AllFailCount > result.Stats.AllOkCount / 1000)
            throw new InvalidOperationException($"{result.Stats.AllFailCount} of {result.Stats.AllRequestCount} requests failed: nothing to compare.");
        return new Figures(result.Stats.AllOkCount / result.Duration.TotalSeconds, cpu * 1e6 / result.Stats.AllOkCount);
    }
}
