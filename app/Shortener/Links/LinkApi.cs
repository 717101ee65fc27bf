using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChaosLab.Shortener.Caching;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Hosting;
using ChaosLab.Shortener.Resilience;
using Microsoft.AspNetCore.Http.Features;

namespace ChaosLab.Shortener.Links;

/// <summary>Create, inspect and delete links. Failures of the store are answered by <see cref="PublicEdge"/>.</summary>
/// <param name="settings">Base of short links.</param>
/// <param name="store">The store.</param>
/// <param name="lookup">Told of what was stored and removed.</param>
/// <param name="bucket">Limits creates.</param>
/// <param name="time">The clock.</param>
public sealed class LinkApi(Settings settings, ResilientStore store, LinkLookup lookup, TokenBucket bucket, TimeProvider time)
{
    private const long LongestLife = 10L * 365 * 24 * 3600;

    /// <summary><c>POST /api/links</c></summary>
    public async Task CreateAsync(HttpContext context)
    {
        if (!bucket.TryTake(out var retryAfter))
        {
            await ProblemAnswer.WriteAsync(context, 429, "Too many links are being made.", retryAfter);
            return;
        }

        if (await ReadAsync(context) is not { } message) return;
        var key = context.Request.Headers["Idempotency-Key"] is { Count: > 0 } keys ? keys.ToString() : null;
        if (key is not null && !IsKey(key))
        {
            await ProblemAnswer.WriteAsync(context, 400, "Idempotency-Key must be 1–200 visible ASCII characters.");
            return;
        }

        if (Problems(message) is { Count: > 0 } problems)
        {
            await ProblemAnswer.WriteAsync(context, 422, "The link cannot be made as asked.", problems);
            return;
        }

        switch (await store.InsertAsync(NewLink(message, key)))
        {
            case InsertOutcome.Created(var link):
                lookup.Learn(link);
                await AnswerAsync(context, 201, link);
                break;
            case InsertOutcome.Replayed(var link):
                context.Response.Headers["Idempotency-Replayed"] = "true";
                await AnswerAsync(context, 201, link with { Clicks = 0 }); // the answer of the first time
                break;
            case InsertOutcome.KeyReused:
                await ProblemAnswer.WriteAsync(context, 422, "The Idempotency-Key was used for another request.");
                break;
            default:
                await ProblemAnswer.WriteAsync(context, 409, "The alias is taken.");
                break;
        }
    }

    /// <summary><c>GET /api/links/{code}</c>, from the store, never from the cache.</summary>
    public async Task InspectAsync(HttpContext context)
    {
        var link = ShortCode.TryParse(context.Request.RouteValues["code"] as string, out var code) ? await store.InspectAsync(code) : null;
        await AnswerAsync(context, link);
    }

    /// <summary><c>GET /api/links/by-key/{key}</c>: what became of a create whose answer never came.</summary>
    public async Task ByKeyAsync(HttpContext context) =>
        await AnswerAsync(context, KeyIn(context) is var key && IsKey(key) ? await store.ByKeyAsync(key) : null);

    private static bool IsKey(string key) => key.Length is >= 1 and <= 200 && key.All(static c => c is > ' ' and < '\x7f');

    // From the raw target: the decoded path keeps %2F, because there it would be a separator, and a key may hold any visible character.
    private static string KeyIn(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return Uri.UnescapeDataString(target[(target.IndexOf("/by-key/", StringComparison.Ordinal) + 8)..].Split('?')[0]);
    }

    /// <summary><c>DELETE /api/links/{code}</c></summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var isCode = ShortCode.TryParse(context.Request.RouteValues["code"] as string, out var code);
        if (isCode && await store.DeleteAsync(code))
        {
            lookup.Forget(code);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await ProblemAnswer.WriteAsync(context, 404, "No such link.");
    }

    private static async Task<CreateMessage?> ReadAsync(HttpContext context)
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, LinkJson.Default.CreateMessage, context.RequestAborted) is { } message) return message;
        }
        catch (JsonException)
        {
            // Answered below, together with a body that says null.
        }

        await ProblemAnswer.WriteAsync(context, 400, """The body must be a JSON object, as in {"url":"https://example.org/page"}.""");
        return null;
    }

    private List<KeyValuePair<string, IReadOnlyList<string>>> Problems(CreateMessage message)
    {
        var problems = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        if (TargetUrl.Problems(message.Url, settings.PublicUrl.IdnHost) is { Count: > 0 } url) problems.Add(new("url", url));
        if (message.Alias is not null && !ShortCode.Fits(message.Alias)) problems.Add(new("alias", ["must be 3–64 characters of 0-9 A-Z a-z _ -"]));
        if (message.ExpiresIn is < 1 or > LongestLife) problems.Add(new("expiresIn", [$"must be from 1 to {LongestLife} seconds"]));
        return problems;
    }

    private NewLink NewLink(CreateMessage message, string? key)
    {
        // Whole milliseconds, because that is what the store keeps: a replayed answer must equal the first.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        DateTimeOffset? end = message.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null;
        var code = message.Alias is { } alias ? ShortCode.Parse(alias) : ShortCode.Random();
        var hash = key is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"{message.Url}\n{message.Alias}\n{message.ExpiresIn}"));
        return new(code, message.Alias is not null, message.Url!, now, end, key, hash);
    }

    private Task AnswerAsync(HttpContext context, Link? link) => link switch
    {
        null => ProblemAnswer.WriteAsync(context, 404, "No such link."),
        _ when link.IsExpired(time.GetUtcNow()) => ProblemAnswer.WriteAsync(context, 410, "The link has expired."),
        _ => AnswerAsync(context, 200, link),
    };

    private async Task AnswerAsync(HttpContext context, int status, Link link)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (status == 201) context.Response.Headers.Location = $"/api/links/{link.Code}";
        await context.Response.WriteAsJsonAsync(LinkMessage.Of(link, settings.PublicUrl), LinkJson.Default.LinkMessage, cancellationToken: context.RequestAborted);
    }
}
