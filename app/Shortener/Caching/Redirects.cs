using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Hosting;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stations;
using ChaosLab.Shortener.Telemetry;
using Microsoft.Extensions.Primitives;

namespace ChaosLab.Shortener.Caching;

/// <summary>
/// <c>GET|HEAD /{code}</c>, before routing. A fresh entry is answered on the spot, without allocation and without leaving the
/// socket's thread; only then does a redirect cost little more than nginx's.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="lookup">Asks the store.</param>
/// <param name="clicks">Counts clicks.</param>
/// <param name="settings">Whether the cache is on.</param>
/// <param name="metrics">Counts how lookups ended.</param>
/// <param name="time">The clock.</param>
/// <param name="stations">Counts who is inside; null without chaos.</param>
public sealed class Redirects(
    LinkCache cache, LinkLookup lookup, ClickCounter clicks, Settings settings, ShortenerMetrics metrics, TimeProvider time, StationSet? stations = null)
{
    /// <summary>Route by which figures and traces name it.</summary>
    public const string Route = "/{code}";

    private static readonly StringValues NoStore = "no-store";
    private readonly bool _isCached = settings.Cache.Enabled;

    /// <summary>Answers what is a short link.</summary>
    /// <returns>Null: it is none.</returns>
    public Task? TryAnswer(HttpContext context)
    {
        var method = context.Request.Method;
        var isGet = HttpMethods.IsGet(method);
        if (!isGet && !HttpMethods.IsHead(method)) return null;
        var path = context.Request.Path.Value;
        if (path is not { Length: > 1 } || !ShortCode.Fits(path.AsSpan(1))) return null;

        var entry = _isCached ? cache.Find(path.AsSpan(1)) : null;
        if (entry is null || !cache.IsFresh(entry)) return AskAsync(context, path, entry, isGet);
        metrics.CacheLookup(entry.Exists ? LookupOutcome.Hit : LookupOutcome.Negative);
        return Answer(context, entry, isGet);
    }

    private async Task AskAsync(HttpContext context, string path, CacheEntry? old, bool isGet)
    {
        var inside = stations is { IsDosed: true } ? stations.Instance : null;
        inside?.Arrive();
        inside?.Begin();
        try
        {
            await Answer(context, await lookup.FindAsync(ShortCode.Parse(path[1..]), old), isGet);
        }
        finally
        {
            inside?.End();
        }
    }

    private Task Answer(HttpContext context, CacheEntry entry, bool isGet)
    {
        if (!entry.Exists) return ProblemAnswer.WriteAsync(context, 404, "No such link.");
        if (entry.ExpiresAt is { } end && end <= time.GetUtcNow()) return ProblemAnswer.WriteAsync(context, 410, "The link has expired.");
        if (isGet) clicks.Count(entry);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status302Found;
        response.ContentLength = 0;
        response.Headers.Location = entry.Location;
        response.Headers.CacheControl = NoStore;
        return Task.CompletedTask;
    }
}
