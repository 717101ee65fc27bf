using ChaosLab.Shortener.Caching;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Telemetry;
using Microsoft.Extensions.Primitives;

namespace ChaosLab.Shortener.Hosting;

/// <summary>The outermost layer of the public listener: headers every answer carries, its figures, and an answer for everything that went wrong.</summary>
/// <param name="next">The rest of the service.</param>
/// <param name="redirects">Answers short links, before anything else is asked.</param>
/// <param name="settings">The name of the instance.</param>
/// <param name="readiness">Whether it is draining.</param>
/// <param name="metrics">The figures.</param>
/// <param name="requests">A line for those that failed or took long.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed partial class PublicEdge(RequestDelegate next, Redirects redirects, Settings settings, Readiness readiness, RequestMetrics metrics, RequestLog requests, TimeProvider time, ILogger<PublicEdge> log)
{
    private static readonly StringValues Close = "close";
    private readonly StringValues _instance = settings.InstanceName;

    /// <summary>Sets headers and catches failures.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        SetHeaders(context.Response.Headers);
        // A redirect from the cache is complete when next returns: no state machine, no allocation.
        var redirect = redirects.TryAnswer(context);
        var running = redirect ?? next(context);
        var route = redirect is null ? null : Redirects.Route;
        if (!running.IsCompletedSuccessfully || context.Response.StatusCode >= 400) return FinishAsync(context, running, route, began);
        metrics.Answered(context, route, time.GetElapsedTime(began));
        return Task.CompletedTask;
    }

    private void SetHeaders(IHeaderDictionary headers)
    {
        headers["X-Instance"] = _instance;
        // While draining, every answer moves its client to another instance, so that no connection is cut in the middle of a request.
        if (readiness.IsDraining) headers.Connection = Close;
    }

    private async Task FinishAsync(HttpContext context, Task running, string? route, long began)
    {
        metrics.Waits();
        try
        {
            await running;
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null }) await ProblemAnswer.WriteAsync(context, context.Response.StatusCode, "There is nothing here.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The visitor left; nobody reads an answer. The figures show it as others do.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
        }
        finally
        {
            metrics.Waited();
            var duration = time.GetElapsedTime(began);
            metrics.Answered(context, route, duration);
            requests.Answered(context, duration);
        }
    }

    private Task AnswerAsync(HttpContext context, Exception e)
    {
        switch (e)
        {
            case StoreUnavailableException { MayHaveWritten: true }:
                return ProblemAnswer.WriteAsync(context, 504, "The store did not answer in time; the change may or may not have been stored.");
            case StoreUnavailableException unavailable:
                return ProblemAnswer.WriteAsync(context, 503, "The store cannot be asked right now; nothing was stored.", unavailable.RetryAfter);
            case BadHttpRequestException bad:
                return ProblemAnswer.WriteAsync(context, bad.StatusCode, bad.StatusCode == 413 ? "The body is too large." : "The request cannot be read.");
            default:
                Failed(log, e, context.Request.Method, context.Request.Path, RequestLog.TraceOf(context));
                return ProblemAnswer.WriteAsync(context, 500, "This should not have happened; it was logged.");
        }
    }

#pragma warning disable SYSLIB1015 // a field of its own, which the sentence need not repeat
    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, Exception cause, string method, string path, string? traceId);
#pragma warning restore SYSLIB1015
}
