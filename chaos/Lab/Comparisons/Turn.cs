using System.Globalization;
using ChaosLab.Lab.Benchmarks;
using ChaosLab.Load;
using ChaosLab.Load.Raw;

namespace ChaosLab.Lab.Comparisons;

/// <summary>What one turn of one build showed: processor time per request when busy, time of an answer when not.</summary>
/// <param name="RedirectCpu">Microseconds of processor time per cached redirect, 16 connections busy all the time.</param>
/// <param name="RedirectTime">Median milliseconds of a cached redirect at 200 a second.</param>
/// <param name="CreateCpu">Microseconds of processor time per create, 16 connections busy all the time.</param>
/// <param name="CreateTime">Median milliseconds of a create at 50 a second.</param>
internal sealed record Turn(double RedirectCpu, double RedirectTime, double CreateCpu, double CreateTime)
{
    private const int Connections = 16;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1), Light = TimeSpan.FromSeconds(1.5);

    /// <summary>Measures a server.</summary>
    /// <param name="server">A running shortener that answers its link from the cache.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="InvalidOperationException">Answers were wrong.</exception>
    public static async Task<Turn> TakeAsync(Server server, CancellationToken stop)
    {
        var redirect = new RawRequest("redirect", "GET", server.Link.AbsolutePath, 302);
        var create = new RawRequest("create", "POST", "/api/links", 201)
        {
            Headers = [("Content-Type", "application/json")],
            Body = """{"url":"https://example.org/compared/{arrival}"}""",
        };
        return new Turn(
            await CpuAsync(server, redirect, stop), await TimeAsync(server, redirect, 200, stop),
            await CpuAsync(server, create, stop), await TimeAsync(server, create, 50, stop));
    }

    private static async Task<double> CpuAsync(Server server, RawRequest request, CancellationToken stop)
    {
        var before = server.CpuSeconds;
        var stats = await RunAsync(server, request, Simulation.KeepConstant(Connections, Busy), stop);
        return (server.CpuSeconds - before) * 1e6 / stats.AllOkCount;
    }

    private static async Task<double> TimeAsync(Server server, RawRequest request, int rate, CancellationToken stop) =>
        (await RunAsync(server, request, Simulation.Inject(rate, TimeSpan.FromSeconds(1), Light), stop)).ScenarioStats[0].Ok.ServiceTime.Percent50;

    private static async Task<NodeStats> RunAsync(Server server, RawRequest request, LoadSimulation simulation, CancellationToken stop)
    {
        var result = await LoadRunner
            .RegisterScenarios(Scenario.Declare(request.Step, new RawRequests(server.Link, [request])).WithoutWarmUp().WithLoadSimulations(simulation))
            .WithMaxConnections(Connections).WithoutReports().WithSampleCapacity(0).DisplayConsoleMetrics(false)
            .RunAsync(stop);
        stop.ThrowIfCancellationRequested();
        if (result.Stats.AllOkCount == 0 || result.Stats.AllFailCount > result.Stats.AllOkCount / 100)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{result.Stats.AllFailCount} of {result.Stats.AllRequestCount} answers to {request.Method} {request.Path} were wrong or missing: there is nothing to compare"));
        return result.Stats;
    }
}
