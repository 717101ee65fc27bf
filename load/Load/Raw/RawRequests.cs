namespace ChaosLab.Load.Raw;

/// <summary>One declared request and the answer that is right.</summary>
/// <param name="Step">Name of the step in statistics.</param>
/// <param name="Method">GET, HEAD, POST …</param>
/// <param name="Path">Path and query, starting with a slash. <c>{arrival}</c> here, in a header or in the body becomes the
/// arrival's number, twelve digits wide.</param>
/// <param name="ExpectedStatus">The only good status, 200–599.</param>
/// <param name="ExpectedLocation">The only good Location; null when it does not matter.</param>
public sealed record RawRequest(string Step, string Method, string Path, int ExpectedStatus, string? ExpectedLocation = null)
{
    /// <summary>More header fields; Host and Content-Length are added.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
    /// <summary>Body; null for none.</summary>
    public string? Body { get; init; }
}

/// <summary>Which request an arrival sends.</summary>
public enum RawChoice
{
    /// <summary>One after the other.</summary>
    InTurn,
    /// <summary>The first is the most popular (Zipf, exponent 1).</summary>
    Zipf,
}

/// <summary>What a raw scenario sends.</summary>
/// <param name="Target">Base address, http only; name or address.</param>
/// <param name="Requests">At least one.</param>
public sealed record RawRequests(Uri Target, IReadOnlyList<RawRequest> Requests)
{
    /// <summary>Which request an arrival sends; default in turn.</summary>
    public RawChoice Choice { get; init; }
    /// <summary>After this a request is given up; default 2 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);
    /// <summary>Loop threads, 1–64; default 1. One keeps a core busy with some 100,000 requests a second.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Whether each request carries a <c>traceparent</c>; default no. It costs the engine three numbers written into the
    /// rendered request and 70 bytes more to send, and the target whatever it does with them, so a benchmark leaves it away.</summary>
    public bool Traced { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (!OperatingSystem.IsLinux())
            yield return "raw scenarios need Linux (epoll); use Scenario.Create elsewhere";
        if (Target is not { IsAbsoluteUri: true, Scheme: "http" })
            yield return $"target \"{Target}\" must be an absolute http:// address; the raw engine speaks no TLS";
        if (Requests.Count == 0)
            yield return "it declares no request";
        if (Shards is < 1 or > 64)
            yield return $"shards {Shards} must be 1 to 64";
        if (Timeout <= TimeSpan.Zero)
            yield return $"timeout {Timeout} must be above 0";
        foreach (var request in Requests)
        {
            if (!request.Path.StartsWith('/'))
                yield return $"path \"{request.Path}\" must start with /";
            if (request.ExpectedStatus is < 200 or > 599)
                yield return $"expected status {request.ExpectedStatus} must be 200 to 599";
            if (string.IsNullOrWhiteSpace(request.Step) || request.Step == Scenario.WholeIteration)
                yield return $"step name \"{request.Step}\" must be given and is not \"{Scenario.WholeIteration}\"";
            if (request.Headers.Select(h => h.Name + h.Value).Append(request.Method).Append(request.Path).Any(text => text.AsSpan().ContainsAny('\r', '\n')))
                yield return $"{request.Method} {request.Path.ReplaceLineEndings(" ")}: method, path and headers must not hold line breaks";
        }
    }
}
