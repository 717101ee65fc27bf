using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace ChaosLab.Lab.Balancer;

/// <summary>
/// Passes a request to an instance and its answer back. A request is repeated on another instance when that is safe: always when
/// the connection was refused (nothing was sent), otherwise when the method is idempotent or the client gave an Idempotency-Key.
/// </summary>
/// <remarks>
/// A client that hangs up does not cancel an attempt: it ends by its own time limit, and a create that was sent should run to its end.
/// </remarks>
internal sealed partial class Proxy(BalancerOptions options, BackendPool pool, BalancerFigures figures, ILogger log, TimeProvider time) : IDisposable
{
    private const int MostAttempts = 3;

    // An outage refuses thousands a second, and a log that blocks would be one more.
    private const int LinesPerSecond = 50;

    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // Hop-by-hop (RFC 9110, section 7.6.1), and what the server in front writes itself.
    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Date",
    };

    private readonly LineBudget lines = new(LinesPerSecond, time);

    private readonly ConcurrentQueue<CancellationTokenSource> limits = new();

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.AttemptTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        // Bodies left unread belong to attempts given up: closing is cheaper than draining.
        MaxResponseDrainSize = 0,
    });

    private enum Outcome
    {
        Answered,
        Refused,
        Broken,
        TooSlow,
    }

    public void Dispose()
    {
        client.Dispose();
        while (limits.TryDequeue(out var limit)) limit.Dispose();
    }

    /// <summary>Answers one request.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request);
        var resendable = options.Retry && body is not { CanRepeat: false };
        var repeatable = resendable && IsSafeToRepeat(context.Request);
        var worst = Outcome.Refused;
        ulong tried = 0;

        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var (grant, backend) = await pool.TakeAsync(tried);
            if (backend is null)
            {
                if (attempt > 1) break;
                await RefuseAsync(context, 503, grant switch
                {
                    Grant.NoneUp => "No instance is up.",
                    Grant.QueueFull => "Every instance is busy and the queue is full.",
                    _ => "Every instance was busy for too long.",
                });
                return;
            }

            tried |= backend.Bit;
            var outcome = await AttemptAsync(context, backend, body, attempt);
            if (outcome == Outcome.Answered) return;
            if (outcome != Outcome.Refused) worst = outcome;
            if (!(outcome == Outcome.Refused ? resendable : repeatable)) break;
        }

        await (worst switch
        {
            // Refused connections only: nothing was sent, so nothing was written.
            Outcome.Refused => RefuseAsync(context, 503, "No instance took the connection."),
            Outcome.TooSlow => RefuseAsync(context, 504, "No instance answered in time. The request may have been carried out."),
            _ => RefuseAsync(context, 502, "The connection to the instance broke. The request may have been carried out."),
        });
    }

    private static bool IsSafeToRepeat(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsDelete(request.Method)
        || HttpMethods.IsOptions(request.Method)
        || (HttpMethods.IsPost(request.Method) && !StringValues.IsNullOrEmpty(request.Headers["Idempotency-Key"]));

    private async Task<Outcome> AttemptAsync(HttpContext context, Backend backend, RequestBody? body, int attempt)
    {
        var limit = limits.TryDequeue(out var used) ? used : new CancellationTokenSource();
        limit.CancelAfter(options.AttemptTimeout);
        var outcome = Outcome.Broken;
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var request = Request(context, backend, body);
            using var response = await client.SendAsync(request, limit.Token);
            if (attempt > 1) context.Response.Headers["X-Attempts"] = attempt.ToString(System.Globalization.CultureInfo.InvariantCulture);
            CopyHead(response, context.Response);
            figures.Answered((int)response.StatusCode);
            Interlocked.Increment(ref backend.Answers[BalancerFigures.ClassOf((int)response.StatusCode)]);
            backend.Durations.Record(Stopwatch.GetElapsedTime(began));
            outcome = Outcome.Answered;
            await CopyBodyAsync(context, response, limit);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConnectionError)
        {
            outcome = Outcome.Refused;
            pool.Eject(backend);
        }
        catch (OperationCanceledException) when (outcome != Outcome.Answered)
        {
            outcome = Outcome.TooSlow;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            // Too late for another answer: the client must see that this one is torn.
            if (outcome == Outcome.Answered) context.Abort();
        }
        finally
        {
            if (outcome != Outcome.Answered) backend.Durations.Record(Stopwatch.GetElapsedTime(began));
            pool.Release(backend, failed: outcome != Outcome.Answered, refused: outcome == Outcome.Refused);
            if (limit.TryReset()) limits.Enqueue(limit);
            else limit.Dispose();
        }

        return outcome;
    }

    private static HttpRequestMessage Request(HttpContext context, Backend backend, RequestBody? body)
    {
        var incoming = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Length == 0 || target[0] != '/') target = incoming.Path + incoming.QueryString;
        var request = new HttpRequestMessage(HttpMethod.Parse(incoming.Method), new Uri(backend.Prefix + target, AsItIs))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body?.ToContent(incoming.ContentLength),
        };
        foreach (var (name, values) in incoming.Headers)
        {
            if (NotPassedOn.Contains(name) || name == "Content-Length") continue;
            if (!Add(request.Headers, name, values) && request.Content is { } content) Add(content.Headers, name, values);
        }

        return request;
    }

    private static bool Add(HttpHeaders headers, string name, StringValues values) =>
        values.Count == 1 ? headers.TryAddWithoutValidation(name, values[0]) : headers.TryAddWithoutValidation(name, values.AsEnumerable());

    private static void CopyHead(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        Copy(from.Headers.NonValidated, to.Headers);
        Copy(from.Content.Headers.NonValidated, to.Headers);
    }

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!NotPassedOn.Contains(name)) to[name] = values.Count == 1 ? values.ToString() : values.ToArray();
        }
    }

    private async Task CopyBodyAsync(HttpContext context, HttpResponseMessage response, CancellationTokenSource limit)
    {
        if (response.Content.Headers.ContentLength == 0 || HttpMethods.IsHead(context.Request.Method)) return;
        await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
        var writer = context.Response.BodyWriter;
        while (true)
        {
            limit.CancelAfter(options.AttemptTimeout);
            var read = await stream.ReadAsync(writer.GetMemory(4096), limit.Token);
            if (read == 0) return;
            writer.Advance(read);
            await writer.FlushAsync(limit.Token);
        }
    }

    private Task RefuseAsync(HttpContext context, int status, string detail)
    {
        figures.Answered(status);
        if (lines.MaySpend(out var unsaid))
        {
            if (unsaid > 0) LogUnsaid(log, unsaid, LinesPerSecond);
            string path = context.Request.Path;
            var trace = TraceOf(context);
            LogRefusal(log, context.Request.Method, path, status, detail, trace);
        }

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (status == 503) response.Headers.RetryAfter = "1";
        var title = status switch { 502 => "Bad Gateway", 504 => "Gateway Timeout", _ => "Service Unavailable" };
        var text = Encoding.UTF8.GetBytes($$"""{"type":"about:blank","title":"{{title}}","status":{{status}},"detail":"{{detail}}"}""");
        response.ContentLength = text.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(text).AsTask();
    }

    private static string? TraceOf(HttpContext context) =>
        ActivityContext.TryParse(context.Request.Headers.TraceParent, null, out var parent) ? parent.TraceId.ToHexString() : null;

#pragma warning disable SYSLIB1015 // a field of its own, which the sentence need not repeat
    [LoggerMessage(Level = LogLevel.Warning, Message = "{method} {path} answered {status}: {detail}")]
    private static partial void LogRefusal(ILogger logger, string method, string path, int status, string detail, string? traceId);
#pragma warning restore SYSLIB1015

    [LoggerMessage(Level = LogLevel.Warning, Message = "{requests} refused requests before this one were not logged: more than {linesPerSecond} lines a second")]
    private static partial void LogUnsaid(ILogger logger, int requests, int linesPerSecond);
}
