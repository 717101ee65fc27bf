using System.Globalization;
using System.Text.Json;

namespace ChaosLab.Load;

/// <summary>Sends HTTP requests from steps.</summary>
public static class Http
{
    /// <summary>Options for JSON bodies, both ways, unless a call brings its own.</summary>
    public static JsonSerializerOptions GlobalJsonSerializerOptions { get; set; } = JsonSerializerOptions.Web;

    /// <summary>Starts a request.</summary>
    public static HttpRequestMessage CreateRequest(string method, string url) => new(new HttpMethod(method), new Uri(url, UriKind.RelativeOrAbsolute));

    /// <summary>Adds a header field.</summary>
    public static HttpRequestMessage WithHeader(this HttpRequestMessage request, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Headers.TryAddWithoutValidation(name, value))
            throw new ArgumentException($"\"{name}\" belongs to the body; set it on the content.", nameof(name));
        return request;
    }

    /// <summary>Adds the <c>traceparent</c> of the step that sends it, so that the report can name it. Say it before the step waits for the first time.</summary>
    public static HttpRequestMessage WithTrace(this HttpRequestMessage request, IScenarioContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var address = request.RequestUri;
        return request.WithHeader("traceparent", context.Traceparent(address is { IsAbsoluteUri: true } ? address.PathAndQuery : address?.ToString() ?? "/"));
    }

    /// <summary>Asks for a protocol version, such as <c>"2.0"</c>.</summary>
    public static HttpRequestMessage WithVersion(this HttpRequestMessage request, string version)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Version = Version.Parse(version);
        return request;
    }

    /// <summary>Sets the body.</summary>
    public static HttpRequestMessage WithBody(this HttpRequestMessage request, HttpContent body)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Content = body;
        return request;
    }

    /// <summary>Sets a JSON body.</summary>
    public static HttpRequestMessage WithJsonBody<T>(this HttpRequestMessage request, T data, JsonSerializerOptions? options = null)
    {
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(data, options ?? GlobalJsonSerializerOptions));
        body.Headers.ContentType = new("application/json");
        return request.WithBody(body);
    }

    /// <summary>Sends it; good with 2xx. The status code is the number.</summary>
    public static Task<Response<HttpResponseMessage>> Send(HttpClient client, HttpRequestMessage request) => Send(client, HttpClientArgs.Create(CancellationToken.None), request);

    /// <summary>Sends it with arguments; good with 2xx. The status code is the number.</summary>
    public static async Task<Response<HttpResponseMessage>> Send(HttpClient client, HttpClientArgs args, HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(request);
        var response = await client.SendAsync(request, args.Completion, args.Stop).ConfigureAwait(false);
        var code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        var bytes = (request.Content?.Headers.ContentLength ?? 0) + (response.Content.Headers.ContentLength ?? 0);
        return response.IsSuccessStatusCode
            ? Response.Ok(response, code, bytes)
            : Response.Fail(response, code, response.ReasonPhrase ?? "", bytes);
    }
}

/// <summary>How to send.</summary>
/// <param name="Completion">When it counts as answered.</param>
/// <param name="Stop">Ends the request.</param>
public sealed record HttpClientArgs(HttpCompletionOption Completion, CancellationToken Stop)
{
    /// <summary>With the body read by default.</summary>
    public static HttpClientArgs Create(CancellationToken cancellationToken, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead) => new(completion, cancellationToken);
}
