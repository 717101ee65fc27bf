using System.Diagnostics;
using ChaosLab.Shortener.Configuration;

namespace ChaosLab.Shortener.Telemetry;

/// <summary>
/// One line for a request that failed (status 500 and above) or took long, with the trace id its client gave it. All others
/// leave figures only. Bounded, because an outage fails thousands a second and a log that blocks is an outage of its own.
/// </summary>
/// <param name="settings">What is long, and how many lines are too many.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed partial class RequestLog(LogSettings settings, TimeProvider time, ILogger<RequestLog> log)
{
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private int _lines, _unsaid;

    /// <summary>A request was answered that was not answered on the spot.</summary>
    /// <param name="context">The request with its answer.</param>
    /// <param name="duration">How long it took.</param>
    public void Answered(HttpContext context, TimeSpan duration)
    {
        var status = context.Response.StatusCode;
        var isFailure = status >= StatusCodes.Status500InternalServerError;
        if ((!isFailure && duration < settings.SlowerThan) || !MaySay(out var unsaid)) return;
        if (unsaid > 0) Unsaid(log, unsaid, settings.LinesPerSecond);
        string path = context.Request.Path;
        var milliseconds = double.Round(duration.TotalMilliseconds, 3);
        var trace = TraceOf(context);
        Said(log, isFailure ? LogLevel.Warning : LogLevel.Information, context.Request.Method, path, status, milliseconds, trace);
    }

    /// <summary>The trace that the request belongs to: of the span when there is one, else what its <c>traceparent</c> says.</summary>
    /// <returns>32 hexadecimal digits; null when it carries none.</returns>
    public static string? TraceOf(HttpContext context) => Activity.Current is { IdFormat: ActivityIdFormat.W3C } span
        ? span.TraceId.ToHexString()
        : ActivityContext.TryParse(context.Request.Headers.TraceParent, null, out var parent) ? parent.TraceId.ToHexString() : null;

    private bool MaySay(out int unsaid)
    {
        lock (_gate)
        {
            unsaid = 0;
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_since, now) >= TimeSpan.FromSeconds(1)) (_since, _lines) = (now, 0);
            if (_lines >= settings.LinesPerSecond)
            {
                _unsaid++;
                return false;
            }

            _lines++;
            (unsaid, _unsaid) = (_unsaid, 0);
            return true;
        }
    }

#pragma warning disable SYSLIB1015 // a field of its own, which the sentence need not repeat
    [LoggerMessage(Message = "{Method} {Path} answered {Status} after {Milliseconds} ms")]
    private static partial void Said(ILogger log, LogLevel level, string method, string path, int status, double milliseconds, string? traceId);
#pragma warning restore SYSLIB1015

    [LoggerMessage(LogLevel.Warning, "{Requests} failed or slow requests before this one were not logged: more than {LinesPerSecond} lines a second")]
    private static partial void Unsaid(ILogger log, int requests, int linesPerSecond);
}
