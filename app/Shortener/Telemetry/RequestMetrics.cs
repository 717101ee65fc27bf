using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ChaosLab.Shortener.Telemetry;

/// <summary>
/// Requests of the public listener: rate, errors and duration in one histogram, by the names of OpenTelemetry's HTTP conventions.
/// The server's own meter says the same with twice the labels and a second instrument, which costs a cached redirect a sixth of its processor time.
/// </summary>
public sealed class RequestMetrics
{
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(static status => (object)status)];
    private readonly Histogram<double> _duration;
    private long _active;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    public RequestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ShortenerMetrics.MeterName);
        _duration = meter.CreateHistogram<double>("http.server.request.duration", "s", "Duration of requests of the public listener.");
        meter.CreateObservableUpDownCounter("http.server.active_requests", () => Interlocked.Read(ref _active), description: "Requests that wait for something. One answered from the cache is over before it could be counted.");
    }

    /// <summary>A request has to wait.</summary>
    public void Waits() => Interlocked.Increment(ref _active);

    /// <summary>A request that had to wait is over.</summary>
    public void Waited() => Interlocked.Decrement(ref _active);

    /// <summary>A request was answered.</summary>
    /// <param name="context">The request with its answer.</param>
    /// <param name="route">Its route, when it was answered before routing.</param>
    /// <param name="duration">How long it took.</param>
    public void Answered(HttpContext context, string? route, TimeSpan duration)
    {
        var method = new KeyValuePair<string, object?>("http.request.method", Method(context.Request.Method));
        var status = new KeyValuePair<string, object?>("http.response.status_code", Statuses[context.Response.StatusCode]);
        // What matches no route has no such label: paths are made up by visitors and would each be a series.
        route ??= (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (route is null)
        {
            _duration.Record(duration.TotalSeconds, method, status);
            return;
        }

        _duration.Record(duration.TotalSeconds, method, status, new("http.route", route));
        if (Activity.Current is { } span) Name(span, context.Request.Method, route);
    }

    // The server's span knows the path, which differs for every link; spans are told apart by route.
    private static void Name(Activity span, string method, string route)
    {
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.route", route);
    }

    private static string Method(string method) => method switch
    {
        "GET" or "HEAD" or "POST" or "DELETE" or "PUT" or "PATCH" or "OPTIONS" or "TRACE" or "CONNECT" => method,
        _ => "_OTHER",
    };
}
