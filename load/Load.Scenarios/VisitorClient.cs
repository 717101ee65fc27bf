using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Load.Scenarios;

/// <summary>Talks to the shortener as a visitor would and notes every promise in the ledger.</summary>
internal sealed class VisitorClient : IDisposable
{
    private readonly VisitorOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time = TimeProvider.System;
    private long _keys;

    public VisitorClient(VisitorOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the redirect is the answer
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = options.MaxConnections,
            ActivityHeadersPropagator = null, // saves an activity per request; the engine gives each request its traceparent
            ConnectTimeout = options.RequestTimeout,
        };
        if (options.Authority is { } authority)
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck };
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Follows a link; good only with 302 and the right target.</summary>
    public async Task<Response<object>> FollowAsync(KnownLink link, string? traceparent, CancellationToken stop)
    {
        var sent = _time.GetTimestamp();
        var exchange = await ExchangeAsync(HttpMethod.Get, link.Code, traceparent, null, null, stop).ConfigureAwait(false);
        if (exchange.Status == HttpStatusCode.Found && exchange.Location == link.Url)
        {
            _options.Ledger.FollowAcknowledged(link.Code, sent, exchange.Attempts);
            return Response.Ok("302");
        }
        if (exchange.Outcome == WriteOutcome.Unknown || exchange.Status == HttpStatusCode.Found)
            _options.Ledger.FollowUnknown(link.Code);
        return exchange.Status == HttpStatusCode.Found
            ? Response.Fail("302-wrong-location", $"{link.Code} leads to {exchange.Location ?? "nowhere"}, not to {link.Url}")
            : exchange.ToFailure<object>();
    }

    /// <summary>Asks for a code that nobody made; good only with 404.</summary>
    public async Task<Response<object>> AskUnknownAsync(string code, string? traceparent, CancellationToken stop)
    {
        var exchange = await ExchangeAsync(HttpMethod.Get, code, traceparent, null, null, stop).ConfigureAwait(false);
        return exchange.Status == HttpStatusCode.NotFound ? Response.Ok("404") : exchange.ToFailure<object>();
    }

    /// <summary>Makes a link with a key of its own; good only with 201, the code, and the same target.</summary>
    public Task<Response<KnownLink>> CreateAsync(string? traceparent, CancellationToken stop)
    {
        var (key, url) = NewLink();
        return CreateAsync(key, url, traceparent, stop);
    }

    /// <summary>Makes a link, or repeats a create whose outcome is unknown.</summary>
    public async Task<Response<KnownLink>> CreateAsync(string key, string url, string? traceparent, CancellationToken stop)
    {
        var intent = _options.Ledger.BeginCreate(key, url);
        var exchange = await ExchangeAsync(HttpMethod.Post, "api/links", traceparent, key, url, stop).ConfigureAwait(false);
        if (exchange.Created is { } link)
        {
            _options.Ledger.Acknowledged(intent, link.Code);
            return link.Url == url
                ? Response.Ok(link, "201")
                : Response.Fail<KnownLink>("201-wrong-url", $"{link.Code} was made for {link.Url}, not for {url}");
        }
        var failure = exchange.ToFailure<KnownLink>();
        if (exchange.Outcome == WriteOutcome.Refused)
            _options.Ledger.Refused(intent, failure.StatusCode);
        else
            _options.Ledger.Unknown(intent, failure.StatusCode);
        return failure;
    }

    /// <summary>A key that no create has used.</summary>
    public (string Key, string Url) NewLink()
    {
        var number = Interlocked.Increment(ref _keys).ToString(CultureInfo.InvariantCulture);
        return ($"{_options.Ledger.RunId}-{number}", $"https://example.com/{_options.Ledger.RunId}/articles/{number}?from=load");
    }

    public void Dispose() => _http.Dispose();

    private async Task<Exchange> ExchangeAsync(HttpMethod method, string path, string? traceparent, string? key, string? url, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_options.RequestTimeout);
        using var request = new HttpRequestMessage(method, new Uri(_options.Target, path));
        if (traceparent is not null)
            request.Headers.TryAddWithoutValidation("traceparent", traceparent);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (url is not null)
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { url })) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            var body = method == HttpMethod.Post ? await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false) : null;
            return Exchange.Of(response, body);
        }
        catch (OperationCanceledException)
        {
            return Exchange.TimedOut;
        }
        catch (HttpRequestException e)
        {
            return Exchange.Broken(e);
        }
    }
}
