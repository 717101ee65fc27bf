namespace ChaosLab.Shortener.Links;

/// <summary>Says whether an address may become the target of a short link.</summary>
public static class TargetUrl
{
    /// <summary>Most characters of a target.</summary>
    public const int MaxLength = 2048;

    /// <summary>Collects everything that speaks against a target.</summary>
    /// <param name="text">The address as given.</param>
    /// <param name="ownHost">Host of the shortener itself: a link to it could lead to itself.</param>
    /// <returns>Empty when the target is fine.</returns>
    public static IReadOnlyList<string> Problems(string? text, string ownHost)
    {
        if (string.IsNullOrEmpty(text)) return ["is missing; give the address the link shall lead to"];
        var problems = new List<string>();
        if (text.Length > MaxLength) problems.Add($"has {text.Length} characters; at most {MaxLength} are allowed");
        // A target travels in the Location header exactly as stored, so what cannot stand in a header is refused rather than rewritten.
        if (text.Any(static c => c <= ' ' || c == '\x7f' || char.IsControl(c))) problems.Add("holds a space or a control character; percent-encode it");
        else if (text.Any(static c => c > '\x7f')) problems.Add("holds a character outside ASCII; percent-encode it (host names: xn-- form)");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0
            || !text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add("is no absolute http or https address, as in https://example.org/page");
            return problems;
        }

        if (url.UserInfo.Length > 0 || HasEmptyUserInfo(text)) problems.Add("holds a user name or password; leave them out");
        if (IsSameHost(url, ownHost)) problems.Add("leads back to this shortener; give the final address");
        return problems;
    }

    // "http://@host/" and "http://:@host/" parse to an empty UserInfo; browsers still show them as credentials.
    private static bool HasEmptyUserInfo(string text)
    {
        var rest = text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = rest.IndexOfAny("/?#\\");
        return (end < 0 ? rest : rest[..end]).Contains('@');
    }

    private static bool IsSameHost(Uri url, string ownHost) =>
        string.Equals(url.IdnHost.TrimEnd('.'), ownHost.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
}
