using System.Text.Json;
using ChaosLab.Shortener.Hosting;

namespace ChaosLab.Shortener.Faults;

/// <summary><c>/chaos/faults</c> on the admin listener; exists only when chaos is enabled.</summary>
/// <param name="faults">The faults.</param>
/// <param name="log">The log: the start and the end of a fault belong into it.</param>
public sealed partial class FaultApi(FaultList faults, ILogger<FaultApi> log)
{
    /// <summary>Active faults.</summary>
    public Task ListAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new FaultReports([.. faults.Known.Where(static fault => fault.IsActive).Select(FaultReport.Of)]), FaultJson.Default.FaultReports);

    /// <summary>One fault, also up to ten minutes after its end.</summary>
    public Task GetAsync(HttpContext context) => faults.Find(Id(context)) is { } fault
        ? context.Response.WriteAsJsonAsync(FaultReport.Of(fault), FaultJson.Default.FaultReport)
        : ProblemAnswer.WriteAsync(context, 404, "No such fault; it may have ended more than ten minutes ago.");

    /// <summary>Starts a fault.</summary>
    public async Task AddAsync(HttpContext context)
    {
        FaultMessage? message;
        try
        {
            message = await JsonSerializer.DeserializeAsync(context.Request.Body, FaultJson.Default.FaultMessage, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await ProblemAnswer.WriteAsync(context, 422, $"The body is no fault: {e.Message}");
            return;
        }

        IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> problems = [new("body", ["is missing"])];
        if (message?.Check(out problems) is not { } order || problems.Count > 0)
        {
            await ProblemAnswer.WriteAsync(context, 422, "The fault cannot be started as ordered.", problems);
            return;
        }

        if (faults.Add(order) is not { } fault)
        {
            await ProblemAnswer.WriteAsync(context, 409, $"{FaultList.MostActive} faults are active already; remove some.");
            return;
        }

        Started(log, fault.Id, order.Kind, order.Experiment, order.Seed);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/chaos/faults/{fault.Id}";
        await context.Response.WriteAsJsonAsync(FaultReport.Of(fault), FaultJson.Default.FaultReport);
    }

    /// <summary>Ends a fault; always 204, so that it can be repeated.</summary>
    public Task RemoveAsync(HttpContext context)
    {
        faults.Remove(Id(context));
        Removed(log, Id(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Ends all faults.</summary>
    public Task ClearAsync(HttpContext context)
    {
        faults.Clear();
        Removed(log, "all");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    [LoggerMessage(LogLevel.Warning, "Fault {Id} started: {Kind}, experiment {Experiment}, seed {Seed}")]
    private static partial void Started(ILogger log, string id, FaultKind kind, string? experiment, int seed);

    [LoggerMessage(LogLevel.Warning, "Fault {Id} removed")]
    private static partial void Removed(ILogger log, string id);
}
