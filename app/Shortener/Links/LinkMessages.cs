using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChaosLab.Shortener.Links;

/// <summary>Body of <c>POST /api/links</c>.</summary>
/// <param name="Url">Where the link shall lead.</param>
/// <param name="Alias">A code of the visitor's choice, or null for a random one.</param>
/// <param name="ExpiresIn">Seconds until the link ends, or null.</param>
public sealed record CreateMessage(string? Url, string? Alias, long? ExpiresIn);

/// <summary>A link in an answer.</summary>
/// <param name="Code">Its code.</param>
/// <param name="ShortUrl">What to pass on.</param>
/// <param name="Url">Where it leads.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends, or null.</param>
/// <param name="Clicks">Clicks stored so far.</param>
public sealed record LinkMessage(string Code, string ShortUrl, string Url, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, long Clicks)
{
    /// <summary>Says it for a visitor.</summary>
    public static LinkMessage Of(Link link, Uri publicUrl) =>
        new(link.Code.Text, $"{publicUrl.AbsoluteUri.TrimEnd('/')}/{link.Code}", link.Url, link.CreatedAt, link.ExpiresAt, link.Clicks);
}

/// <summary>How the public API's bodies are read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateMessage))]
[JsonSerializable(typeof(LinkMessage))]
public sealed partial class LinkJson : JsonSerializerContext;
