using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChaosLab.Load.Tests.Scenarios;

/// <summary>Ways in which a service can break its word.</summary>
public enum Sin
{
    None, Lose, Change, DoubleCode, DoubleKey, Phantom, KeepDeleted, LoseClicks, InventClicks, WrongLocation, Garble,
}

/// <summary>A shortener over real HTTP that keeps links in memory and, when told so, really loses, changes, doubles or
/// invents some of them.</summary>
internal sealed class FakeShortener : IAsyncDisposable
{
    private sealed record Link(string Code, string Url)
    {
        public long Clicks;
    }

    private readonly ConcurrentDictionary<string, Link> _links = new();
    private readonly ConcurrentDictionary<string, Link> _byKey = new();
    private readonly Sin _sin;
    private readonly Func<int, int?> _refuse;
    private Loopback? _server;
    private int _creates, _codes;

    private FakeShortener(Sin sin, Func<int, int?> refuse) => (_sin, _refuse) = (sin, refuse);

    public Uri Address => _server!.Address;
    public int Creates => Volatile.Read(ref _creates);
    /// <summary>After this the API stops answering, for read-backs that learn nothing.</summary>
    public bool Unreadable { get; set; }

    /// <param name="sin">What it does wrong, to every seventh create.</param>
    /// <param name="refuse">From the number of a create (from 1) to a status to answer instead.</param>
    public static async Task<FakeShortener> StartAsync(Sin sin = Sin.None, Func<int, int?>? refuse = null)
    {
        var fake = new FakeShortener(sin, refuse ?? (_ => null));
        fake._server = await Loopback.ServeAsync(fake.HandleAsync);
        return fake;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        if (context.Request.Method == "POST")
            return CreateAsync(context);
        if (!path.StartsWith("api/links/", StringComparison.Ordinal))
            return Redirect(context, path);
        if (Unreadable)
            return Answer(context, 503);
        var name = path["api/links/".Length..];
        if (context.Request.Method == "DELETE")
            return Answer(context, _links.ContainsKey(name) && (_sin == Sin.KeepDeleted || _links.TryRemove(name, out _)) ? 204 : 404);
        var link = name.StartsWith("by-key/", StringComparison.Ordinal) ? _byKey.GetValueOrDefault(name["by-key/".Length..]) : _links.GetValueOrDefault(name);
        return link is null ? Answer(context, 404) : Show(context, 200, link);
    }

    private async Task CreateAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _creates);
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var (key, url) = (context.Request.Headers["Idempotency-Key"].ToString(), body.RootElement.GetProperty("url").GetString()!);
        var sins = number % 7 == 0;
        if (_refuse(number) is { } status)
        {
            if (sins && _sin == Sin.Phantom)
                Store(key, new Link(NewCode(), url));
            if (status == 503)
                context.Response.Headers.RetryAfter = "1";
            await Answer(context, status);
            return;
        }
        var link = _byKey.GetValueOrDefault(key) ?? new Link(sins && _sin == Sin.DoubleCode ? "same123" : NewCode(), url);
        if (!(sins && _sin == Sin.Lose))
            Store(key, sins && _sin == Sin.Change ? link with { Url = url + "?changed" } : link);
        if (sins && _sin == Sin.DoubleKey)
            _byKey[key] = new Link(NewCode(), url);
        if (sins && _sin == Sin.Garble)
            await context.Response.WriteAsync("{ half");
        else
            await Show(context, 201, link);
    }

    private Task Redirect(HttpContext context, string code)
    {
        if (!_links.TryGetValue(code, out var link))
            return Answer(context, 404);
        var clicks = Interlocked.Increment(ref link.Clicks);
        if (_sin == Sin.LoseClicks && clicks % 5 == 0)
            Interlocked.Decrement(ref link.Clicks);
        if (_sin == Sin.InventClicks && clicks % 5 == 0)
            Interlocked.Increment(ref link.Clicks);
        context.Response.Headers.Location = _sin == Sin.WrongLocation ? "https://example.com/elsewhere" : link.Url;
        return Answer(context, 302);
    }

    private void Store(string key, Link link)
    {
        _links[link.Code] = link;
        _byKey[key] = link;
    }

    private string NewCode() => Interlocked.Increment(ref _codes).ToString("D7", System.Globalization.CultureInfo.InvariantCulture);

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task Show(HttpContext context, int status, Link link)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { code = link.Code, url = link.Url, clicks = Interlocked.Read(ref link.Clicks) });
    }
}
