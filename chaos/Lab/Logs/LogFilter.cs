using System.Globalization;

namespace ChaosLab.Lab.Logs;

/// <summary>A stretch of time, both ends included.</summary>
/// <param name="From">Its begin.</param>
/// <param name="To">Its end.</param>
internal readonly record struct Window(DateTimeOffset From, DateTimeOffset To)
{
    public static Window Always { get; } = new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>What both have in common; null when nothing.</summary>
    public Window? And(Window other)
    {
        var both = new Window(From > other.From ? From : other.From, To < other.To ? To : other.To);
        return both.From <= both.To ? both : null;
    }
}

/// <summary>Which lines are wanted. What is not given does not matter.</summary>
internal sealed record LogFilter
{
    /// <summary>A line belongs to any of these.</summary>
    public IReadOnlyList<Window> Windows { get; init; } = [Window.Always];
    /// <summary>A status such as <c>503</c>, or a class such as <c>5xx</c>.</summary>
    public string? Status { get; init; }
    /// <summary>A trace id, or its beginning.</summary>
    public string? Trace { get; init; }
    /// <summary>Code of a short link.</summary>
    public string? Link { get; init; }

    public bool Wants(LogLine line) =>
        Windows.Any(window => window.From <= line.At && line.At <= window.To)
        && (Status is not { } status || (line.Status is { } said && IsOf(said, status)))
        && (Trace is not { } trace || line.TraceId.StartsWith(trace, StringComparison.OrdinalIgnoreCase))
        && (Link is not { } link || line.Path == "/" + link || line.Path == "/api/links/" + link);

    /// <summary>What is wrong with the words of a person; empty when nothing is.</summary>
    public static IEnumerable<string> Problems(string? status, string? trace, string? link)
    {
        if (status is not null && !(status is [>= '1' and <= '5', _, _] && (status[1..] == "xx" || status.All(char.IsAsciiDigit))))
            yield return $"--code: `{status}` is no HTTP status. Write three digits such as 503, or a class such as 5xx. (For the code of a short link there is --link.)";
        if (trace is not null && !(trace.Length is >= 4 and <= 32 && trace.All(char.IsAsciiHexDigit)))
            yield return $"--trace: `{trace}` is no trace id. Write its 32 hexadecimal digits, or at least the first four; reports list those of the slowest and the failed requests.";
        if (link is not null && !link.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            yield return $"--link: `{link}` is no code of a short link. Write what stands behind the last slash, such as a7Xb2Qz.";
    }

    private static bool IsOf(int status, string wanted) =>
        wanted.EndsWith("xx", StringComparison.Ordinal) ? status / 100 == wanted[0] - '0' : status.ToString(CultureInfo.InvariantCulture) == wanted;
}
